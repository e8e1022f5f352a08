// Takes one request body, in any pieces, out of the bytes that follow a request head.
#pragma once

#include "edge-stub/request_head.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace edge_rollup::stub {

/// Largest request body, in bytes; one more is `too_large`.
inline constexpr std::uint64_t max_request_body = std::uint64_t{64} * 1024 * 1024;

enum class body_state { incomplete, complete, malformed, too_large };

/// Operation: `take` consumes from the front of what came and answers with the count; bytes beyond the body are left
///            to the next request. It takes nothing once the state is no longer `incomplete`.
class body_reader {
 public:
  explicit body_reader(const request_head& head);

  [[nodiscard]] std::size_t take(std::string_view bytes);
  [[nodiscard]] body_state state() const noexcept { return state_; }
  [[nodiscard]] std::string take_body() noexcept { return std::move(body_); }

 private:
  enum class expecting { sized_bytes, chunk_size, chunk_bytes, chunk_end, trailer };

  std::size_t take_bytes(std::string_view bytes);
  std::size_t take_line(std::string_view bytes);
  void read_line(std::string_view line);
  void begin_bytes(std::uint64_t count, expecting what);

  body_state state_ = body_state::incomplete;
  expecting next_ = expecting::chunk_size;
  std::uint64_t missing_ = 0;  ///< bytes still to come of the body or the chunk
  std::string line_;           ///< the beginning of a line whose end has not come
  std::string body_;
};

}  // namespace edge_rollup::stub
