#include "deliver/html_page.hpp"

#include <algorithm>

namespace edge_rollup::deliver {

namespace {

constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

/// `prefix` is in lower case.
bool begins_with(std::string_view text, std::string_view prefix) {
  return text.size() >= prefix.size() && std::ranges::equal(text.substr(0, prefix.size()), prefix, {}, lower);
}

std::string_view without_lead(std::string_view body) {
  if (body.starts_with(byte_order_mark)) body.remove_prefix(byte_order_mark.size());
  return body.substr(std::min(body.size(), body.find_first_not_of(" \t\r\n")));
}

}  // namespace

bool is_html_page(std::string_view content_type, std::string_view body) {
  const auto page = without_lead(body);
  if (content_type.empty()) return begins_with(page, "<!doctype html") || begins_with(page, "<html");
  const bool says_html = begins_with(content_type, "text/html") || begins_with(content_type, "application/xhtml+xml");
  return says_html && page.starts_with('<');
}

}  // namespace edge_rollup::deliver
