// Content-Length and chunked framing (RFC 9112 §6 and §7.1). Chunk extensions and trailers are read and dropped.
#include "edge-stub/body_reader.hpp"

#include <algorithm>
#include <charconv>

namespace edge_rollup::stub {
namespace {

constexpr std::size_t max_line = 8 * 1024;  // of a chunk size with its extensions, or a trailer field

}  // namespace

body_reader::body_reader(const request_head& head) {
  if (!head.chunked) begin_bytes(head.content_length.value_or(0), expecting::sized_bytes);
}

std::size_t body_reader::take(std::string_view bytes) {
  std::size_t taken = 0;
  while (state_ == body_state::incomplete && taken < bytes.size()) {
    const bool counted = next_ == expecting::sized_bytes || next_ == expecting::chunk_bytes;
    taken += counted ? take_bytes(bytes.substr(taken)) : take_line(bytes.substr(taken));
  }
  return taken;
}

std::size_t body_reader::take_bytes(std::string_view bytes) {
  const std::size_t count = std::min<std::uint64_t>(missing_, bytes.size());
  body_.append(bytes.substr(0, count));
  missing_ -= count;
  if (missing_ == 0) {
    if (next_ == expecting::sized_bytes) state_ = body_state::complete;
    next_ = expecting::chunk_end;
  }
  return count;
}

std::size_t body_reader::take_line(std::string_view bytes) {
  const auto end = bytes.find('\n');
  line_.append(bytes.substr(0, end));
  if (line_.size() > max_line) state_ = body_state::malformed;
  if (end == std::string_view::npos) return bytes.size();
  if (line_.ends_with('\r')) line_.pop_back();
  read_line(line_);
  line_.clear();
  return end + 1;
}

void body_reader::read_line(std::string_view line) {
  switch (next_) {
    case expecting::chunk_size: {
      std::uint64_t size = 0;
      const auto [end, failed] = std::from_chars(line.data(), line.data() + line.size(), size, 16);
      if (failed != std::errc{}) {
        state_ = body_state::malformed;
      } else if (size == 0) {
        next_ = expecting::trailer;
      } else {
        begin_bytes(size, expecting::chunk_bytes);
      }
      return;
    }
    case expecting::chunk_end:
      if (!line.empty()) state_ = body_state::malformed;
      next_ = expecting::chunk_size;
      return;
    case expecting::trailer:
      if (line.empty()) state_ = body_state::complete;
      return;
    case expecting::sized_bytes:
    case expecting::chunk_bytes: return;  // not made of lines
  }
}

void body_reader::begin_bytes(std::uint64_t count, expecting what) {
  next_ = what;
  missing_ = count;
  if (count > max_request_body - body_.size()) {
    state_ = body_state::too_large;
  } else if (count == 0) {
    state_ = body_state::complete;
  }
}

}  // namespace edge_rollup::stub
