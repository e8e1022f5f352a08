// What an HTTP server is asked and what it answers, as plain values: whoever answers sees no socket.
#pragma once

#include "net/live_body.hpp"

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace edge_rollup::net {

using http_fields = std::vector<std::pair<std::string, std::string>>;  ///< in the order they came

/// Whether the connection serves another request.
enum class after_answer { keep_alive, close };

struct received_request {
  std::string method;  ///< as it came; methods are case-sensitive
  std::string target;  ///< in origin form: a path, percent-encoded, with its query
  std::string host;    ///< of the Host field or of an absolute target; empty where HTTP/1.0 names none
  http_fields fields;
  std::string body;
  after_answer then = after_answer::keep_alive;

  /// The value of the first field of that name, in any case.
  [[nodiscard]] std::optional<std::string_view> field(std::string_view name) const noexcept;
};

struct http_response {
  int status = 200;
  http_fields fields;  ///< but Date, Connection and Content-Length, which the server writes
  std::string body;
  std::shared_ptr<const std::string> shared_body = {};  ///< in place of `body`, where many answers have it in common
  /// Follows `fields` in place of a body; the connection ends with it.
  std::shared_ptr<live_body> live = {};

  [[nodiscard]] std::string_view content() const noexcept { return shared_body ? *shared_body : body; }
  friend bool operator==(const http_response&, const http_response&) = default;
};

/// The words of a status as RFC 9110 section 15 has them; empty for one that this server does not send.
[[nodiscard]] std::string_view reason_phrase(int status) noexcept;

}  // namespace edge_rollup::net
