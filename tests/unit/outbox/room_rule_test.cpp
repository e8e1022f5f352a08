#include "outbox/room_rule.hpp"

#include <catch2/catch_test_macros.hpp>

using edge_rollup::outbox::room_rule;

TEST_CASE("below the bound nothing is stored, and again only with a quarter more than the bound free") {
  constexpr std::uint64_t total = 1'000'000'000;
  room_rule rule(1'000);
  CHECK(rule.allows(1'000, total));
  CHECK_FALSE(rule.allows(999, total));
  CHECK_FALSE(rule.allows(1'000, total));
  CHECK_FALSE(rule.allows(1'249, total));
  CHECK(rule.allows(1'250, total));
  CHECK(rule.allows(1'000, total));
  CHECK_FALSE(rule.allows(999, total));
}

TEST_CASE("without a number the bound is 100 MiB, or 5 % of a small disk; the room is what is above it") {
  constexpr std::uint64_t mebibyte = 1024 * 1024;
  const room_rule automatic{std::nullopt};
  CHECK(automatic.room(150 * mebibyte, 10'000 * mebibyte) == 50 * mebibyte);
  CHECK(automatic.room(150 * mebibyte, 1'000 * mebibyte) == 100 * mebibyte);
  CHECK(automatic.room(99 * mebibyte, 10'000 * mebibyte) == 0);
  CHECK(room_rule(0).room(7, 10'000 * mebibyte) == 7);
}
