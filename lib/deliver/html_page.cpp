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

/// RFC 9110 §8.4.1: names of codings are case-insensitive, and `identity` is none.
bool is_encoded(std::string_view coding) {
  constexpr std::string_view identity = "identity";
  return !coding.empty() && !(coding.size() == identity.size() && begins_with(coding, identity));
}

std::string_view without_lead(std::string_view body) {
  if (body.starts_with(byte_order_mark)) body.remove_prefix(byte_order_mark.size());
  return body.substr(std::min(body.size(), body.find_first_not_of(" \t\r\n")));
}

}  // namespace

bool is_html_page(const received_body& came) {
  const auto content_type = came.content_type;
  const auto page = without_lead(came.bytes);
  if (content_type.empty()) return begins_with(page, "<!doctype html") || begins_with(page, "<html");
  const bool says_html = begins_with(content_type, "text/html") || begins_with(content_type, "application/xhtml+xml");
  const bool unreadable = is_encoded(came.content_encoding) || (page.empty() && came.cut);
  return says_html && (unreadable || page.starts_with('<'));
}

}  // namespace edge_rollup::deliver
