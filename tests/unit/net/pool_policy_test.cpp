#include "net/pool_policy.hpp"

#include "net/address_share.hpp"
#include "support/property.hpp"

#include <catch2/catch_test_macros.hpp>

#include <optional>

using namespace edge_rollup;
using namespace std::chrono_literals;
using net::io_state;
using net::pool_action;

TEST_CASE("peers keep their connection where that is wanted and every peer is still reached") {
  using net::keep_alive;
  const struct {
    const char* label;
    net::pool_limits limits;
    std::size_t keeping;
    std::size_t in_use;
  } rows[] = {
      {"a descriptor for every peer", {keep_alive::on, 10s, 100, 100}, 100, 100},
      {"one too few", {keep_alive::on, 10s, 101, 100}, 50, 50},
      {"an odd number", {keep_alive::on, 10s, 1000, 33}, 16, 17},
      {"hardly any", {keep_alive::on, 10s, 1000, 2}, 1, 1},
      {"not wanted", {keep_alive::off, 10s, 100, 100}, 0, 100},
      {"the longest interval", {keep_alive::on, net::longest_idle, 100, 100}, 100, 100},
      {"an interval beyond that", {keep_alive::on, net::longest_idle + 1ms, 100, 100}, 0, 100},
      {"no peers", {keep_alive::on, 10s, 0, 100}, 0, 100},
  };
  for (const auto& [label, limits, keeping, in_use] : rows) {
    INFO(label);
    const net::pool_policy policy(limits);
    CHECK(policy.keeping() == keeping);
    CHECK(policy.in_use() == in_use);
  }
}

TEST_CASE("idle connections and those in use never need more descriptors than there are") {
  tests::holds_for_all("any number of peers", [](std::uint16_t peers, std::uint8_t some) {
    const std::size_t descriptors = 2U + some;
    const net::pool_policy policy({net::keep_alive::on, 10s, peers, descriptors});
    RC_ASSERT(policy.in_use() > 0);
    // A peer has one connection, idle or in use.
    RC_ASSERT(std::min<std::size_t>(peers, policy.keeping() + policy.in_use()) <= descriptors);
  });
}

TEST_CASE("an idle connection is used again while the peer is quiet and still waits") {
  const model::mono_time now{1h};
  const struct {
    const char* label;
    model::milliseconds idle_for;
    std::optional<model::milliseconds> peer_waits;
    io_state said;
    pool_action expected;
  } rows[] = {
      {"quiet", 10s, {}, io_state::want_read, pool_action::reuse},
      {"sent something", 10s, {}, io_state::done, pool_action::close},
      {"closed", 10s, {}, io_state::closed, pool_action::close},
      {"broke", 10s, {}, io_state::failed, pool_action::close},
      {"as long as can be", net::longest_idle, {}, io_state::want_read, pool_action::reuse},
      {"too long", net::longest_idle + 1ms, {}, io_state::want_read, pool_action::close},
      {"as long as the peer waits, less the margin", 4s, 5s, io_state::want_read, pool_action::reuse},
      {"about as long as the peer waits", 4001ms, 5s, io_state::want_read, pool_action::close},
      {"the peer does not wait", 0s, 0s, io_state::want_read, pool_action::close},
      {"the peer waits for ever", net::longest_idle + 1ms, 24h, io_state::want_read, pool_action::close},
  };
  for (const auto& row : rows) {
    INFO(row.label);
    CHECK(net::judge_idle({now - row.idle_for, row.peer_waits}, row.said, now) == row.expected);
  }
}

TEST_CASE("each address gets an equal share of what is left, and no less than makes sense") {
  const model::mono_time now{1h};
  CHECK(net::connect_by(now, now + 5s, 1) == now + 5s);
  CHECK(net::connect_by(now, now + 5s, 2) == now + 2500ms);
  CHECK(net::connect_by(now + 2500ms, now + 5s, 1) == now + 5s);
  CHECK(net::connect_by(now, now + 5s, 100) == now + net::least_connect_share);
  CHECK(net::connect_by(now, now + 100ms, 2) == now + 100ms);
  CHECK(net::connect_by(now, now, 3) == now);
}
