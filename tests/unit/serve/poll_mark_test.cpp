#include "serve/poll_mark.hpp"

#include "support/property.hpp"
#include "support/served_nodes.hpp"

#include <catch2/catch_approx.hpp>
#include <catch2/catch_test_macros.hpp>

#include <cmath>
#include <cstdint>
#include <vector>

using namespace edge_rollup;
using model::failure_kind;
using model::freshness;
using serve::shown_state;

static_assert(sizeof(serve::poll_mark) == 2);

namespace {

model::poll_outcome that_took(model::nanoseconds took) {
  auto made = tests::ok(1, 1.0);
  made.latency = took;
  return made;
}

}  // namespace

TEST_CASE("A poll time keeps its size in a byte") {
  tests::holds_for_all("within half a step of 6 % between the bounds", [](std::uint32_t microseconds) {
    constexpr std::uint32_t least = 100, most = 230'000'000;
    const auto us = least + microseconds % (most - least);
    const auto told = *serve::ms_of(serve::to_poll_time(std::chrono::microseconds(us)));
    return std::abs(told / (us / 1e3) - 1) < 0.035;
  });
  tests::holds_for_all("what took longer has no smaller code", [](std::uint32_t a, std::uint32_t b) {
    return (serve::to_poll_time(model::nanoseconds(a)) < serve::to_poll_time(model::nanoseconds(b))) <= (a < b);
  });
  CHECK(serve::to_poll_time(model::nanoseconds(0)) == serve::no_poll_time);
  CHECK_FALSE(serve::ms_of(serve::no_poll_time));
  CHECK(serve::ms_of(serve::to_poll_time(model::nanoseconds(1))) == 0.1);
  CHECK(serve::ms_of(serve::to_poll_time(model::seconds(3'600))) == serve::ms_of(255));
}

TEST_CASE("Two bytes tell how a poll ended") {
  struct row {
    const char* label;
    model::poll_outcome outcome;
    freshness age;
    shown_state state;
    std::optional<failure_kind> failure;
    std::optional<double> quality;
  };
  const std::vector<row> rows = {
      {"ok", tests::ok(1, 0.968), freshness::fresh, shown_state::ok, {}, 0.968},
      {"worst quality", tests::ok(1, 0.0), freshness::unknown, shown_state::ok, {}, 0.0},
      {"best quality", tests::ok(1, 1.0), freshness::unchanged, shown_state::ok, {}, 1.0},
      {"stale", tests::ok(1, 0.5), freshness::stale, shown_state::stale, {}, 0.5},
      {"stale, worst quality", tests::ok(1, 0.0), freshness::stale, shown_state::stale, {}, 0.0},
      {"stale, best quality", tests::ok(1, 1.0), freshness::stale, shown_state::stale, {}, 1.0},
      {"first kind", tests::failed(failure_kind::dns), {}, shown_state::failed, failure_kind::dns, {}},
      {"http", tests::failed(failure_kind::http_status), {}, shown_state::failed, failure_kind::http_status, {}},
      {"skipped", tests::failed(failure_kind::skipped), {}, shown_state::skipped, failure_kind::skipped, {}},
      {"cut short", tests::failed(failure_kind::cancelled), {}, shown_state::unknown, failure_kind::cancelled, {}},
  };
  for (const auto& [label, outcome, age, state, failure, quality] : rows) {
    INFO(label);
    const serve::poll_mark mark(outcome, age);
    CHECK(mark.exists());
    CHECK(mark.state() == state);
    CHECK(mark.failure() == failure);
    REQUIRE(mark.quality().has_value() == quality.has_value());
    if (quality) CHECK(*mark.quality() == Catch::Approx(*quality).margin(0.0051));
  }
  CHECK_FALSE(serve::poll_mark().exists());
  CHECK(serve::poll_mark().state() == shown_state::unknown);
}

TEST_CASE("The spread of poll times counts the polls that began") {
  const auto spread_of = [](const std::vector<int>& milliseconds) {
    std::vector<model::poll_outcome> outcomes;
    for (const int ms : milliseconds) outcomes.push_back(that_took(model::milliseconds(ms)));
    const std::vector<freshness> freshness(outcomes.size());
    return serve::spread_of(serve::marks_of(outcomes, freshness));
  };
  const auto code = [](int ms) { return serve::to_poll_time(model::milliseconds(ms)); };
  CHECK(spread_of({}) == serve::poll_time_spread{});
  CHECK(spread_of({0, 0}) == serve::poll_time_spread{});
  CHECK(spread_of({0, 8}) == serve::poll_time_spread{code(8), code(8)});
  CHECK(spread_of({8, 16, 32}) == serve::poll_time_spread{code(16), code(32)});
  std::vector<int> twenty(19, 8);
  twenty.push_back(5'000);
  CHECK(spread_of(twenty) == serve::poll_time_spread{code(8), code(8)});
  twenty.push_back(5'000);
  CHECK(spread_of(twenty) == serve::poll_time_spread{code(8), code(5'000)});
}
