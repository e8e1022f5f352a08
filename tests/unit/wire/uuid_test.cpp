#include "wire/uuid.hpp"

#include "support/property.hpp"

#include <catch2/catch_test_macros.hpp>

#include <cstdint>
#include <string>

namespace edge_rollup::wire {
namespace {

using model::milliseconds;
using model::wall_time;

TEST_CASE("UUIDs come out as in the examples of RFC 9562") {
  // Appendix A.3 and A.6: the random fields as given there, with bits set where version and variant go.
  CHECK(uuid_v4(0x919108f752d1'f320, 0xdbac'f847db4148a8) == "919108f7-52d1-4320-9bac-f847db4148a8");
  CHECK(uuid_v7(wall_time{milliseconds{0x017F22E279B0}}, 0xfff'fcc3, 0xd8c4'dc0c0c07398f) ==
        "017f22e2-79b0-7cc3-98c4-dc0c0c07398f");
}

TEST_CASE("version and variant stand at their place whatever the random bits are") {
  tests::holds_for_all("v4 and v7", [](std::uint64_t high, std::uint64_t low, std::int64_t unix_ms) {
    const auto v4 = uuid_v4(high, low);
    const auto v7 = uuid_v7(wall_time{milliseconds{unix_ms}}, high, low);
    RC_ASSERT(v4.size() == 36U);
    RC_ASSERT(v7.size() == 36U);
    RC_ASSERT(v4.at(14) == '4');
    RC_ASSERT(v7.at(14) == '7');
    for (const auto& uuid : {v4, v7}) {
      RC_ASSERT(std::string{"89ab"}.contains(uuid.at(19)));
      RC_ASSERT(uuid.find_first_not_of("0123456789abcdef-") == std::string::npos);
      for (const std::size_t dash : {8U, 13U, 18U, 23U}) RC_ASSERT(uuid.at(dash) == '-');
    }
  });
}

TEST_CASE("a version 7 UUID tells the millisecond it was made in") {
  tests::holds_for_all("time survives", [](std::uint64_t high, std::uint64_t low) {
    const auto unix_ms = *rc::gen::inRange<std::int64_t>(0, std::int64_t{1} << 48);
    const auto uuid = uuid_v7(wall_time{milliseconds{unix_ms}}, high, low);
    RC_ASSERT(std::stoll(uuid.substr(0, 8) + uuid.substr(9, 4), nullptr, 16) == unix_ms);
  });
  CHECK(uuid_v7(wall_time{milliseconds{-1}}, 0, 0).starts_with("00000000-0000-7"));
  CHECK(uuid_v7(wall_time{milliseconds{std::int64_t{1} << 48}}, 0, 0).starts_with("ffffffff-ffff-7"));
}

TEST_CASE("version 7 UUIDs of a later millisecond sort later") {
  CHECK(uuid_v7(wall_time{milliseconds{1'000}}, ~0ULL, ~0ULL) < uuid_v7(wall_time{milliseconds{1'001}}, 0, 0));
}

TEST_CASE("every other random bit changes the UUID") {
  const auto plain_v4 = uuid_v4(0, 0);
  const auto plain_v7 = uuid_v7(wall_time{}, 0, 0);
  int told_by_v4 = 0;
  int told_by_v7 = 0;
  for (int bit = 0; bit < 64; ++bit) {
    const auto one = std::uint64_t{1} << bit;
    told_by_v4 += (uuid_v4(one, 0) != plain_v4 ? 1 : 0) + (uuid_v4(0, one) != plain_v4 ? 1 : 0);
    told_by_v7 +=
        (uuid_v7(wall_time{}, one, 0) != plain_v7 ? 1 : 0) + (uuid_v7(wall_time{}, 0, one) != plain_v7 ? 1 : 0);
  }
  CHECK(told_by_v4 == 122);
  CHECK(told_by_v7 == 74);
}

}  // namespace
}  // namespace edge_rollup::wire
