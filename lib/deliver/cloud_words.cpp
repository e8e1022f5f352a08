#include "deliver/cloud_words.hpp"

#include "wire/problem_json.hpp"
#include "wire/utf8.hpp"

#include <algorithm>
#include <array>

namespace edge_rollup::deliver {

namespace {

constexpr std::string_view ellipsis = "…";

bool is_invisible(std::string_view character) {
  constexpr char32_t no_break_space = 0xA0;
  const auto code = wire::code_point(character);
  return code == U' ' || code == no_break_space || wire::is_unsafe_to_show(code);
}

/// Each run of invisible characters becomes one blank, none at either end.
std::string on_one_line(std::string_view text) {
  const std::string valid = wire::to_valid_utf8(text, text.size() * wire::replacement_character.size());
  std::string line;
  bool gap = false;
  for (std::string_view rest = valid; !rest.empty();) {
    const auto character = rest.substr(0, wire::utf8_length(rest));
    rest.remove_prefix(character.size());
    if (is_invisible(character)) {
      gap = true;
      continue;
    }
    if (gap && !line.empty()) line += ' ';
    gap = false;
    line += character;
  }
  return line;
}

std::string cut(std::string line) {
  if (line.size() <= cloud_words_max_bytes) return line;
  return wire::to_valid_utf8(line, cloud_words_max_bytes - ellipsis.size()).append(ellipsis);
}

std::string sentence_of(const received_body& came) {
  if (came.is_encoded()) return {};
  const auto type = came.content_type;
  if (auto problem = wire::problem_text(came.bytes); !problem.empty()) return problem;
  constexpr std::array<std::string_view, 3> readable = {"text/plain", "application/json", "application/problem+json"};
  const bool shown =
      type.empty() || std::ranges::any_of(readable, [&](auto prefix) { return type.starts_with(prefix); });
  return shown ? std::string(came.bytes) : std::string();
}

}  // namespace

std::string cloud_words(std::string_view reason, const received_body& came) {
  const auto phrase = on_one_line(reason);
  const auto sentence = on_one_line(sentence_of(came));
  if (phrase.empty() || sentence.empty()) return cut(phrase + sentence);
  return cut(phrase + ": " + sentence);
}

}  // namespace edge_rollup::deliver
