#include "serve/live_event.hpp"

#include "serve/change_watch.hpp"
#include "serve/event_ring.hpp"
#include "support/served_nodes.hpp"

#include <catch2/catch_test_macros.hpp>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

using namespace edge_rollup;
using serve::event_kind;
using tests::at_second;

namespace {

nlohmann::json data_of(const serve::live_event& event) {
  return nlohmann::json::parse(event.data);
}

const nlohmann::json first_second = "2026-01-01T00:00:01.000Z";

/// Board of one node that has failed with this message.
serve::node_board board_of_failed(const std::string& name, const std::string& message) {
  serve::node_board board;
  auto outcome = tests::failed(model::failure_kind::bad_summary);
  outcome.answer.error().message = message;
  board.round_ended(tests::nodes_named({name}), {outcome}, {model::freshness::unknown}, at_second(1));
  return board;
}

std::string repeated(std::string_view text, std::size_t times) {
  std::string all;
  for (std::size_t i = 0; i < times; ++i) all += text;
  return all;
}

}  // namespace

TEST_CASE("A round tells the nodes that it has changed, then itself") {
  const auto board = board_of_failed("pump-1", "quality_score is missing");
  serve::made_rollup made;
  made.round.number = 7;
  made.sequence = 42;
  const auto events = serve::events_of_round(made, board, at_second(1));
  REQUIRE(events.size() == 2);
  CHECK(events[0].kind == event_kind::node);
  CHECK(data_of(events[0]) == nlohmann::json({{"at", first_second},
                                              {"index", 0},
                                              {"name", "pump-1"},
                                              {"state", "failed"},
                                              {"was", "unknown"},
                                              {"error_kind", "bad_summary"},
                                              {"error", "quality_score is missing"}}));
  CHECK(events[1].kind == event_kind::round);
  const auto round = data_of(events[1]);
  CHECK(round.at("number") == 7);
  CHECK(round.at("sequence") == 42);
  CHECK(round.at("changed") == 1);
  CHECK(round.at("nodes").at("expected") == 0);
  made.sequence.reset();
  CHECK(data_of(serve::events_of_round(made, board, at_second(1)).back()).at("sequence").is_null());
}

TEST_CASE("A try tells what came of it") {
  serve::ended_try tried{at_second(1), 42, "id", "retry", 503, model::milliseconds(41), "Service Unavailable"};
  CHECK(data_of(serve::event_of_try(tried)) == nlohmann::json({{"at", first_second},
                                                               {"sequence", 42},
                                                               {"id", "id"},
                                                               {"verdict", "retry"},
                                                               {"status", 503},
                                                               {"ms", 41.0},
                                                               {"text", "Service Unavailable"}}));
  tried.status.reset();
  tried.text.reset();
  CHECK(data_of(serve::event_of_try(tried)).at("status").is_null());
  CHECK(data_of(serve::event_of_try(tried)).at("text").is_null());
}

TEST_CASE("Changes are told once, and what was lost before the start is none") {
  serve::change_watch watch({3, {}}, at_second(0));
  serve::watched_facts seen;
  seen.lost_total = 3;
  const auto look = [&] {
    std::vector<nlohmann::json> told;
    for (const auto& event : watch.look(seen, at_second(1))) {
      told.push_back(data_of(event));
      told.back()["event"] = to_string(event.kind);
    }
    return told;
  };
  CHECK(look().empty());
  seen.hold = serve::hold_facts{"forbidden", at_second(0), "HTTP 403", "let it in"};
  const auto begun = look();
  REQUIRE(begun.size() == 1);
  CHECK(begun[0].at("event") == "hold");
  CHECK(begun[0].at("reason") == "forbidden");
  CHECK(begun[0].at("text") == "HTTP 403");
  CHECK(begun[0].at("next_step") == "let it in");
  seen.hold->text = "HTTP 403 again";
  CHECK(look().empty());
  seen.hold->reason = "redirect";
  CHECK(look().at(0).at("reason") == "redirect");
  seen.hold.reset();
  CHECK_FALSE(watch.last_loss());
  seen.lost_total = 5;
  seen.reloads = 1;
  seen.last_reload = {false, "line 3: no\n  caret"};
  const auto at_once = look();
  REQUIRE(at_once.size() == 3);
  CHECK(at_once[0].at("reason").is_null());
  CHECK(at_once[0].at("next_step").is_null());
  CHECK(at_once[1] ==
        nlohmann::json({{"event", "reload"}, {"at", first_second}, {"successful", false}, {"text", "line 3: no"}}));
  CHECK(at_once[2] == nlohmann::json({{"event", "loss"}, {"at", first_second}, {"total", 5}}));
  CHECK(watch.last_loss() == at_second(1));
  seen.lost_total = 4;
  CHECK(look().empty());
}

TEST_CASE("What was lost before the start counts as lost then, where the cloud does not know of it yet") {
  const model::loss untold{2, {{4, 5, model::loss_reason::damage}}};
  CHECK(serve::change_watch(untold, at_second(7)).last_loss() == at_second(7));
}

TEST_CASE("A reload that fails says what is wrong and where, but shows no line of the file") {
  const auto text_of = [](const char* text) {
    const auto told = serve::event_of_reload({false, text}, at_second(1));
    return nlohmann::json::parse(told.data).at("text").get<std::string>();
  };
  CHECK(text_of("cannot read /etc/e.yaml") == "cannot read /etc/e.yaml");
  CHECK(text_of("1 mistake in the settings\n/etc/e.yaml:3:8: no\n    3 | listen_token: secret\n      | ^\n") ==
        "1 mistake in the settings: /etc/e.yaml:3:8: no");
  CHECK(text_of("2 mistakes\ne.yaml:1:1: a\n  x\ne.yaml:2:1: b") == "2 mistakes: e.yaml:1:1: a; e.yaml:2:1: b");
}

TEST_CASE("Texts of others stay one line of JSON and within the room of an event") {
  const std::vector<std::string> hostile = {
      repeated("\n", 4096),           repeated("\"\\", 4096),
      repeated("\xE2\x80\xA8", 4096), std::string(4096, '\0'),
      repeated("\xFF\xC0", 4096),     repeated("\r\ndata:", 999),
      repeated("\x1b[2J", 999),       repeated("\xF0\x9F\x92\xA9", 999),
  };
  const std::string longest_name(128, 'n');
  for (const auto& text : hostile) {
    CAPTURE(text.substr(0, 8));
    serve::made_rollup made;
    made.round.records = made.round.number = UINT64_MAX;
    auto events = serve::events_of_round(made, board_of_failed(longest_name, text), at_second(1));
    events.push_back(serve::event_of_hold(
        serve::hold_facts{"captive_portal", at_second(1), text, std::string(170, 'x')}, at_second(1)));
    events.push_back(serve::event_of_reload({false, text}, at_second(1)));
    events.push_back(serve::event_of_reload({false, "first" + text}, at_second(1)));
    serve::event_ring ring("12345678");
    for (const auto& event : events) {
      CHECK(nlohmann::json::accept(event.data));
      CHECK(std::ranges::none_of(event.data, [](char c) { return static_cast<unsigned char>(c) < 0x20; }));
      ring.add(event);
      CHECK(ring.text_of(ring.newest()).size() <= serve::event_ring::max_event_bytes);
    }
  }
}
