// From the map a text is to the values of its keys: nested names, unknown keys, sections.
#pragma once

#include "config/key_table.hpp"
#include "config/read_value.hpp"
#include "config/settings.hpp"
#include "config/yaml_value.hpp"

#include <span>
#include <string>
#include <string_view>

namespace edge_rollup::config {

/// `shown_prefix` stands before the names of keys for people: "nodes[]." inside an entry.
[[nodiscard]] settings read_settings(std::span<const key> table, const yaml_value& from,
                                     const std::string& shown_prefix, const reading& with);

/// Reads the value of one key, of any type.
void read_key(const key& of, const std::string& shown_name, const yaml_value& from, const reading& with,
              settings& into);

/// ", did you mean 'poll.timeout'?" for a dotted name that is no key.
[[nodiscard]] std::string nearest_key(std::span<const key> table, std::string_view name);

}  // namespace edge_rollup::config
