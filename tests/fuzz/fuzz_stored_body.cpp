// Input: a line with the size of a body in decimal digits, then what stands in the store for it: a gzip member, or what
// is left of one. Reading it back never gives more than was told; what was written reads back, and its checksum sees
// every changed byte.
#include "fuzz/fuzz_input.hpp"
#include "model/invariant.hpp"
#include "outbox/body_codec.hpp"

#include <algorithm>
#include <charconv>
#include <string>

namespace {

using namespace edge_rollup;

constexpr std::size_t largest_tried_bytes = 256UL * 1024;

void check_damaged(std::string_view packed, std::size_t told_bytes) {
  EDGE_ROLLUP_INVARIANT(!outbox::gunzip(packed, outbox::max_body_bytes + 1));
  const auto raw = outbox::gunzip(packed, std::min(told_bytes, largest_tried_bytes));
  if (!raw) return;
  EDGE_ROLLUP_INVARIANT(raw->size() == told_bytes);
  EDGE_ROLLUP_INVARIANT(!outbox::gunzip(packed, told_bytes + 1));
  EDGE_ROLLUP_INVARIANT(told_bytes == 0 || !outbox::gunzip(packed, told_bytes - 1));
}

void check_identity(std::string_view raw) {
  const auto packed = outbox::gzip(raw);
  EDGE_ROLLUP_INVARIANT(packed == outbox::gzip(raw));
  EDGE_ROLLUP_INVARIANT(outbox::gunzip(packed, raw.size()) == raw);
  EDGE_ROLLUP_INVARIANT(!outbox::gunzip(packed + '\0', raw.size()));
  EDGE_ROLLUP_INVARIANT(!outbox::gunzip(packed.substr(0, packed.size() - 1), raw.size()));
}

/// A CRC of 32 bits sees every change within one byte.
void check_checksum(std::string_view packed, std::size_t raw_bytes) {
  const auto sum_of = [raw_bytes](std::string_view stored) {
    return outbox::checksum(
        {.sequence = 42, .id = "019ad1f0", .stored_at = {}, .raw_bytes = raw_bytes, .packed = stored});
  };
  if (packed.empty()) return;
  std::string damaged{packed};
  auto& byte = damaged[raw_bytes % damaged.size()];
  byte = static_cast<char>(byte ^ 0x10);
  EDGE_ROLLUP_INVARIANT(sum_of(packed) == sum_of(packed) && sum_of(packed) != sum_of(damaged));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view packed = tests::as_text(data, size);
  const auto digits = tests::take_line(packed);
  std::size_t told_bytes = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), told_bytes);
  check_damaged(packed, told_bytes);
  check_identity(packed);
  check_checksum(packed, told_bytes);
  return 0;
}
