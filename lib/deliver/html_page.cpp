#include "deliver/html_page.hpp"

#include <algorithm>

namespace edge_rollup::deliver {

namespace {

constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

bool begins_with(std::string_view text, std::string_view prefix) {
  return net::equal_ignoring_case(text.substr(0, prefix.size()), prefix);
}

/// What is behind the last separator: the format of application/problem+json is json (RFC 6838 §4.2.8).
std::string_view format_of(std::string_view content_type) {
  const auto type = net::trimmed(content_type.substr(0, content_type.find(';')));
  return type.substr(type.find_last_of("/+") + 1);
}

bool says_html(std::string_view content_type) {
  return begins_with(content_type, "text/html") || begins_with(content_type, "application/xhtml+xml");
}

bool says_data(std::string_view content_type) {
  const auto format = format_of(content_type);
  return net::equal_ignoring_case(format, "json") || net::equal_ignoring_case(format, "xml");
}

std::string_view without_blanks(std::string_view body) {
  return body.substr(std::min(body.size(), body.find_first_not_of(" \t\r\n\f")));
}

/// A comment that does not end here leaves nothing.
std::string_view without_comments(std::string_view page) {
  constexpr std::string_view begin = "<!--", end = "-->";
  while (page.starts_with(begin)) {
    const auto last = page.find(end, begin.size());
    page = last == std::string_view::npos ? std::string_view() : without_blanks(page.substr(last + end.size()));
  }
  return page;
}

bool is_html_document(std::string_view page) {
  const auto document = without_comments(page);
  return begins_with(document, "<!doctype html") || begins_with(document, "<html");
}

}  // namespace

bool is_html_page(const received_body& came) {
  auto page = came.bytes;
  if (page.starts_with(byte_order_mark)) page.remove_prefix(byte_order_mark.size());
  page = without_blanks(page);
  if (!says_html(came.content_type)) return !says_data(came.content_type) && is_html_document(page);
  const bool unreadable = came.is_encoded() || (page.empty() && came.cut);
  return unreadable || page.starts_with('<');
}

}  // namespace edge_rollup::deliver
