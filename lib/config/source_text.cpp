#include "config/source_text.hpp"

#include "config/key_table.hpp"
#include "wire/utf8.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <utility>

namespace edge_rollup::config {
namespace {

constexpr std::string_view structure = " \t[]{},:\"'#-&*!|>%@`?";

std::size_t characters_in(std::string_view text) {
  return static_cast<std::size_t>(
      std::ranges::count_if(text, [](char byte) { return (static_cast<unsigned char>(byte) & 0xC0U) != 0x80U; }));
}

/// A line as it is shown, with where the byte that is pointed at came to stand in it.
struct shown_line {
  std::string text;
  std::size_t caret = 0;
};

/// Masks keep the width, so that what is pointed at stays where it is.
void mask(std::string& line, std::size_t from, std::size_t to) {
  std::fill(line.begin() + static_cast<std::ptrdiff_t>(from), line.begin() + static_cast<std::ptrdiff_t>(to), '*');
}

/// Every word that is no part of a key's name is masked.
void mask_words(std::string& line) {
  std::size_t at = 0;
  while (at < line.size()) {
    const std::size_t end = std::min(line.find_first_of(structure, at), line.size());
    const auto word = std::string_view(line).substr(at, end - at);
    const bool is_key = std::string_view(line).substr(end).starts_with(':') && is_key_word(word);
    if (!is_key) mask(line, at, end);
    at = end + 1;
  }
}

/// Blanks around a value and the brackets after it are no part of it.
void mask_value(std::string& line, std::size_t from, std::size_t to) {
  const auto value = std::string_view(line).substr(from, to - from);
  const auto begin = value.find_first_not_of(" \t-");
  const auto last = value.find_last_not_of(" \t,]}");
  if (begin != std::string_view::npos && last != std::string_view::npos && begin <= last) {
    mask(line, from + begin, from + last + 1);
  }
}

/// Cut to a window around the caret; what a terminal would obey is made harmless.
shown_line fit(const shown_line& whole) {
  constexpr std::size_t half = source_text::max_shown_bytes / 2;
  std::size_t begin = whole.text.size() > source_text::max_shown_bytes && whole.caret > half ? whole.caret - half : 0;
  const auto continues = [&whole](std::size_t at) {
    return at < whole.text.size() && (static_cast<unsigned char>(whole.text[at]) & 0xC0U) == 0x80U;
  };
  while (continues(begin)) ++begin;
  const std::string valid = wire::to_valid_utf8(whole.text.substr(begin), source_text::max_shown_bytes);
  shown_line out;
  out.caret = whole.caret - std::min(begin, whole.caret);
  std::string_view rest = valid;
  while (!rest.empty()) {
    const auto length = std::max<std::size_t>(wire::utf8_length(rest), 1);
    const auto character = rest.substr(0, length);
    const bool unsafe = character != "\t" && wire::is_unsafe_to_show(wire::code_point(character));
    out.text += unsafe ? std::string_view{"?"} : character;
    rest.remove_prefix(length);
  }
  return out;
}

}  // namespace

source_text::source_text(source_kind kind, std::string name, std::string text)
    : kind_(kind), name_(std::move(name)), text_(std::move(text)), line_starts_{0} {
  if (text_.starts_with(wire::byte_order_mark)) text_.erase(0, wire::byte_order_mark.size());
  for (std::size_t at = text_.find('\n'); at != std::string::npos; at = text_.find('\n', at + 1)) {
    line_starts_.push_back(at + 1);
  }
}

void source_text::reveal(position at) {
  const auto found = std::ranges::lower_bound(parts_, at, {}, &part::at);
  for (auto each = found; each != parts_.end() && each->at == at; ++each) each->how = visibility::shown;
}

std::string_view source_text::line(std::size_t number) const noexcept {
  if (number >= line_starts_.size()) return {};
  const std::size_t begin = line_starts_[number];
  std::string_view found(text_);
  found = found.substr(begin, found.find('\n', begin) - begin);
  if (found.ends_with('\r')) found.remove_suffix(1);
  return found;
}

std::string source_text::place(position at) const {
  if (kind_ != source_kind::file) return name_;
  return fmt::format("{}:{}:{}", name_, at.line + 1, characters_in(line(at.line).substr(0, at.column)) + 1);
}

void source_text::mask_hidden(std::string& shown, std::size_t number) const {
  auto next = std::ranges::lower_bound(parts_, position{number, 0}, {}, &part::at);
  auto how = next == parts_.begin() ? visibility::shown : std::prev(next)->how;
  for (std::size_t from = 0; from < shown.size();) {
    const bool has_next = next != parts_.end() && next->at.line == number;
    const std::size_t to = has_next ? std::clamp(next->at.column, from, shown.size()) : shown.size();
    if (how == visibility::hidden) mask_value(shown, from, to);
    if (!has_next) break;
    how = next->how;
    from = to;
    ++next;
  }
}

std::string source_text::excerpt(position at) const {
  if (kind_ != source_kind::file) return {};
  shown_line whole{std::string(line(at.line)), at.column};
  is_readable() ? mask_hidden(whole.text, at.line) : mask_words(whole.text);
  const shown_line shown = fit(whole);
  std::string below;
  for (const char byte : shown.text.substr(0, shown.caret)) {
    if ((static_cast<unsigned char>(byte) & 0xC0U) != 0x80U) below += byte == '\t' ? '\t' : ' ';
  }
  const auto number = fmt::format("{:>5}", at.line + 1);
  return fmt::format("{} | {}\n{:>5} | {}^", number, shown.text, "", below);
}

}  // namespace edge_rollup::config
