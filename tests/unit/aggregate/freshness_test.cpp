#include "aggregate/freshness.hpp"

#include <catch2/catch_test_macros.hpp>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace edge_rollup::aggregate {
namespace {

using namespace std::chrono_literals;
using model::freshness;
using model::wall_time;

constexpr wall_time now{1'795'367'100s};

model::poll_outcome answered_at(std::optional<wall_time> updated) {
  return {model::summary{1, 1.0, std::nullopt, updated}, 1ms};
}

std::vector<model::node> nodes_called(std::initializer_list<std::string_view> urls) {
  std::vector<model::node> nodes;
  for (const auto url : urls) nodes.emplace_back().url = url;
  return nodes;
}

TEST_CASE("Freshness is judged by age, then by change", "[aggregate][freshness]") {
  constexpr auto max_age = 15min;
  struct {
    std::string_view label;
    std::optional<wall_time> updated, previous;
    freshness expected;
  } const table[] = {
      {"absent", std::nullopt, std::nullopt, freshness::unknown},
      {"absent as before", std::nullopt, now, freshness::unknown},
      {"just now", now, std::nullopt, freshness::fresh},
      {"newer than before", now - 1s, now - 2s, freshness::fresh},
      {"older than before", now - 2s, now - 1s, freshness::fresh},
      {"as before", now - 1s, now - 1s, freshness::unchanged},
      {"as old as may be", now - max_age, std::nullopt, freshness::fresh},
      {"too old", now - max_age - 1ms, std::nullopt, freshness::stale},
      {"too old and as before", now - max_age - 1ms, now - max_age - 1ms, freshness::stale},
      {"a little ahead", now + 5min, std::nullopt, freshness::fresh},
      {"too far ahead", now + 5min + 1ms, std::nullopt, freshness::unknown},
      {"too far ahead and as before", now + 1h, now + 1h, freshness::unknown},
  };
  for (const auto& row : table) {
    CAPTURE(row.label);
    CHECK(judge(model::summary{1, 1.0, std::nullopt, row.updated}, max_age, row.previous, now) == row.expected);
  }
}

TEST_CASE("The memory holds what each node answered last", "[aggregate][freshness]") {
  freshness_memory memory;
  CHECK(memory.previous("http://a") == std::nullopt);

  const auto nodes = nodes_called({"http://a", "http://b", "http://c"});
  memory.learn(nodes, std::vector{answered_at(now), answered_at(now - 1s), answered_at(std::nullopt)});
  CHECK(memory.previous("http://a") == now);
  CHECK(memory.previous("http://b") == now - 1s);
  CHECK(memory.previous("http://c") == std::nullopt);

  const model::poll_outcome failed;
  memory.learn(nodes, std::vector{failed, answered_at(std::nullopt), answered_at(now)});
  CHECK(memory.previous("http://a") == now);
  CHECK(memory.previous("http://b") == std::nullopt);
  CHECK(memory.previous("http://c") == now);
}

TEST_CASE("The memory forgets nodes that are no longer asked", "[aggregate][freshness]") {
  freshness_memory memory;
  memory.learn(nodes_called({"http://a", "http://b"}), std::vector{answered_at(now), answered_at(now)});
  memory.learn(nodes_called({"http://b"}), std::vector{answered_at(now)});
  CHECK(memory.previous("http://a") == std::nullopt);
  CHECK(memory.previous("http://b") == now);
  memory.learn(nodes_called({"http://c"}), std::vector{model::poll_outcome{}});  // as many as before, but another one
  CHECK(memory.previous("http://b") == std::nullopt);
  memory.learn(nodes_called({"http://c"}), std::vector{answered_at(now)});
  memory.learn({}, {});
  CHECK(memory == freshness_memory{});
}

}  // namespace
}  // namespace edge_rollup::aggregate
