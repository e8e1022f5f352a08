// The characters and small grammars of HTTP text (RFC 9110 section 5), shared by all who read or write it.
#pragma once

#include "model/url.hpp"
#include "wire/excerpt.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace edge_rollup::net {

[[nodiscard]] constexpr bool is_digit(char c) noexcept {
  return c >= '0' && c <= '9';
}

[[nodiscard]] constexpr bool is_hex_digit(char c) noexcept {
  return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

[[nodiscard]] constexpr char lower_case(char c) noexcept {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
}

[[nodiscard]] inline std::string lower_case(std::string_view text) {
  std::string lower(text);
  std::ranges::transform(lower, lower.begin(), [](char c) { return lower_case(c); });
  return lower;
}

[[nodiscard]] constexpr bool equal_ignoring_case(std::string_view a, std::string_view b) noexcept {
  return std::ranges::equal(a, b, [](char x, char y) { return lower_case(x) == lower_case(y); });
}

/// For each byte whether `holds`: one look instead of a chain of comparisons, as each byte of a header is asked about.
template <class Predicate>
[[nodiscard]] constexpr std::array<bool, 256> table_of(Predicate holds) noexcept {
  std::array<bool, 256> table{};
  for (std::size_t byte = 0; byte < table.size(); ++byte) table[byte] = holds(static_cast<char>(byte));
  return table;
}

inline constexpr auto token_chars = table_of([](char c) {
  return is_digit(c) || (lower_case(c) >= 'a' && lower_case(c) <= 'z') ||
         std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
});
inline constexpr auto field_chars =
    table_of([](char c) { return c == '\t' || (static_cast<unsigned char>(c) >= 0x20 && c != 0x7f); });

/// tchar of RFC 9110 section 5.6.2, what a field name is made of.
[[nodiscard]] constexpr bool is_token_char(char c) noexcept {
  return token_chars[static_cast<unsigned char>(c)];
}

/// Field values and reason phrases: visible characters, bytes over 0x7f, space and tab; no other control character.
[[nodiscard]] constexpr bool is_field_text(std::string_view text) noexcept {
  return std::ranges::all_of(text, [](char c) { return field_chars[static_cast<unsigned char>(c)]; });
}

/// Without optional white space (space, tab) at both ends.
[[nodiscard]] constexpr std::string_view trimmed(std::string_view text) noexcept {
  const auto first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

/// Name and trimmed value of a header line, empty if it is not one.
[[nodiscard]] constexpr std::optional<std::pair<std::string_view, std::string_view>> split_field(
    std::string_view line) noexcept {
  const auto colon = line.find(':');
  if (colon == std::string_view::npos || colon == 0) return std::nullopt;
  const auto name = line.substr(0, colon);
  const auto value = trimmed(line.substr(colon + 1));
  if (!std::ranges::all_of(name, is_token_char) || !is_field_text(value)) return std::nullopt;
  return std::pair(name, value);
}

/// Calls `visit` with each trimmed, non-empty item of a comma-separated list.
template <class Visit>
void for_each_list_item(std::string_view list, Visit&& visit) {
  while (!list.empty()) {
    const auto comma = std::min(list.find(','), list.size());
    if (const auto item = trimmed(list.substr(0, comma)); !item.empty()) visit(item);
    list.remove_prefix(std::min(comma + 1, list.size()));
  }
}

/// The value of the Host header: no default port, IPv6 in brackets (RFC 9110 section 7.2), and without the interface
/// that only this machine knows (RFC 6874 section 4).
[[nodiscard]] inline std::string host_field(const model::url& peer) {
  const auto known_to_peer = peer.host.substr(0, peer.host.find('%'));
  const bool ipv6 = known_to_peer.contains(':');
  auto host = ipv6 ? fmt::format("[{}]", known_to_peer) : known_to_peer;
  if (peer.port != model::default_port(peer.scheme)) host += fmt::format(":{}", peer.port);
  return host;
}

/// The beginning of what a peer sent, in quotes, for a message.
[[nodiscard]] inline std::string quoted(std::string_view seen) {
  constexpr std::size_t quoted_bytes = 48;
  return fmt::format("\"{}\"", wire::excerpt(seen, quoted_bytes));
}

}  // namespace edge_rollup::net
