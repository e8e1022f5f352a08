// Reads one HTTP/1.x answer from bytes that arrive in any pieces (RFC 9112), counting every byte against a limit while
// it reads. Pure: it never sees a socket.
#pragma once

#include "model/failure.hpp"
#include "model/time.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace edge_rollup::net {

/// What a body over its limit means: a poll has no use for part of a summary, a delivery only looks at the beginning.
enum class body_over_limit { fail, cut };

struct response_limits {
  std::size_t head_bytes = 16 * 1024;  ///< status line and header lines of one message
  std::size_t body_bytes = 64 * 1024;
  std::size_t chunk_extra_bytes = 8 * 1024;  ///< chunk extensions and trailers together
  int interim_answers = 8;                   ///< 1xx messages before the final one
  body_over_limit longer_body = body_over_limit::fail;
};

/// What becomes of header fields: a poll needs none of them, a delivery reads a few.
enum class keep_fields { none, all };

enum class read_progress {
  more,    ///< the answer is not complete
  done,    ///< complete; bytes behind it make the connection unusable for another request
  failed,  ///< `error()` says why: protocol, too_large or reset
};

/// Operation:   `feed` pieces until `done` or `failed`; `end_of_stream` when the peer ended its side. `restart`
///              before the next answer keeps the buffers.
/// Concurrency: none.
/// Limits:      response_limits; holds at most head_bytes + body_bytes, and nothing where the whole answer came in
///              one piece.
class response_reader {
 public:
  using field = std::pair<std::string, std::string>;

  explicit response_reader(response_limits limits = {}, keep_fields keep = keep_fields::none);

  void restart();
  read_progress feed(std::string_view bytes);
  read_progress end_of_stream();

  /// True once the final (not 1xx) header is complete, even where the body fails later.
  [[nodiscard]] bool has_head() const noexcept { return has_head_; }
  [[nodiscard]] bool any_byte() const noexcept { return any_byte_; }
  [[nodiscard]] int status() const noexcept { return status_; }
  [[nodiscard]] const std::string& reason() const noexcept { return reason_; }
  /// Names in lower case, values trimmed; without trailers. Empty under keep_fields::none.
  [[nodiscard]] const std::vector<field>& fields() const noexcept { return fields_; }
  /// The body has a Content-Encoding other than identity.
  [[nodiscard]] bool encoded() const noexcept { return encoded_; }
  /// Valid until the buffer of the last `feed` is overwritten, or until the next call.
  [[nodiscard]] std::string_view body() const noexcept { return body_view_; }
  /// The body is longer than its limit, under body_over_limit::cut: the answer ends there.
  [[nodiscard]] bool body_cut() const noexcept { return body_cut_; }
  /// More bytes came than belong to the answer.
  [[nodiscard]] bool surplus() const noexcept { return surplus_; }
  /// A second request may follow on the connection: both sides keep it open and nothing came beyond the answer.
  [[nodiscard]] bool reusable() const noexcept {
    return stage_ == stage::done && keep_alive_ && !surplus_ && !body_cut_;
  }
  /// How long the peer waits for the next request, where it says so (`Keep-Alive: timeout=5`, RFC 2068 §19.7.1).
  [[nodiscard]] std::optional<model::seconds> waits() const noexcept { return waits_; }
  [[nodiscard]] const model::failure& error() const noexcept { return error_; }

 private:
  enum class stage {
    status_line,
    field_line,
    sized_body,
    chunk_size,
    chunk_data,
    chunk_end,
    trailer,
    body_to_close,
    done,
    failed
  };

  read_progress fail(model::failure_kind kind, std::string message);
  [[nodiscard]] read_progress progress() const noexcept;
  void begin_message();
  void line_complete(std::string_view line);
  void read_line(std::string_view& rest);
  bool charge_line(std::string_view piece);
  void status_line(std::string_view line);
  void field_line(std::string_view line);
  void head_complete();
  void length_field(std::string_view value);
  void connection_field(std::string_view value);
  void keep_alive_field(std::string_view value);
  void chunk_size_line(std::string_view line);
  /// Of a complete chunk line only `extra` bytes stay charged: many small chunks are bounded by the body's limit.
  void refund_framing(std::size_t extra);
  void take_body(std::string_view& rest);
  void append_body(std::string_view piece);
  /// So many more bytes of body are to come. False where they are too many and nothing more is read.
  bool expect_body(std::uint64_t announced);
  void finish();

  response_limits limits_;
  keep_fields keep_;
  stage stage_ = stage::status_line;
  bool has_head_ = false;
  bool any_byte_ = false;
  bool keep_alive_ = false;
  bool encoded_ = false;
  bool chunked_ = false;
  bool surplus_ = false;
  bool body_cut_ = false;
  bool has_length_ = false;
  int status_ = 0;
  int minor_version_ = 1;
  int interim_seen_ = 0;
  std::size_t head_used_ = 0;
  std::size_t chunk_extra_used_ = 0;
  std::size_t line_used_ = 0;    ///< charged for the chunk line that is being read
  std::uint64_t body_left_ = 0;  ///< of a sized body or of the open chunk
  std::optional<model::seconds> waits_;
  std::string reason_;
  std::vector<field> fields_;
  std::string partial_line_;  ///< the beginning of a line whose end has not come
  std::string body_;          ///< a body that came in more than one piece
  std::string_view body_view_;
  model::failure error_;
};

}  // namespace edge_rollup::net
