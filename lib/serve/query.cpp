#include "serve/query.hpp"

#include "net/http_text.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <system_error>

namespace edge_rollup::serve {
namespace {

using model::error_kind;

std::optional<std::string> form_decoded(std::string_view text) {
  std::string with_blanks(text);
  std::ranges::replace(with_blanks, '+', ' ');
  return percent_decoded(with_blanks);
}

}  // namespace

std::optional<std::string> percent_decoded(std::string_view text) {
  constexpr std::size_t length = 3;  // of %XX
  std::string bytes;
  while (!text.empty()) {
    if (text[0] != '%') {
      bytes += text[0];
      text.remove_prefix(1);
      continue;
    }
    if (text.size() < length || !net::is_hex_digit(text[1]) || !net::is_hex_digit(text[2])) return std::nullopt;
    unsigned char byte = 0;
    std::from_chars(text.data() + 1, text.data() + length, byte, 16);
    bytes += static_cast<char>(byte);
    text.remove_prefix(length);
  }
  return bytes;
}

model::result<query> query::read(std::string_view text, std::span<const std::string_view> known) {
  query made;
  while (!text.empty()) {
    const auto end = std::min(text.find('&'), text.size());
    const auto pair = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (pair.empty()) continue;
    const auto equals = std::min(pair.find('='), pair.size());
    auto name = form_decoded(pair.substr(0, equals));
    auto value = form_decoded(pair.substr(std::min(equals + 1, pair.size())));
    if (!name || !value)
      return model::fail(error_kind::usage, fmt::format("{} is not percent-encoded", net::quoted(pair)));
    if (std::ranges::find(known, *name) == known.end()) {
      return model::fail(
          error_kind::usage,
          known.empty() ? fmt::format("{} is given where no parameters are known", net::quoted(*name))
                        : fmt::format("{} is none of the parameters {}", net::quoted(*name), fmt::join(known, ", ")));
    }
    if (made.find(*name)) return model::fail(error_kind::usage, fmt::format("{} stands there twice", *name));
    // A field of a form that nobody has filled in asks for nothing.
    if (!value->empty()) made.parameters_.emplace_back(std::move(*name), std::move(*value));
  }
  return made;
}

std::optional<std::string_view> query::find(std::string_view name) const noexcept {
  const auto found =
      std::ranges::find(parameters_, name, [](const auto& each) -> std::string_view { return each.first; });
  if (found == parameters_.end()) return std::nullopt;
  return found->second;
}

model::result<std::size_t> query::number(std::string_view name, std::size_t standard, std::size_t least,
                                         std::size_t most) const {
  const auto text = find(name);
  if (!text) return standard;
  std::size_t number = 0;
  const auto [end, failed] = std::from_chars(text->data(), text->data() + text->size(), number);
  if (failed != std::errc{} || end != text->data() + text->size() || number < least || number > most) {
    return model::fail(error_kind::usage, fmt::format("{} must be a whole number in {}..{}", name, least, most));
  }
  return number;
}

model::result<std::optional<std::size_t>> query::word(std::string_view name,
                                                      std::span<const std::string_view> words) const {
  const auto text = find(name);
  if (!text) return std::nullopt;
  const auto found = std::ranges::find(words, *text);
  if (found == words.end()) {
    return model::fail(error_kind::usage, fmt::format("{} must be one of {}", name, fmt::join(words, ", ")));
  }
  return static_cast<std::size_t>(found - words.begin());
}

}  // namespace edge_rollup::serve
