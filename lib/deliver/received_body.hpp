// The body of an answer as it came, with what its header says of it.
#pragma once

#include "net/http_text.hpp"

#include <string_view>

namespace edge_rollup::deliver {

struct received_body {
  std::string_view content_type;
  std::string_view content_encoding;
  std::string_view bytes;  ///< its beginning
  bool cut = false;        ///< more was to come

  /// RFC 9110 §8.4.1: names of codings are case-insensitive, and `identity` is none.
  [[nodiscard]] constexpr bool is_encoded() const noexcept {
    return !content_encoding.empty() && !net::equal_ignoring_case(content_encoding, "identity");
  }
};

}  // namespace edge_rollup::deliver
