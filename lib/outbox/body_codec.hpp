// How a rollup body stands on disk: as one gzip member (RFC 1952), so that it can go out as it is under
// Content-Encoding: gzip, with a checksum over everything that names it. Pure functions.
#pragma once

#include "model/time.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace edge_rollup::outbox {

/// The largest body, uncompressed, that the store takes or gives back. Far above `report.max_body`; it bounds what a
/// damaged record can make us allocate.
inline constexpr std::size_t max_body_bytes = 64UL * 1024 * 1024;

/// Compresses at most `max_body_bytes`. The same bytes in give the same bytes out: no time stamp, no name.
[[nodiscard]] std::string gzip(std::string_view raw);

/// The inverse of `gzip`; empty where `packed` is not one whole gzip member of exactly `raw_bytes` bytes, or where
/// `raw_bytes` is over `max_body_bytes`. Allocates no more than `raw_bytes`.
[[nodiscard]] std::optional<std::string> gunzip(std::string_view packed, std::size_t raw_bytes);

/// What never changes in a stored rollup.
struct stored_form {
  std::uint64_t sequence = 0;
  std::string_view id;
  model::wall_time stored_at;
  std::size_t raw_bytes = 0;  ///< of the body before compression
  std::string_view packed;    ///< the gzip member
};

/// CRC-32 (that of RFC 1952) over all fields. Finds damage, not forgery.
[[nodiscard]] std::uint32_t checksum(const stored_form& form);

}  // namespace edge_rollup::outbox
