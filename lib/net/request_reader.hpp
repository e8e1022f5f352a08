// Reads HTTP/1.x requests out of the bytes of a connection, one after the other (RFC 9112).
#pragma once

#include "net/http_message.hpp"

#include <boost/system/error_code.hpp>

#include <cstddef>
#include <memory>
#include <string>

namespace edge_rollup::net {

struct request_limits {
  std::size_t line = 8 * 1024;   ///< bytes of the request line
  std::size_t head = 16 * 1024;  ///< bytes of line and fields
  std::size_t body = 64 * 1024;  ///< bytes of the content
};

/// Why a request is not served: the status to answer with, and a sentence without a final period.
struct request_refusal {
  int status = 400;
  std::string detail;

  friend bool operator==(const request_refusal&, const request_refusal&) = default;
};

/// Operation:   `read` takes what belongs to the current request from the front of `input`, which holds all bytes that
///              came and were not taken, and leaves the rest. After `complete`, `take` gives the request and turns to
///              the next one. After `refused` nothing more can be read: where the next request begins is unknown.
/// Concurrency: none.
/// Limits:      request_limits, over which a request is refused, as is one in chunks, whose size nobody knows before.
class request_reader {
 public:
  enum class progress { incomplete, complete, refused };

  explicit request_reader(request_limits limits = {});
  request_reader(request_reader&&) noexcept;
  request_reader& operator=(request_reader&&) noexcept;
  ~request_reader();

  [[nodiscard]] progress read(std::string& input);
  [[nodiscard]] received_request take();
  [[nodiscard]] const request_refusal& refusal() const noexcept { return refusal_; }
  /// The client waits for "100 Continue" before it sends the content. True once for each request that says so.
  [[nodiscard]] bool expects_continue();

 private:
  class parsing;

  progress refuse(int status, std::string detail);
  progress refuse_because(const boost::system::error_code& failed);
  progress check_head();

  request_limits limits_;
  std::unique_ptr<parsing> parsing_;  ///< of the current request
  std::size_t taken_ = 0;             ///< bytes of it
  std::size_t empty_lines_ = 0;       ///< before it
  request_refusal refusal_;
  enum class expectation { unknown, none, waits, told } expectation_ = expectation::unknown;
};

}  // namespace edge_rollup::net
