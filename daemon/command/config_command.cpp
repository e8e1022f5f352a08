#include "daemon/command/config_command.hpp"

#include "config/make_config.hpp"
#include "config/schema.hpp"
#include "config/show.hpp"
#include "daemon/command/read_settings.hpp"
#include "daemon/text/standard_streams.hpp"

#include <string>
#include <utility>

namespace edge_rollup::daemon {
namespace {

model::result<std::string> settings_in_effect(const settings_flags& flags) {
  // Who looks at settings need not be the user who may read their secrets.
  config::layers all(references_of_this_machine(secrets_wanted::none));
  if (auto added = add_settings(all, flags); !added) return std::unexpected(std::move(added.error()));
  config::request asked;
  asked.for_what = config::purpose::show;
  const auto made = config::make_config(all, std::move(asked));
  if (!made) return std::unexpected(made.error());
  return config::effective_text(all.effective());
}

}  // namespace

model::result<exit_code> tell_settings(const config_command& asked) {
  model::result<std::string> text;
  switch (asked.wanted) {
    case config_text::example: text = config::example_text(); break;
    case config_text::schema: text = config::schema_text(); break;
    case config_text::effective: text = settings_in_effect(asked.settings); break;
  }
  if (!text) return std::unexpected(std::move(text.error()));
  const auto printed = print(*text);
  if (!printed) return std::unexpected(printed.error());
  return exit_code::ok;
}

}  // namespace edge_rollup::daemon
