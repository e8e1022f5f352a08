// What the stubs need of an HTTP/1.x request: enough for the daemon, curl and Python, and tolerant where it does no
// harm.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <string_view>

namespace edge_rollup::stub {

/// Largest request line plus header fields, in bytes.
inline constexpr std::size_t max_request_head = std::size_t{16} * 1024;

/// The views point into the parsed bytes.
struct request_head {
  std::string_view method;
  std::string_view path;  ///< the request target without its query
  std::string_view idempotency_key;
  std::optional<std::uint64_t> content_length;
  bool chunked = false;
  bool keep_alive = true;
  bool expects_continue = false;
  std::size_t size = 0;  ///< bytes of the head with its empty line

  [[nodiscard]] bool has_body() const noexcept { return chunked || content_length.value_or(0) > 0; }
};

enum class head_problem { incomplete, malformed, too_large };

[[nodiscard]] std::expected<request_head, head_problem> parse_request_head(std::string_view bytes) noexcept;

}  // namespace edge_rollup::stub
