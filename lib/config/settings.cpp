#include "config/settings.hpp"

namespace edge_rollup::config {

void settings::lay_over(settings upper) {
  for (auto& [name, value] : upper.values_) values_.insert_or_assign(name, std::move(value));
  mistaken_.merge(upper.mistaken_);
  for (auto& [name, where] : upper.sections_) sections_.insert_or_assign(name, where);
}

const setting* settings::find(std::string_view key_name) const {
  const auto found = values_.find(key_name);
  return found == values_.end() ? nullptr : &found->second;
}

std::optional<model::milliseconds> settings::duration(std::string_view key_name) const {
  const auto* const number = get<std::int64_t>(key_name);
  return number == nullptr ? std::nullopt : std::optional(model::milliseconds{*number});
}

place settings::parent_of(std::string_view key_name) const {
  std::string section(key_name);
  while (!section.empty()) {
    const auto dot = section.rfind('.');
    section.resize(dot == std::string::npos ? 0 : dot);
    if (const auto found = sections_.find(section); found != sections_.end()) return found->second;
  }
  return {};
}

}  // namespace edge_rollup::config
