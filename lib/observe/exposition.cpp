// prometheus-cpp writes the text; its registry is not used (docs/adr/0006-metrics-registry.md).
#include "observe/exposition.hpp"

#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

#include <cstddef>
#include <cstdint>
#include <limits>
#include <sstream>
#include <utility>
#include <vector>

namespace edge_rollup::observe {
namespace {

prometheus::MetricType type_of(metric_type type) {
  switch (type) {
    case metric_type::counter: return prometheus::MetricType::Counter;
    case metric_type::gauge: return prometheus::MetricType::Gauge;
    case metric_type::histogram: return prometheus::MetricType::Histogram;
  }
  return prometheus::MetricType::Untyped;
}

/// Prometheus counts what is at or below each bound, so the buckets add up.
prometheus::ClientMetric::Histogram cumulative(const distribution& value, std::span<const double> bounds) {
  prometheus::ClientMetric::Histogram made;
  for (std::size_t i = 0; i < value.buckets.size(); ++i) {
    made.sample_count += value.buckets[i];
    const double bound = i < bounds.size() ? bounds[i] : std::numeric_limits<double>::infinity();
    made.bucket.push_back({made.sample_count, bound});
  }
  made.sample_sum = value.sum;
  return made;
}

prometheus::ClientMetric metric_of(const series& line, const metric_family& about) {
  prometheus::ClientMetric made;
  if (!about.label.empty()) made.label.push_back({std::string(about.label), line.label_value});
  if (const auto* value = std::get_if<distribution>(&line.value)) {
    made.histogram = cumulative(*value, about.buckets);
    return made;
  }
  const auto* const count = std::get_if<std::uint64_t>(&line.value);
  const double number = count != nullptr ? static_cast<double>(*count) : std::get<double>(line.value);
  if (about.type == metric_type::counter) {
    made.counter.value = number;
  } else {
    made.gauge.value = number;
  }
  return made;
}

}  // namespace

std::string exposition(std::span<const family_snapshot> snapshot) {
  std::vector<prometheus::MetricFamily> families;
  for (const auto& each : snapshot) {
    if (each.lines.empty()) continue;
    const auto& about = family_of(each.family);
    auto& made = families.emplace_back();
    made.name = about.name;
    made.help = about.help;
    made.type = type_of(about.type);
    for (const auto& line : each.lines) made.metric.push_back(metric_of(line, about));
  }
  std::ostringstream text;
  prometheus::TextSerializer().Serialize(text, families);
  return std::move(text).str();
}

}  // namespace edge_rollup::observe
