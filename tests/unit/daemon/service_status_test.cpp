#include "daemon/service/service_status.hpp"

#include <catch2/catch_test_macros.hpp>

#include <chrono>
#include <string>
#include <vector>

using namespace edge_rollup;
using daemon::service_facts;

TEST_CASE("the line of systemctl status says what counts, and what is wrong behind it") {
  const model::wall_time since{std::chrono::sys_days{std::chrono::year{2026} / 11 / 22} + std::chrono::hours{17}};
  const model::coverage four_of_five{.expected = 5, .ok = 4, .failed = 1};
  struct row {
    const char* label;
    service_facts facts;
    std::string text;
  };
  const std::vector<row> rows = {
      {"at the start", {.pending = 7}, "no round yet, outbox 7"},
      {"as it should be", {.last_round = four_of_five}, "4 of 5 nodes ok, outbox 0"},
      {"a large fleet",
       {.last_round = model::coverage{.expected = 10'000, .ok = 9'936}},
       "9 936 of 10 000 nodes ok, outbox 0"},
      {"dead letters",
       {.last_round = four_of_five, .pending = 1, .dead = 2},
       "4 of 5 nodes ok, outbox 1, 2 dead letters"},
      {"a hold",
       {.last_round = four_of_five,
        .pending = 3,
        .delivery_hold = service_facts::hold{since, "the cloud answers 401 Unauthorized: check cloud.auth"}},
       "4 of 5 nodes ok, outbox 3; delivery holds since 2026-11-22T17:00:00.000Z: the cloud answers 401 Unauthorized: "
       "check cloud.auth"},
      {"a reload that failed, on a disk that is full",
       {.last_round = four_of_five, .in_memory_only = true, .settings_refused = "a.yaml:8:8: no such key"},
       "4 of 5 nodes ok, outbox 0; the last reload failed, the settings of before are in effect: a.yaml:8:8: no "
       "such key; the disk takes nothing"},
      {"a reload with much to say",
       {.last_round = four_of_five,
        .delivery_hold = service_facts::hold{since, "token expired"},
        .settings_refused = std::string(1'000, 'x')},
       "4 of 5 nodes ok, outbox 0; the last reload failed, the settings of before are in effect: " +
           std::string(197, 'x') + "…; delivery holds since 2026-11-22T17:00:00.000Z: token expired"},
  };
  for (const auto& [label, facts, text] : rows) {
    CAPTURE(label);
    CHECK(daemon::status_text(facts) == text);
  }
}
