#include "fleet/node_changes.hpp"

#include "model/grouped.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <string_view>
#include <unordered_map>

namespace edge_rollup::fleet {
namespace {

void tell(std::string& line, const std::vector<std::string>& names, std::string_view how) {
  if (names.empty()) return;
  const std::span told(names.data(), std::min(names.size(), max_told_names));
  line += fmt::format("{} {} {} ({}", line.ends_with(':') ? "" : ",", model::grouped(names.size()), how,
                      fmt::join(told, ", "));
  if (names.size() > told.size()) line += fmt::format(" and {} more", model::grouped(names.size() - told.size()));
  line += ')';
}

}  // namespace

node_changes compare(std::span<const model::node> before, std::span<const model::node> after) {
  node_changes changes;
  std::unordered_map<std::string_view, const model::node*> gone;
  gone.reserve(before.size());
  for (const model::node& node : before) gone.emplace(node.url, &node);
  for (const model::node& node : after) {
    const auto known = gone.find(node.url);
    if (known == gone.end()) {
      changes.added.push_back(node.name);
      continue;
    }
    if (*known->second != node) changes.changed.push_back(node.name);
    gone.erase(known);
  }
  for (const model::node& node : before) {
    if (gone.contains(node.url)) changes.removed.push_back(node.name);
  }
  return changes;
}

observe::log_entry line_of(const node_changes& changes) {
  std::string line = "nodes changed:";
  tell(line, changes.added, "added");
  tell(line, changes.removed, "removed");
  tell(line, changes.changed, "changed");
  return {observe::log_level::info,
          std::move(line),
          {{"added", std::uint64_t{changes.added.size()}},
           {"removed", std::uint64_t{changes.removed.size()}},
           {"changed", std::uint64_t{changes.changed.size()}}}};
}

}  // namespace edge_rollup::fleet
