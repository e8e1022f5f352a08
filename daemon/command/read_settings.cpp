#include "daemon/command/read_settings.hpp"

#include "config/make_config.hpp"
#include "daemon/command/option_words.hpp"
#include "daemon/node_sources.hpp"
#include "fleet/list_file.hpp"
#include "runtime/secret_files.hpp"

#include <fmt/format.h>

#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

namespace edge_rollup::daemon {
namespace {

using model::error_kind;

constexpr std::string_view own_variables = "EDGE_ROLLUP_";
constexpr const char* file_variable = "EDGE_ROLLUP_CONFIG";

struct close_file {
  void operator()(std::FILE* file) const noexcept { std::fclose(file); }
};

model::result<std::string> read_file(const std::string& path) {
  const auto failed = [&path] {
    const auto kind = errno == ENOENT || errno == EISDIR ? error_kind::no_input
                      : errno == EACCES                  ? error_kind::permission
                                                         : error_kind::disk;
    return model::fail(
        kind, fmt::format("cannot read the settings file {}: {}", path, std::system_category().message(errno)));
  };
  const std::unique_ptr<std::FILE, close_file> file(std::fopen(path.c_str(), "re"));
  if (!file) return failed();
  std::string text;
  std::array<char, 65'536> buffer;
  // One that is too long is read just far enough for the layers to see that.
  while (text.size() <= config::max_file_bytes) {
    const auto got = std::fread(buffer.data(), 1, buffer.size(), file.get());
    if (got == 0) break;
    text.append(buffer.data(), got);
  }
  if (std::ferror(file.get()) != 0) return failed();
  return text;
}

model::result<std::string> read_secret_file(const std::string& path) {
  return runtime::secret_files{}.value_of({{{model::secret::part::source::file, path}}});
}

std::optional<std::string> variable(const std::string& name) {
  const char* const value = std::getenv(name.c_str());
  return value == nullptr ? std::nullopt : std::optional<std::string>(value);
}

void add_environment(config::layers& into) {
  for (char** each = environ; *each != nullptr; ++each) {
    const std::string_view assignment(*each);
    const auto equals = assignment.find('=');
    if (!assignment.starts_with(own_variables) || equals == std::string_view::npos) continue;
    into.add_variable(std::string(assignment.substr(0, equals)), std::string(assignment.substr(equals + 1)));
  }
}

model::result<config::config> read(config::layers& all, const polling_flags& flags, config::request asked,
                                   std::span<const fleet::named_file> read_before = {}) {
  if (auto added = add_settings(all, flags.settings); !added) return std::unexpected(std::move(added.error()));
  auto nodes = collect_nodes(flags, read_before);
  if (!nodes) return std::unexpected(std::move(nodes.error()));
  asked.named = std::move(*nodes);
  return config::make_config(all, std::move(asked));
}

model::result<config::config> read(const polling_flags& flags, config::request asked,
                                   std::span<const fleet::named_file> read_before = {}) {
  config::layers all(references_of_this_machine(secrets_wanted::all));
  return read(all, flags, std::move(asked), read_before);
}

/// What is asked of messages is laid over the settings too, so that a reload knows that it holds their keys.
polling_flags with_messages(const run_command& asked) {
  auto flags = asked.polling;
  auto& forms = flags.settings.short_forms;
  if (asked.messages.level) forms.push_back({"--log-level", "log.level", word_of(*asked.messages.level)});
  if (asked.messages.format) forms.push_back({"--log-format", "log.format", word_of(*asked.messages.format)});
  return flags;
}

config::request rounds_of(const run_command& asked) {
  config::request wanted;
  wanted.rounds = asked.rounds;
  return wanted;
}

}  // namespace

config::reference_sources references_of_this_machine(secrets_wanted wanted) {
  auto check = [wanted](const std::string& path) -> model::result<void> {
    const auto content = read_secret_file(path);
    if (content || (wanted == secrets_wanted::none && content.error().kind == error_kind::permission)) return {};
    return std::unexpected(content.error());
  };
  const auto credentials =
      wanted == secrets_wanted::all ? config::absent_credential::mistake : config::absent_credential::passed_over;
  return {variable, read_secret_file, std::move(check), credentials};
}

std::optional<std::string> settings_file(const settings_flags& flags) {
  if (flags.file) return flags.file;
  auto named = variable(file_variable);
  return named && !named->empty() ? named : std::nullopt;
}

model::result<void> add_settings(config::layers& into, const settings_flags& flags) {
  if (auto file = settings_file(flags)) {
    auto text = read_file(*file);
    if (!text) return std::unexpected(std::move(text.error()));
    into.add_file(std::move(*file), std::move(*text));
  }
  add_environment(into);
  for (const std::string& assignment : flags.sets) into.add_set(assignment);
  for (const auto& [flag, key, text] : flags.short_forms) {
    // What is typed in a shell is meant from where the shell is; in a file it would depend on who reads it.
    const bool is_path = key == "state_dir" && !text.empty();
    into.add_flag(flag, key, is_path ? std::filesystem::absolute(text).string() : text);
  }
  return {};
}

model::result<config::config> read_settings(const run_command& asked) {
  return read(with_messages(asked), rounds_of(asked));
}

model::result<config::config> read_settings_again(const run_command& asked,
                                                  std::span<const fleet::named_file> read_before) {
  const auto file = settings_file(asked.polling.settings);
  if (file && fleet::is_read_once(*file)) {
    return model::fail(error_kind::no_input,
                       fmt::format("the settings file {} is no regular file: it cannot be read again", *file));
  }
  return read(with_messages(asked), rounds_of(asked), read_before);
}

model::result<config::config> read_settings(const once_command& asked) {
  config::request wanted;
  wanted.for_what = asked.delivery == delivery_wanted::dry_run ? config::purpose::dry_run : config::purpose::once;
  return read(asked.polling, std::move(wanted));
}

model::result<checked_settings> read_settings(const check_command& asked) {
  const bool is_offline = asked.network == network_use::offline;
  config::layers all(references_of_this_machine(is_offline ? secrets_wanted::files : secrets_wanted::all));
  auto settings = read(all, asked.polling, {});
  if (!settings) return std::unexpected(std::move(settings.error()));
  return checked_settings{std::move(*settings), all.noticed()};
}

}  // namespace edge_rollup::daemon
