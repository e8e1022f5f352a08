#include "config/read_settings.hpp"

#include "config/read_nodes.hpp"
#include "config/suggestion.hpp"
#include "wire/excerpt.hpp"

#include <fmt/format.h>

#include <optional>
#include <utility>
#include <vector>

namespace edge_rollup::config {
namespace {

constexpr std::size_t max_shown_bytes = 60;

class map_reader {
 public:
  map_reader(std::span<const key> table, const std::string& shown_prefix, const reading& with)
      : table_(table), shown_prefix_(shown_prefix), with_(with) {}

  settings read(const yaml_value& from) {
    read_section("", from);
    return std::move(made_);
  }

 private:
  void read_section(const std::string& section, const yaml_value& from) {
    made_.note_section(section, from.where());
    if (from.is == yaml_value::type::null) return;  // everything in it is left to its default
    if (from.is != yaml_value::type::map) {
      const auto name = section.empty() ? "these settings" : shown_prefix_ + section;
      with_.wrong.add(from.where(), fmt::format("{}: here belong keys and their values", name),
                      fmt::format("write {}", section.empty() ? "KEY: VALUE" : keys_of(section)));
      return;
    }
    for (std::size_t i = 0; i < from.items.size(); ++i) read_member(section, from.keys[i], from.items[i]);
  }

  void read_member(const std::string& section, const yaml_value& name, const yaml_value& value) {
    if (name.text.empty()) return;  // told already
    // What stands there a second time counts for nothing, but all that is wrong in it is told at once with the rest.
    auto first = name.is_refused ? std::optional(made_) : std::nullopt;
    const std::string full = section.empty() ? name.text : fmt::format("{}.{}", section, name.text);
    const bool is_dotted = name.text.contains('.');
    if (const key* const known = find_key(table_, full); known != nullptr && !is_dotted) {
      read_key(*known, shown_prefix_ + full, value, with_, made_);
    } else if (is_section(table_, full) && !is_dotted) {
      read_section(full, value);
    } else if (!first) {
      const bool is_nested = find_key(table_, full) != nullptr;
      with_.wrong.add(name.where(),
                      fmt::format("unknown key '{}'{}", shown_prefix_ + wire::excerpt(full, max_shown_bytes),
                                  is_nested ? "" : nearest(section, name.text)),
                      is_nested ? "write each part of the name on a line of its own, indented below the one before"
                                : fmt::format("known here: {}", keys_of(section)));
    }
    if (first) made_ = std::move(*first);
  }

  /// What may stand in a section, in the order of the table.
  [[nodiscard]] std::vector<std::string> names_in(const std::string& section) const {
    std::vector<std::string> names;
    const std::string prefix = section.empty() ? "" : section + ".";
    for (const key& each : table_) {
      if (!each.name.starts_with(prefix)) continue;
      const auto rest = each.name.substr(prefix.size());
      std::string name(rest.substr(0, rest.find('.')));
      if (names.empty() || names.back() != name) names.push_back(std::move(name));
    }
    return names;
  }

  [[nodiscard]] std::string keys_of(const std::string& section) const {
    return fmt::format("{}", fmt::join(names_in(section), ", "));
  }

  [[nodiscard]] std::string nearest(const std::string& section, const std::string& name) const {
    auto near = did_you_mean(name, names_in(section));
    return near.empty() ? nearest_key(table_, name) : near;
  }

  std::span<const key> table_;
  const std::string& shown_prefix_;
  const reading& with_;
  settings made_;
};

}  // namespace

void read_key(const key& of, const std::string& shown_name, const yaml_value& from, const reading& with,
              settings& into) {
  if (from.is_refused) return into.note_mistaken(of.name);
  auto made =
      of.type == value_type::nodes ? read_nodes(shown_name, from, with) : read_value(of, shown_name, from, with);
  if (!made) return into.note_mistaken(of.name);
  into.set(of.name, std::move(*made));
}

settings read_settings(std::span<const key> table, const yaml_value& from, const std::string& shown_prefix,
                       const reading& with) {
  return map_reader(table, shown_prefix, with).read(from);
}

std::string nearest_key(std::span<const key> table, std::string_view name) {
  std::vector<std::string> names;
  for (const key& each : table) {
    // A name without its section is as good as the whole one.
    if (each.name.ends_with(fmt::format(".{}", name))) return fmt::format(", did you mean '{}'?", each.name);
    names.emplace_back(each.name);
  }
  return did_you_mean(name, names);
}

}  // namespace edge_rollup::config
