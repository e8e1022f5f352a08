// Settings on a machine that tests make up: variables and files are maps.
#pragma once

#include "config/layers.hpp"
#include "config/make_config.hpp"
#include "config/references.hpp"
#include "fleet/fleet_options.hpp"
#include "model/result.hpp"
#include "wire/url.hpp"

#include <map>
#include <optional>
#include <string>
#include <utility>

namespace edge_rollup::tests {

struct made_up_machine {
  std::map<std::string, std::string> variables;
  std::map<std::string, std::string> files;

  [[nodiscard]] config::reference_sources references() const {
    auto variable = [this](const std::string& name) -> std::optional<std::string> {
      const auto found = variables.find(name);
      return found == variables.end() ? std::nullopt : std::optional(found->second);
    };
    auto content = [this](const std::string& path) -> model::result<std::string> {
      const auto found = files.find(path);
      if (found == files.end()) return model::fail(model::error_kind::no_input, "cannot read " + path);
      return found->second;
    };
    auto check = [content](const std::string& path) -> model::result<void> {
      const auto read = content(path);
      if (!read) return std::unexpected(read.error());
      return {};
    };
    return {variable, content, check};
  }
};

/// What a file with this text alone comes to.
inline model::result<config::config> config_of(const std::string& file, const made_up_machine& machine = {},
                                               config::purpose for_what = config::purpose::run) {
  config::layers all(machine.references());
  all.add_file("gw.yaml", file);
  config::request asked;
  asked.for_what = for_what;
  return config::make_config(all, std::move(asked));
}

/// What is wrong with a file, or nothing.
inline std::string mistakes_of(const std::string& file, const made_up_machine& machine = {},
                               config::purpose for_what = config::purpose::show) {
  const auto made = config_of(file, machine, for_what);
  return made ? std::string{} : made.error().text;
}

}  // namespace edge_rollup::tests
