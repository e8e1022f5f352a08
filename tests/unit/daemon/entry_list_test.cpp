#include "daemon/command/entry_list.hpp"

#include <catch2/catch_test_macros.hpp>

#include <chrono>
#include <vector>

using namespace edge_rollup;
using namespace std::chrono_literals;
using outbox::entry_state;

namespace {

const model::wall_time now{std::chrono::sys_days{std::chrono::year{2026} / 11 / 22} + 17h};

const std::vector<outbox::stored_entry> two{
    {{9, entry_state::dead, 21, 20, 1h},
     "019ad1f0-7a4e-7c11-9b1e-2f0c4d7e8a55",
     now - 49h,
     1'204,
     402,
     outbox::last_answer{422, "Unprocessable Content: quality\x1b[2Jis missing"}},
    {{10, entry_state::pending, 0, 0, 0ms}, "019ad1f0-7a4e-7c11-9b1e-2f0c4d7e8a56", now - 30s, 99, 80}};

outbox::overview glance() {
  outbox::overview made;
  made.stream = "5f0c7a52-3d0e-4c9a-8f6b-2f0c4d7e8a55";
  made.next_sequence = 11;
  made.pending = 1;
  made.dead = 1;
  made.bytes = 482;
  return made;
}

}  // namespace

TEST_CASE("stored rollups are a table that lines up, with the totals below") {
  CHECK(daemon::entry_table(two, glance(), "/var/lib/edge-rollup", now) ==
        "SEQ  STATE    STORED    TRIES  ANSWER  ID\n"
        "  9  dead     2 d ago      21  422     019ad1f0-7a4e-7c11-9b1e-2f0c4d7e8a55\n"
        " 10  pending  30 s ago      0  -       019ad1f0-7a4e-7c11-9b1e-2f0c4d7e8a56\n"
        "\n"
        "outbox  1 waiting, 1 dead, 482 bytes in /var/lib/edge-rollup\n");
}

TEST_CASE("an empty outbox is one line") {
  CHECK(daemon::entry_table({}, outbox::overview{}, "/s", now) == "outbox  0 waiting, 0 dead, 0 bytes in /s\n");
}

TEST_CASE("stored rollups are one JSON object") {
  CHECK(daemon::entries_json(std::span(two).first(1), glance(), "/s") ==
        R"({"directory":"/s","stream":"5f0c7a52-3d0e-4c9a-8f6b-2f0c4d7e8a55","next_sequence":11,"pending":1,"dead":1,)"
        R"("stored_bytes":482,"entries":[{"sequence":9,"id":"019ad1f0-7a4e-7c11-9b1e-2f0c4d7e8a55","state":"dead",)"
        R"("stored_at":"2026-11-20T16:00:00.000Z","tries":21,)"
        R"("last_answer":{"status":422,"words":"Unprocessable Content: quality\u001b[2Jis missing"},)"
        R"("body_bytes":1204,"stored_bytes":402}]})"
        "\n");
}

TEST_CASE("one rollup is shown with its facts and its body laid out") {
  CHECK(daemon::entry_page(two[0], R"({"edge_nodes":3})", now) ==
        "rollup  9, dead\n"
        "id      019ad1f0-7a4e-7c11-9b1e-2f0c4d7e8a55\n"
        "stored  2026-11-20T16:00:00.000Z, 2 d ago\n"
        "tries   21, 20 of them held against it\n"
        "answer  422 Unprocessable Content: quality\\x1b[2Jis missing\n"
        "size    1 204 bytes, 402 on disk\n"
        "\n"
        "{\n  \"edge_nodes\": 3\n}\n");
}

TEST_CASE("where no answer came the page says what happened, and the table that there was none") {
  auto silent = two[1];
  silent.answer = outbox::last_answer{{}, "connect to 10.0.0.9:443: refused"};
  CHECK(daemon::entry_page(silent, "{}", now).find("\nanswer  none: connect to 10.0.0.9:443: refused\n") !=
        std::string::npos);
  CHECK(daemon::entry_table({&silent, 1}, glance(), "/s", now).find("  0  none  ") != std::string::npos);
  CHECK(daemon::entry_page(two[1], "{}", now).find("\nanswer  -\n") != std::string::npos);
}

TEST_CASE("an exported line holds the body as it is sent, or null where it is damaged") {
  const std::string facts =
      R"({"sequence":10,"id":"019ad1f0-7a4e-7c11-9b1e-2f0c4d7e8a56","state":"pending",)"
      R"("stored_at":"2026-11-22T16:59:30.000Z","tries":0,"last_answer":null,"body_bytes":99,"stored_bytes":80,"body":)";
  CHECK(daemon::export_line(two[1], R"({"a":0.10})") == facts + "{\"a\":0.10}}\n");
  CHECK(daemon::export_line(two[1], std::nullopt) == facts + "null}\n");
}
