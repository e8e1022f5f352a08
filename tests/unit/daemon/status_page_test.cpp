#include "daemon/beside/status_page.hpp"

#include "support/golden.hpp"
#include "wire/rfc3339.hpp"

#include <catch2/catch_test_macros.hpp>

#include <string>

using namespace edge_rollup;
using namespace edge_rollup::daemon;
using wire::json_view;

namespace {

const auto now = *wire::parse_timestamp("2026-11-22T17:05:40Z");

std::string status_with(const char* verdict, const char* delivery) {
  return std::string(R"({"version":"0.1.0","gateway":"north-7","stream":"5f0c","instance":"77aa","pid":4711,
    "uptime_s":12600,"state_dir":"/var/lib/edge-rollup",
    "config":{"file":"/etc/edge-rollup/edge-rollup.yaml","last_reload_successful":false,
      "last_reload":"2026-11-22T17:00:00Z","error":"/etc/edge-rollup/edge-rollup.yaml:3:1: unknown key 'nods'"},
    "nodes":{"expected":5,"ok":4,"failed":1,"skipped":0,"stale":1,"unchanged":0,"unknown":2},
    "last_round":{"number":42,"trigger":"timer","started":"2026-11-22T17:05:00Z","ms":14.2,"records":8064,
      "quality":0.968,"nodes":{"expected":5,"ok":4,"failed":1,"skipped":0,"stale":1,"unchanged":0,"unknown":2}},
    "next_round":"2026-11-22T17:10:00Z","rounds":{"total":42,"skipped":0},
    "outbox":{"pending":3,"dead":1,"bytes":4096,"limit_bytes":268435456,"oldest":"2026-11-22T16:55:00Z",
      "runway_s":864000,"in_memory_only":false,"lost_total":0},
    "disk_free_bytes":31457280000,"clock":"synchronized","verdict":)") +
         verdict + ",\"delivery\":" + delivery + "}";
}

const std::string holding =
    status_with(R"({"level":"critical","text":"delivery holds: unauthorized | 1 node fails"})",
                R"({"url":"https://ingest.example.com/v1/rollups","state":"hold","hold":{"reason":"unauthorized",
      "since":"2026-11-22T16:50:00Z","text":"the cloud answers 401 Unauthorized \u001b[31mtoken expired, get another one",
      "next_step":"check cloud.auth"},"last_verdict":"hold","last_delivered":"2026-11-22T16:45:00Z",
      "next_try":"2026-11-22T17:15:00Z","consecutive_failures":7})");
const std::string waiting =
    status_with(R"({"level":"warning","text":"delivery failed 3 times in a row"})",
                R"({"url":"https://ingest.example.com/v1/rollups","state":"waiting","hold":null,"last_verdict":"retry",
      "last_delivered":"2026-11-22T16:45:00Z","next_try":"2026-11-22T17:06:00Z","consecutive_failures":3,
      "last_failure":{"at":"2026-11-22T17:05:30Z","status":503,"words":"Service Unavailable: \u001b[31mmaintenance until noon"}})");
const std::string well =
    status_with(R"({"level":"ok","text":"ok"})",
                R"({"url":"https://ingest.example.com/v1/rollups","state":"idle","hold":null,"last_verdict":"delivered",
      "last_delivered":"2026-11-22T17:05:01Z","next_try":null,"consecutive_failures":0})");

}  // namespace

TEST_CASE("the page of a daemon that is well") {
  CHECK(tests::matches_golden("status_well.txt", status_page(*json_view::over(well), now)));
}

TEST_CASE("the page of a daemon whose delivery holds says since when, why and what to do") {
  const auto page = status_page(*json_view::over(holding), now);
  CHECK(tests::matches_golden("status_holding.txt", page));
  CHECK_FALSE(page.contains('\x1b'));
}

TEST_CASE("the page of a daemon whose tries fail says why the last one did") {
  const auto page = status_page(*json_view::over(waiting), now);
  CHECK(tests::matches_golden("status_waiting.txt", page));
  CHECK_FALSE(page.contains('\x1b'));
}

TEST_CASE("no line of a page is longer than a terminal is wide") {
  const auto page = status_page(*json_view::over(holding), now);
  for (std::size_t begin = 0; begin < page.size();) {
    const auto end = page.find('\n', begin);
    INFO(page.substr(begin, end - begin));
    CHECK(end - begin <= 80);
    begin = end + 1;
  }
}

TEST_CASE("a daemon that has only started, and one that says nothing known, have pages too") {
  CHECK(status_page(*json_view::over(R"({"last_round":null,"delivery":{"state":"idle"}})"), now).contains("none yet"));
  CHECK(status_page(*json_view::over("[]"), now).contains("verdict   -\n"));
  const auto first = status_page(*json_view::over(R"({"last_round":null,"nodes":{"expected":5,"ok":0}})"), now);
  CHECK(first.contains("nodes     none of 5 asked to the end yet\n"));
}

TEST_CASE("a line for those who watch has what changes") {
  CHECK(status_line(*json_view::over(well), now) ==
        "2026-11-22T17:05:40.000Z  ok: nodes 4 of 5 ok, 1 failed, 1 stale, 2 unknown age; delivery idle; outbox 3 "
        "waiting\n");
}

TEST_CASE("a probe reads one line and a code") {
  struct row {
    const char* verdict;
    exit_code code;
    const char* begins;
  };
  for (const auto& [verdict, code, begins] :
       {row{R"({"level":"ok","text":"ok"})", exit_code::ok, "EDGE-ROLLUP OK - 4 of 5 ok, 1 failed"},
        row{R"({"level":"warning","text":"1 node fails"})", exit_code::warning,
            "EDGE-ROLLUP WARNING - 1 node fails | "},
        row{R"({"level":"critical","text":"a | b"})", exit_code::critical, "EDGE-ROLLUP CRITICAL - a / b | "},
        row{"null", exit_code::critical, "EDGE-ROLLUP CRITICAL - - | "}}) {
    INFO(verdict);
    const auto status = status_with(verdict, "null");
    const auto line = probe_line(*json_view::over(status));
    CHECK(probe_code(*json_view::over(status)) == code);
    CHECK(line.starts_with(begins));
    CHECK(line.ends_with(" | nodes_ok=4;;;0;5 nodes_failed=1;;;0;5 nodes_skipped=0;;;0;5 pending=3;;;0 dead=1;;;0\n"));
  }
}
