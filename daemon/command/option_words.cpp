#include "daemon/command/option_words.hpp"

#include <algorithm>
#include <charconv>

namespace edge_rollup::daemon {
namespace {

constexpr std::array<std::pair<const char*, observe::log_level>, 4> level_words{{{"debug", observe::log_level::debug},
                                                                                 {"info", observe::log_level::info},
                                                                                 {"warn", observe::log_level::warn},
                                                                                 {"error", observe::log_level::error}}};
constexpr std::array<std::pair<const char*, observe::log_format>, 4> format_words{
    {{"auto", observe::log_format::automatic},
     {"text", observe::log_format::text},
     {"json", observe::log_format::json},
     {"journald", observe::log_format::journald}}};
constexpr std::array<std::pair<const char*, observe::log_color>, 3> color_words{
    {{"auto", observe::log_color::automatic},
     {"always", observe::log_color::always},
     {"never", observe::log_color::never}}};

option_word list_option(std::vector<std::string> names, const char* value, std::vector<std::string>& list,
                        const char* meaning) {
  auto take = [&list](const std::string& text) -> model::result<void> {
    list.push_back(text);
    return {};
  };
  option_word made{std::move(names), value, meaning, std::move(take)};
  made.repetition = option_repetition::many;
  return made;
}

}  // namespace

option_word short_form_of(const char* key, const char* flag, settings_flags& settings, const char* value,
                          const char* meaning) {
  auto take = [flag, key, &settings](const std::string& text) -> model::result<void> {
    settings.short_forms.push_back({flag, key, text});
    return {};
  };
  return {{flag}, value, meaning, std::move(take)};
}

option_word text_option(const char* flag, std::optional<std::string>& text, const char* value, const char* meaning) {
  auto take = [&text](const std::string& typed) -> model::result<void> {
    text = typed;
    return {};
  };
  return {{flag}, value, meaning, std::move(take)};
}

option_word number_option(const char* flag, std::optional<std::uint64_t>& number, const char* meaning) {
  auto take = [&number](const std::string& text) -> model::result<void> {
    std::uint64_t read = 0;
    const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), read);
    if (failed != std::errc{} || end != text.data() + text.size() || read == 0) {
      return model::fail(model::error_kind::usage, fmt::format("'{}' is not a whole number above 0", text));
    }
    number = read;
    return {};
  };
  return {{flag}, "N", meaning, std::move(take)};
}

void add_settings_flags(command_word& made, settings_flags& settings) {
  auto file = text_option("--config", settings.file, "FILE", "settings, YAML [$EDGE_ROLLUP_CONFIG]");
  file.names = {"-c", "--config"};
  made.options.push_back(std::move(file));
  made.options.push_back(
      list_option({"--set"}, "KEY=VALUE", settings.sets, "any key of the settings, again and again"));
}

void add_polling_flags(command_word& made, polling_flags& flags) {
  add_settings_flags(made, flags.settings);
  auto& options = made.options;
  options.push_back(list_option({}, "NODE", flags.nodes, "URLs of nodes to ask, in place of those of the settings"));
  options.push_back(
      list_option({"--nodes"}, "FILE", flags.node_files, "URLs, one a line, or file_sd JSON; - is stdin"));
  auto& settings = flags.settings;
  options.push_back(short_form_of("cloud.url", "--cloud", settings, "URL", "where rollups are POSTed"));
  options.push_back(short_form_of("poll.timeout", "--timeout", settings, "TIME", "for each node [5s or the interval]"));
  options.push_back(short_form_of("poll.parallel", "--parallel", settings, "N", "polls in flight [1024]"));
  options.push_back(short_form_of("state_dir", "--state-dir", settings, "DIR", "where rollups wait for the cloud"));
}

void add_message_flags(command_word& made, message_flags& flags) {
  for (auto& each : {choice("--log-level", level_words, flags.level, "from this level on [run: info, else error]"),
                     choice("--log-format", format_words, flags.format, "how they look [auto]"),
                     choice("--color", color_words, flags.color, "colour in them [auto]")}) {
    made.options.push_back(each);
    made.options.back().group = "Messages";
  }
}

std::string word_of(observe::log_level level) {
  return std::ranges::find(level_words, level, &decltype(level_words)::value_type::second)->first;
}

std::string word_of(observe::log_format format) {
  return std::ranges::find(format_words, format, &decltype(format_words)::value_type::second)->first;
}

std::string foot_of_help(std::string_view examples, std::initializer_list<code_line> codes) {
  auto text = fmt::format("Examples:\n{}\nExit codes:\n", examples);
  for (const auto& [code, meaning] : codes) text += fmt::format("  {:<22}{}\n", code, meaning);
  return text;
}

option_word help_flag() {
  return {{"-h", "--help"}, "", "print this"};
}

}  // namespace edge_rollup::daemon
