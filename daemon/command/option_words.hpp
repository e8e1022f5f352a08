// What commands are put together of: kinds of flags, and the foot of their help.
#pragma once

#include "config/suggestion.hpp"
#include "daemon/command/command_line.hpp"
#include "daemon/command/option_tree.hpp"

#include <fmt/format.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace edge_rollup::daemon {

/// A flag whose value is one of a few words. `words` and `value` outlive it.
template <class Value, std::size_t count>
[[nodiscard]] option_word choice(const char* flag, const std::array<std::pair<const char*, Value>, count>& words,
                                 std::optional<Value>& value, const char* meaning) {
  std::string names;
  for (const auto& [word, meant] : words) names += fmt::format("{}{}", names.empty() ? "" : "|", word);
  auto take = [&words, &value, names](const std::string& text) -> model::result<void> {
    std::vector<std::string> known;
    for (const auto& [word, meant] : words) {
      if (text == word) {
        value = meant;
        return {};
      }
      known.emplace_back(word);
    }
    return model::fail(model::error_kind::usage,
                       fmt::format("'{}' is none of {}{}", text, names, config::did_you_mean(text, known)));
  };
  return {{flag}, names, meaning, std::move(take)};
}

/// A flag that sets `value` to `set`.
template <class Value>
[[nodiscard]] option_word switch_to(const char* flag, Value& value, Value set, const char* meaning) {
  auto take = [&value, set](const std::string&) -> model::result<void> {
    value = set;
    return {};
  };
  return {{flag}, "", meaning, std::move(take)};
}

/// A flag that is a short form of a key.
[[nodiscard]] option_word short_form_of(const char* key, const char* flag, settings_flags& settings, const char* value,
                                        const char* meaning);
[[nodiscard]] option_word text_option(const char* flag, std::optional<std::string>& text, const char* value,
                                      const char* meaning);
/// A whole number above 0.
[[nodiscard]] option_word number_option(const char* flag, std::optional<std::uint64_t>& number, const char* meaning);

/// -c and --set.
void add_settings_flags(command_word& made, settings_flags& settings);
/// Nodes, and what they are asked with.
void add_polling_flags(command_word& made, polling_flags& flags);
void add_message_flags(command_word& made, message_flags& flags);

/// As it is typed.
[[nodiscard]] std::string word_of(observe::log_level level);
[[nodiscard]] std::string word_of(observe::log_format format);

struct code_line {
  int code;
  const char* meaning;
};

/// What stands below the list of flags. `examples` are lines with their ends.
[[nodiscard]] std::string foot_of_help(std::string_view examples, std::initializer_list<code_line> codes);

/// The flag that the parser answers itself.
[[nodiscard]] option_word help_flag();

}  // namespace edge_rollup::daemon
