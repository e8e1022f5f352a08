#include "daemon/check/setup_cost.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace edge_rollup;
using namespace edge_rollup::daemon;
using namespace std::chrono_literals;

TEST_CASE("a set-up costs what its rollups take on the line and on the disk") {
  outbox::outbox_options outbox;
  outbox.max_bytes = 1'000'000;
  const rollup_size rollup{.sent_bytes = 2'400, .stored_bytes = 840};
  CHECK(cost_of(rollup, model::url_scheme::http, 5min, outbox) ==
        setup_cost{3'400, 3'400ULL * 8'640, 1'000, 1'000 * 5min});
  CHECK(cost_of(rollup, model::url_scheme::https, 5min, outbox) ==
        setup_cost{7'400, 7'400ULL * 8'640, 1'000, 1'000 * 5min});
}

TEST_CASE("an outbox lasts no longer than its rollups may be old") {
  outbox::outbox_options outbox;
  outbox.max_age = 24h;
  const auto cost = cost_of({.sent_bytes = 2'400, .stored_bytes = 840}, model::url_scheme::https, 1h, outbox);
  CHECK(cost.outbox_rollups == 24);
  CHECK(cost.outbox_lasts == 24h);
}

TEST_CASE("an outbox that does not last a day is a warning") {
  const auto enough = judge_cost({3'000, 25'920'000, 288, 24h});
  CHECK(enough.level == finding_level::ok);
  CHECK(enough.what ==
        "about 2.9 KiB a rollup, 24.7 MiB a month to the cloud (polls not counted); without the cloud the outbox lasts "
        "1 d (288 rollups)");
  const auto short_lived = judge_cost({3'000, 25'920'000, 287, 24h - 5min});
  CHECK(short_lived.level == finding_level::warning);
  CHECK(short_lived.remedy.contains("outbox.max_bytes"));
}
