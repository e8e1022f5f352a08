#include "config/changes.hpp"

#include "config/key_table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <type_traits>
#include <utility>
#include <variant>

namespace edge_rollup::config {
namespace {

constexpr std::array effects = {std::pair<std::string_view, effect>{"state_dir", effect::after_restart},
                                std::pair<std::string_view, effect>{"listen", effect::after_restart},
                                std::pair<std::string_view, effect>{"listen_token", effect::after_restart},
                                std::pair<std::string_view, effect>{"listen_hosts", effect::after_restart},
                                std::pair<std::string_view, effect>{"log.format", effect::after_restart}};

effect effect_of(std::string_view key_name) {
  const auto found = std::ranges::find(effects, key_name, &std::pair<std::string_view, effect>::first);
  return found == effects.end() ? effect::at_reload : found->second;
}

bool is_same(const setting_value& a, const setting_value& b) {
  return std::visit(
      [](const auto& left, const auto& right) {
        using left_type = std::decay_t<decltype(left)>;
        if constexpr (!std::is_same_v<left_type, std::decay_t<decltype(right)>>) {
          return false;
        } else if constexpr (std::is_same_v<left_type, no_value>) {
          return true;
        } else {
          return left == right;
        }
      },
      a, b);
}

/// A map or list is shown over several lines: one line says only that it is another.
std::string on_one_line(const std::string& shown) {
  return shown.contains('\n') ? "{...}" : shown;
}

}  // namespace

key_values values_of(const settings& effective) {
  key_values found;
  for (const key& each : keys()) {
    if (each.type == value_type::nodes) continue;
    if (const auto* const value = effective.find(each.name))
      found.emplace(each.name, key_value{value->value, value->shown});
  }
  return found;
}

std::vector<change> changes_between(const key_values& before, const key_values& after) {
  static const key_value unset{no_value{}, "null"};
  const auto in = [](const key_values& all, std::string_view name) -> const key_value& {
    const auto found = all.find(name);
    return found == all.end() ? unset : found->second;
  };
  std::vector<change> changes;
  for (const key& each : keys()) {
    const key_value& was = in(before, each.name);
    const key_value& is = in(after, each.name);
    if (is_same(was.value, is.value)) continue;
    changes.push_back({each.name, on_one_line(was.shown), on_one_line(is.shown), effect_of(each.name), {}});
  }
  return changes;
}

std::vector<change> changes_between(const held_values& before, const held_values& after) {
  std::vector<change> changes;
  for (const key& each : keys()) {
    const auto was = before.find(each.name);
    const auto is = after.find(each.name);
    if (was == before.end() || is == after.end() || is_same(was->second.below.value, is->second.below.value)) continue;
    changes.push_back({each.name, on_one_line(was->second.below.shown), on_one_line(is->second.below.shown),
                       effect_of(each.name), is->second.by});
  }
  return changes;
}

bool touches(std::span<const change> changes, std::string_view prefix) {
  return std::ranges::any_of(changes, [prefix](const change& one) { return one.key.starts_with(prefix); });
}

std::string in_words(const change& one) {
  // Two secrets look alike.
  const auto what = one.before == one.after ? fmt::format("{}: changed", one.key)
                                            : fmt::format("{}: {} -> {}", one.key, one.before, one.after);
  if (!one.held_by.empty()) return fmt::format("{}, without effect: {} goes before the file", what, one.held_by);
  switch (one.takes) {
    case effect::at_reload: return what;
    case effect::after_restart: return what + ", after a restart";
  }
  return what;
}

}  // namespace edge_rollup::config
