#include "outbox/body_codec.hpp"

#include "support/property.hpp"

#include <catch2/catch_test_macros.hpp>

#include <functional>
#include <random>
#include <string>

namespace edge_rollup::outbox {
namespace {

using model::milliseconds;
using model::wall_time;

TEST_CASE("a body comes back byte by byte") {
  tests::holds_for_all("round trip", [](const std::string& raw) { return gunzip(gzip(raw), raw.size()) == raw; });
  const std::string large(3'000'000, 'x');
  CHECK(gunzip(gzip(large), large.size()) == large);
}

TEST_CASE("a body that does not shrink comes back, too") {
  std::mt19937 chance(7);
  std::string noise(100'000, '\0');
  for (char& byte : noise) byte = static_cast<char>(chance());
  CHECK(gunzip(gzip(noise), noise.size()) == noise);
}

TEST_CASE("the stored form is a plain gzip member, and the same one every time") {
  const auto packed = gzip("{\"edge_nodes\":3}");
  CHECK(packed == gzip("{\"edge_nodes\":3}"));
  CHECK(packed.starts_with(std::string("\x1f\x8b\x08\x00\x00\x00\x00\x00", 8)));  // no flags, no time (RFC 1952 §2.3)
}

TEST_CASE("what is not one whole member of the promised size is refused") {
  const std::string raw = "the body of a rollup, the body of a rollup";
  const auto packed = gzip(raw);
  struct row {
    const char* label;
    std::string packed;
    std::size_t raw_bytes;
  };
  const row rows[] = {
      {"nothing", "", raw.size()},
      {"not gzip", raw, raw.size()},
      {"cut short", packed.substr(0, packed.size() - 1), raw.size()},
      {"bytes after it", packed + "x", raw.size()},
      {"a second member", packed + packed, raw.size()},
      {"fewer bytes promised", packed, raw.size() - 1},
      {"more bytes promised", packed, raw.size() + 1},
      {"none promised", packed, 0},
      {"more than the limit promised", packed, max_body_bytes + 1},
      {"a bomb", gzip(std::string(10'000'000, '\0')), 1'000},
  };
  for (const auto& [label, bytes, raw_bytes] : rows) {
    CAPTURE(label);
    CHECK(!gunzip(bytes, raw_bytes));
  }
}

TEST_CASE("a changed byte inside a member never gives another body") {
  const std::string raw = "the body of a rollup, the body of a rollup";
  const auto packed = gzip(raw);
  // The first ten bytes are the header, of which time, level and system say nothing about the body.
  for (std::size_t at = 10; at < packed.size(); ++at) {
    auto damaged = packed;
    damaged[at] = static_cast<char>(damaged[at] ^ 0x10);
    CAPTURE(at);
    CHECK(gunzip(damaged, raw.size()).value_or(raw) == raw);  // the last bits of a deflate stream mean nothing
  }
}

TEST_CASE("every field counts in the checksum") {
  const stored_form form{7, "id", wall_time{milliseconds{1'000}}, 42, "packed"};
  struct row {
    const char* label;
    stored_form form;
  };
  const row rows[] = {
      {"sequence", {8, "id", wall_time{milliseconds{1'000}}, 42, "packed"}},
      {"id", {7, "iD", wall_time{milliseconds{1'000}}, 42, "packed"}},
      {"time", {7, "id", wall_time{milliseconds{1'001}}, 42, "packed"}},
      {"size", {7, "id", wall_time{milliseconds{1'000}}, 43, "packed"}},
      {"body", {7, "id", wall_time{milliseconds{1'000}}, 42, "pacKed"}},
      {"a byte moved from id to body", {7, "i", wall_time{milliseconds{1'000}}, 42, "dpacked"}},
  };
  CHECK(checksum(form) == checksum(form));
  for (const auto& [label, other] : rows) {
    CAPTURE(label);
    CHECK(checksum(other) != checksum(form));
  }
}

TEST_CASE("the checksum stays what it was when records were written with it") {
  CHECK(checksum({1, "019ad1f0-7a4e-7c11-9b1e-2f0c4d7e8a55", wall_time{milliseconds{1'764'000'000'000}}, 2, "{}"}) ==
        0xc5f20df8U);
}

}  // namespace
}  // namespace edge_rollup::outbox
