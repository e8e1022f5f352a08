#include "net/http_message.hpp"

#include "net/http_text.hpp"

#include <algorithm>

namespace edge_rollup::net {

std::optional<std::string_view> received_request::field(std::string_view name) const noexcept {
  const auto found =
      std::ranges::find_if(fields, [name](const auto& each) { return equal_ignoring_case(each.first, name); });
  if (found == fields.end()) return std::nullopt;
  return found->second;
}

std::string_view reason_phrase(int status) noexcept {
  switch (status) {
    case 200: return "OK";
    case 202: return "Accepted";
    case 304: return "Not Modified";
    case 400: return "Bad Request";
    case 401: return "Unauthorized";
    case 403: return "Forbidden";
    case 404: return "Not Found";
    case 405: return "Method Not Allowed";
    case 408: return "Request Timeout";
    case 409: return "Conflict";
    case 411: return "Length Required";
    case 413: return "Content Too Large";
    case 414: return "URI Too Long";
    case 417: return "Expectation Failed";
    case 421: return "Misdirected Request";
    case 422: return "Unprocessable Content";
    case 431: return "Request Header Fields Too Large";
    case 501: return "Not Implemented";
    case 503: return "Service Unavailable";
    case 505: return "HTTP Version Not Supported";
    default: return {};
  }
}

}  // namespace edge_rollup::net
