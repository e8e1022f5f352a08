// Lines end with CRLF (RFC 9112 §2.2); field names are compared without case.
#include "edge-stub/request_head.hpp"

#include "net/http_text.hpp"

#include <charconv>

namespace edge_rollup::stub {
namespace {

constexpr std::string_view line_end = "\r\n";
constexpr std::string_view head_end = "\r\n\r\n";

bool read_request_line(std::string_view line, request_head& head) noexcept {
  const auto first = line.find(' ');
  const auto last = line.rfind(' ');
  if (first == std::string_view::npos || first == last || first == 0) return false;
  const std::string_view version = line.substr(last + 1);
  if (!version.starts_with("HTTP/1.")) return false;
  head.method = line.substr(0, first);
  head.path = line.substr(first + 1, last - first - 1);
  head.path = head.path.substr(0, head.path.find('?'));
  head.keep_alive = version != "HTTP/1.0";
  return true;
}

bool read_field(std::string_view line, request_head& head) noexcept {
  const auto field = net::split_field(line);
  if (!field) return false;
  const auto [name, value] = *field;
  if (net::equal_ignoring_case(name, "content-length")) {
    std::uint64_t length = 0;
    const auto [end, failed] = std::from_chars(value.data(), value.data() + value.size(), length);
    if (failed != std::errc{} || end != value.data() + value.size()) return false;
    head.content_length = length;
  } else if (net::equal_ignoring_case(name, "transfer-encoding")) {
    if (!net::equal_ignoring_case(value, "chunked")) return false;
    head.chunked = true;
  } else if (net::equal_ignoring_case(name, "connection")) {
    if (net::equal_ignoring_case(value, "close")) head.keep_alive = false;
    if (net::equal_ignoring_case(value, "keep-alive")) head.keep_alive = true;
  } else if (net::equal_ignoring_case(name, "expect")) {
    head.expects_continue = net::equal_ignoring_case(value, "100-continue");
  } else if (net::equal_ignoring_case(name, "idempotency-key")) {
    head.idempotency_key = value;
  }
  return true;
}

}  // namespace

std::expected<request_head, head_problem> parse_request_head(std::string_view bytes) noexcept {
  const auto end = bytes.find(head_end);
  if (end == std::string_view::npos) {
    return std::unexpected(bytes.size() > max_request_head ? head_problem::too_large : head_problem::incomplete);
  }
  request_head head;
  head.size = end + head_end.size();
  if (head.size > max_request_head) return std::unexpected(head_problem::too_large);

  std::string_view lines = bytes.substr(0, end);
  const auto first_end = lines.find(line_end);
  if (!read_request_line(lines.substr(0, first_end), head)) return std::unexpected(head_problem::malformed);
  while (lines.find(line_end) != std::string_view::npos) {
    lines.remove_prefix(lines.find(line_end) + line_end.size());
    if (!read_field(lines.substr(0, lines.find(line_end)), head)) return std::unexpected(head_problem::malformed);
  }
  return head;
}

}  // namespace edge_rollup::stub
