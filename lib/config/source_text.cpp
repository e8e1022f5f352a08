#include "config/source_text.hpp"

#include "config/key_table.hpp"
#include "wire/utf8.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace edge_rollup::config {
namespace {

constexpr std::string_view mask = "***";
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

/// Every word that is no part of a key's name is masked letter by letter.
shown_line mask_words(std::string_view line, std::size_t caret) {
  shown_line out{std::string(line), caret};
  std::size_t at = 0;
  while (at < line.size()) {
    const std::size_t end = std::min(line.find_first_of(structure, at), line.size());
    const bool is_key = line.substr(end).starts_with(':') && is_key_word(line.substr(at, end - at));
    if (!is_key) std::fill(out.text.begin() + static_cast<long>(at), out.text.begin() + static_cast<long>(end), '*');
    at = end + 1;
  }
  return out;
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

std::string source_text::excerpt(position at) const {
  if (kind_ != source_kind::file) return {};
  const std::string_view raw = line(at.line);
  shown_line whole;
  if (!readable_) {
    whole = mask_words(raw, at.column);
  } else {
    auto next = std::ranges::lower_bound(parts_, position{at.line, 0}, {}, &part::at);
    auto how = next == parts_.begin() ? visibility::shown : std::prev(next)->how;
    for (std::size_t from = 0; from < raw.size() || from == 0;) {
      const bool has_next = next != parts_.end() && next->at.line == at.line;
      const std::size_t to = std::max(from, has_next ? std::min(next->at.column, raw.size()) : raw.size());
      if (at.column >= from) whole.caret = whole.text.size() + (how == visibility::shown ? at.column - from : 0);
      const auto segment = raw.substr(from, to - from);
      const bool masked = how == visibility::hidden && segment.find_first_not_of(" \t-") != std::string_view::npos;
      whole.text += masked ? mask : segment;
      if (masked && has_next) whole.text += ", ";  // a part that follows on the same line does so after a comma
      if (!has_next) break;
      how = next->how;
      // A map and its first key begin at the same place.
      for (++next; next != parts_.end() && next->at == position{at.line, to}; ++next) how = next->how;
      from = to;
      if (at.column >= from) whole.caret = whole.text.size();
    }
  }
  const shown_line shown = fit(whole);
  std::string below;
  for (const char byte : shown.text.substr(0, shown.caret)) {
    if ((static_cast<unsigned char>(byte) & 0xC0U) != 0x80U) below += byte == '\t' ? '\t' : ' ';
  }
  const auto number = fmt::format("{:>5}", at.line + 1);
  return fmt::format("{} | {}\n{:>5} | {}^", number, shown.text, "", below);
}

}  // namespace edge_rollup::config
