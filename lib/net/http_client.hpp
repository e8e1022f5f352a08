// The seam between the sinks and HTTP: one request, one bounded answer.
#pragma once

#include "model/failure.hpp"
#include "model/time.hpp"
#include "model/url.hpp"
#include "runtime/async.hpp"

#include <cstddef>
#include <expected>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace edge_rollup::net {

struct http_request {
  std::string_view method = "POST";
  model::url target;
  std::vector<std::pair<std::string, std::string>> headers;  ///< Host and Content-Length are added
  std::string_view body;                                     ///< stays where it is until `send` has completed
  /// Where it is shorter than that of the client (http_limits).
  model::milliseconds total_timeout = model::milliseconds::max();
};

/// The final answer. `body` holds its beginning, at most `http_limits::kept_body` bytes.
struct http_answer {
  int status = 0;
  std::string reason;                                        ///< of the status line, may be empty
  std::vector<std::pair<std::string, std::string>> headers;  ///< names in lower case; no trailers
  std::string body;
  /// Set where the final header came but the body did not come whole, or was longer than what is read.
  bool body_cut = false;

  /// First value of a header by its lower-case name; empty if there is none.
  [[nodiscard]] std::string_view header(std::string_view lower_case_name) const noexcept;

  friend bool operator==(const http_answer&, const http_answer&) = default;
};

/// No final header came.
struct send_failure {
  model::failure failure;
  /// Bytes of the request may have reached the peer; otherwise it is certain that it knows nothing of it.
  bool request_left = false;

  friend bool operator==(const send_failure&, const send_failure&) = default;
};

struct http_limits {
  std::size_t kept_body = 8 * 1024;
  std::size_t read_body = 64 * 1024;
  model::milliseconds progress_timeout{30'000};  ///< longest time without a byte in either direction
  model::milliseconds total_timeout{600'000};    ///< of the whole exchange, name lookup included
};

/// Concurrency:  loop thread only, one `send` at a time.
/// Cancellation: `cancel()` ends an ongoing `send` with failure kind `cancelled`.
class http_client {
 public:
  virtual ~http_client() = default;
  [[nodiscard]] virtual runtime::task<std::expected<http_answer, send_failure>> send(const http_request& request) = 0;
  virtual void cancel() noexcept = 0;
};

}  // namespace edge_rollup::net
