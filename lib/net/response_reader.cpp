// Lines are taken whole (a line that came in pieces waits in a capped carry), bodies as they come. A body that arrives
// in one piece is handed out where it lies in the caller's buffer.
//
// A client that does not forward answers may read a bare LF as a line end (RFC 9112 section 2.2); small embedded
// servers send it. Everything else that two parsers could read differently is an error: folded fields, space before the
// colon, two lengths, a length beside chunked coding.
#include "net/response_reader.hpp"

#include "net/http_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <limits>

namespace edge_rollup::net {
namespace {

using model::failure_kind;

constexpr std::string_view version_prefix = "HTTP/1.";
constexpr std::size_t status_line_minimum = 12;  // "HTTP/1.1 200"

/// The part of a line known so far can still become a status line.
bool may_be_status_line(std::string_view begun) {
  const auto known = std::min(begun.size(), version_prefix.size());
  return begun.substr(0, known) == version_prefix.substr(0, known);
}

}  // namespace

response_reader::response_reader(response_limits limits, keep_fields keep) : limits_(limits), keep_(keep) {
  restart();
}

void response_reader::restart() {
  has_head_ = any_byte_ = surplus_ = body_cut_ = false;
  interim_seen_ = 0;
  partial_line_.clear();
  body_.clear();
  body_view_ = {};
  error_ = {};
  begin_message();
}

void response_reader::begin_message() {
  stage_ = stage::status_line;
  keep_alive_ = encoded_ = chunked_ = has_length_ = false;
  status_ = 0;
  head_used_ = chunk_extra_used_ = 0;
  body_left_ = 0;
  line_used_ = 0;
  waits_.reset();
  reason_.clear();
  fields_.clear();
}

read_progress response_reader::progress() const noexcept {
  if (stage_ == stage::failed) return read_progress::failed;
  return stage_ == stage::done ? read_progress::done : read_progress::more;
}

read_progress response_reader::fail(failure_kind kind, std::string message) {
  stage_ = stage::failed;
  keep_alive_ = false;
  error_ = model::failure{kind, std::move(message), {}};
  if (has_head_) error_.http_status = status_;
  return read_progress::failed;
}

read_progress response_reader::feed(std::string_view bytes) {
  any_byte_ = any_byte_ || !bytes.empty();
  while (!bytes.empty() && progress() == read_progress::more) {
    switch (stage_) {
      case stage::sized_body:
      case stage::chunk_data:
      case stage::body_to_close: take_body(bytes); break;
      default: read_line(bytes); break;
    }
  }
  if (stage_ == stage::done && !bytes.empty()) surplus_ = true;
  return progress();
}

read_progress response_reader::end_of_stream() {
  if (progress() != read_progress::more) return progress();
  if (stage_ == stage::body_to_close) {
    finish();
    return progress();
  }
  if (!any_byte_) return fail(failure_kind::reset, "the connection was closed before any answer");
  if (!has_head_) return fail(failure_kind::reset, "the connection was closed in the middle of the answer's header");
  return fail(
      failure_kind::reset,
      fmt::format("the connection was closed in the middle of the answer's body, after {} bytes", body_view_.size()));
}

void response_reader::read_line(std::string_view& rest) {
  const auto end = rest.find('\n');
  const auto piece = rest.substr(0, end == std::string_view::npos ? rest.size() : end + 1);
  rest.remove_prefix(piece.size());
  if (!charge_line(piece)) return;
  if (end == std::string_view::npos) {
    partial_line_ += piece;
    if (stage_ == stage::status_line && !may_be_status_line(partial_line_)) status_line(partial_line_);
    return;
  }
  std::string_view line = piece;
  if (!partial_line_.empty()) line = partial_line_ += piece;
  line.remove_suffix(1);
  if (line.ends_with('\r')) line.remove_suffix(1);
  line_complete(line);
  partial_line_.clear();
}

bool response_reader::charge_line(std::string_view piece) {
  if (stage_ == stage::status_line || stage_ == stage::field_line) {
    head_used_ += piece.size();
    if (head_used_ <= limits_.head_bytes) return true;
    if (stage_ == stage::status_line && !may_be_status_line(partial_line_ += piece)) {
      status_line(partial_line_);  // what is not HTTP is told as that, in whatever pieces it comes
      return false;
    }
    fail(failure_kind::too_large, fmt::format("the answer's header is over {} bytes", limits_.head_bytes));
    return false;
  }
  chunk_extra_used_ += piece.size();
  line_used_ += piece.size();
  if (chunk_extra_used_ <= limits_.chunk_extra_bytes) return true;
  fail(failure_kind::too_large,
       fmt::format("chunk extensions and trailers are over {} bytes", limits_.chunk_extra_bytes));
  return false;
}

void response_reader::line_complete(std::string_view line) {
  switch (stage_) {
    case stage::status_line: status_line(line); break;
    case stage::field_line:
      if (line.empty()) {
        head_complete();
      } else {
        field_line(line);
      }
      break;
    case stage::chunk_size: chunk_size_line(line); break;
    case stage::chunk_end:
      if (!line.empty()) {
        fail(failure_kind::protocol, "a chunk is longer than its size says");
      } else {
        refund_framing(0);
        stage_ = stage::chunk_size;
      }
      break;
    case stage::trailer:
      if (line.empty()) {
        finish();
      } else if (!split_field(line)) {
        fail(failure_kind::protocol, fmt::format("bad trailer line: {}", quoted(line)));
      }
      break;
    default: break;
  }
}

void response_reader::status_line(std::string_view line) {
  const auto bad = [this](std::string_view what, std::string_view seen) {
    fail(failure_kind::protocol, fmt::format("{}: {}", what, quoted(seen)));
  };
  if (!may_be_status_line(line) || line.size() < version_prefix.size()) return bad("not an HTTP/1.x answer", line);
  const bool shaped = line.size() >= status_line_minimum && is_digit(line[7]) && line[8] == ' ' && is_digit(line[9]) &&
                      is_digit(line[10]) && is_digit(line[11]) &&
                      (line.size() == status_line_minimum || line[12] == ' ');
  if (!shaped || !is_field_text(line)) return bad("bad status line", line);
  minor_version_ = line[7] - '0';
  status_ = (line[9] - '0') * 100 + (line[10] - '0') * 10 + (line[11] - '0');
  if (status_ < 100 || status_ > 599) return bad("status outside 100..599", line);  // RFC 9110 section 15
  keep_alive_ = minor_version_ >= 1;
  if (keep_ == keep_fields::all || status_ != 200) reason_ = trimmed(line.substr(status_line_minimum));
  stage_ = stage::field_line;
}

void response_reader::field_line(std::string_view line) {
  if (line.front() == ' ' || line.front() == '\t') {
    fail(failure_kind::protocol, fmt::format("folded header line: {}", quoted(line)));
    return;
  }
  const auto parts = split_field(line);
  if (!parts) {
    fail(failure_kind::protocol, fmt::format("bad header line: {}", quoted(line)));
    return;
  }
  const auto [name, value] = *parts;
  if (equal_ignoring_case(name, "content-length")) {
    length_field(value);
  } else if (equal_ignoring_case(name, "transfer-encoding")) {
    if (chunked_ || minor_version_ == 0 || !equal_ignoring_case(value, "chunked")) {
      fail(failure_kind::protocol, fmt::format("transfer coding nobody asked for: {}", quoted(value)));
      return;
    }
    chunked_ = true;
  } else if (equal_ignoring_case(name, "connection")) {
    connection_field(value);
  } else if (equal_ignoring_case(name, "keep-alive")) {
    keep_alive_field(value);
  } else if (equal_ignoring_case(name, "content-encoding")) {
    encoded_ = encoded_ || !(value.empty() || equal_ignoring_case(value, "identity"));
  }
  if (keep_ == keep_fields::all && stage_ == stage::field_line)
    fields_.emplace_back(lower_case(name), std::string(value));
}

void response_reader::length_field(std::string_view value) {
  if (has_length_) {
    fail(failure_kind::protocol, "two Content-Length headers");
    return;
  }
  has_length_ = true;
  const auto [end, failed] = std::from_chars(value.data(), value.data() + value.size(), body_left_);
  if (value.empty() || !is_digit(value.front()) || failed != std::errc{} || end != value.data() + value.size()) {
    fail(failure_kind::protocol, fmt::format("bad Content-Length: {}", quoted(value)));
  }
}

void response_reader::connection_field(std::string_view value) {
  for_each_list_item(value, [this](std::string_view option) {
    if (equal_ignoring_case(option, "close")) keep_alive_ = false;
    if (equal_ignoring_case(option, "keep-alive") && minor_version_ == 0) keep_alive_ = true;
  });
}

/// What cannot be read is passed over: it only says when a connection is of no use any more.
void response_reader::keep_alive_field(std::string_view value) {
  constexpr std::string_view timeout = "timeout=";
  for_each_list_item(value, [this, timeout](std::string_view parameter) {
    if (!equal_ignoring_case(parameter.substr(0, timeout.size()), timeout)) return;
    const auto digits = parameter.substr(timeout.size());
    std::uint32_t seconds = 0;
    const auto [end, failed] = std::from_chars(digits.data(), digits.data() + digits.size(), seconds);
    if (failed == std::errc{} && end == digits.data() + digits.size()) waits_ = model::seconds(seconds);
  });
}

void response_reader::head_complete() {
  if (status_ == 101) {
    fail(failure_kind::protocol, "the answer switches protocols, nobody asked for that");
    return;
  }
  if (status_ < 200) {
    if (++interim_seen_ > limits_.interim_answers) {
      fail(failure_kind::protocol, fmt::format("more than {} interim answers", limits_.interim_answers));
      return;
    }
    begin_message();
    return;
  }
  if (chunked_ && has_length_) {
    fail(failure_kind::protocol, "Content-Length beside chunked transfer coding");
    return;
  }
  has_head_ = true;
  if (status_ == 204 || status_ == 304)
    return finish();  // never a body, whatever the header says: RFC 9112 section 6.3
  if (chunked_) {
    stage_ = stage::chunk_size;
  } else if (has_length_) {
    if (expect_body(body_left_)) stage_ = stage::sized_body;
  } else {
    keep_alive_ = false;
    stage_ = stage::body_to_close;
  }
}

void response_reader::chunk_size_line(std::string_view line) {
  const auto bad = [&] { fail(failure_kind::protocol, fmt::format("bad chunk size: {}", quoted(line))); };
  std::uint64_t size = 0;
  const auto digits_end = std::find_if_not(line.begin(), line.end(), is_hex_digit);
  const auto digits = static_cast<std::size_t>(digits_end - line.begin());
  const auto [end, failed] = std::from_chars(line.data(), line.data() + digits, size, 16);
  if (digits == 0 || failed != std::errc{} || end != line.data() + digits) return bad();
  const auto behind = trimmed(line.substr(digits));
  if (!(behind.empty() || behind.front() == ';') || !is_field_text(behind)) return bad();
  refund_framing(behind.size());
  if (size == 0) {
    stage_ = stage::trailer;
    return;
  }
  if (expect_body(size)) stage_ = stage::chunk_data;
}

void response_reader::refund_framing(std::size_t extra) {
  chunk_extra_used_ -= line_used_ - extra;
  line_used_ = 0;
}

bool response_reader::expect_body(std::uint64_t announced) {
  const auto room = limits_.body_bytes - body_view_.size();
  body_left_ = std::min<std::uint64_t>(announced, room);
  if (announced > room) {
    if (limits_.longer_body == body_over_limit::fail) {
      fail(failure_kind::too_large, fmt::format("the answer's body is over {} bytes: {} more are announced after {}",
                                                limits_.body_bytes, announced, body_view_.size()));
      return false;
    }
    body_cut_ = true;
  }
  if (body_left_ == 0) finish();
  return body_left_ > 0;
}

void response_reader::take_body(std::string_view& rest) {
  if (stage_ == stage::body_to_close && !expect_body(rest.size())) return;
  const auto piece = rest.substr(0, static_cast<std::size_t>(std::min<std::uint64_t>(body_left_, rest.size())));
  rest.remove_prefix(piece.size());
  body_left_ -= piece.size();
  const bool in_one_piece = stage_ == stage::sized_body && body_view_.empty() && body_left_ == 0;
  if (in_one_piece) {
    body_view_ = piece;
  } else {
    append_body(piece);
  }
  if (body_left_ > 0 || (stage_ == stage::body_to_close && !body_cut_)) return;
  if (stage_ == stage::chunk_data && !body_cut_) {
    stage_ = stage::chunk_end;
  } else {
    finish();
  }
}

void response_reader::append_body(std::string_view piece) {
  body_ += piece;
  body_view_ = body_;
}

void response_reader::finish() {
  stage_ = stage::done;
}

}  // namespace edge_rollup::net
