#include "observe/metrics.hpp"

#include <algorithm>
#include <utility>

namespace edge_rollup::observe {

void histogram::observe(double amount) noexcept {
  const auto bucket = std::ranges::lower_bound(bounds_, amount) - bounds_.begin();
  ++value_.buckets[static_cast<std::size_t>(bucket)];
  value_.sum += amount;
}

metrics::instrument& metrics::find_or_make(metric id, std::string_view label_value) {
  family_series& family = families_[static_cast<std::size_t>(id)];
  if (const auto known = family.find(label_value); known != family.end()) return known->second;
  const metric_family& about = family_of(id);
  instrument made = counter{};
  if (about.type == metric_type::gauge) made = gauge{};
  if (about.type == metric_type::histogram) made = histogram{about.buckets};
  return family.emplace(label_value, std::move(made)).first->second;
}

namespace {

std::optional<series> line_of(const std::string& label_value, const counter& from) {
  return series{label_value, from.value()};
}

std::optional<series> line_of(const std::string& label_value, const gauge& from) {
  if (!from.value()) return std::nullopt;
  return series{label_value, *from.value()};
}

std::optional<series> line_of(const std::string& label_value, const histogram& from) {
  return series{label_value, from.value()};
}

}  // namespace

std::vector<family_snapshot> metrics::snapshot() const {
  std::vector<family_snapshot> all;
  all.reserve(families_.size());
  for (const metric_family& about : metric_families) {
    family_snapshot& made = all.emplace_back(family_snapshot{about.id, {}});
    for (const auto& [label_value, held] : families_[static_cast<std::size_t>(about.id)]) {
      auto line = std::visit([&label_value](const auto& from) { return line_of(label_value, from); }, held);
      if (line) made.lines.push_back(*std::move(line));
    }
  }
  return all;
}

}  // namespace edge_rollup::observe
