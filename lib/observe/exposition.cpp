// The format is a line for each value, so that no library is needed to write it:
// https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format
#include "observe/exposition.hpp"

#include <fmt/format.h>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string_view>
#include <variant>

namespace edge_rollup::observe {
namespace {

std::string_view word_of(metric_type type) {
  switch (type) {
    case metric_type::counter: return "counter";
    case metric_type::gauge: return "gauge";
    case metric_type::histogram: return "histogram";
  }
  return "untyped";
}

std::string number(double value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value > 0 ? "+Inf" : "-Inf";
  return fmt::format("{}", value);
}

std::string label(std::string_view name, std::string_view value) {
  std::string made = fmt::format("{}=\"", name);
  for (const char c : value) {
    if (c == '"' || c == '\\') made += '\\';
    if (c == '\n') {
      made += "\\n";
    } else {
      made += c;
    }
  }
  return made += '"';
}

void add_line(std::string& text, std::string_view name, std::string_view labels, std::string_view value) {
  text += name;
  if (!labels.empty()) text.append("{").append(labels).append("}");
  text.append(" ").append(value).append("\n");
}

/// Prometheus counts what is at or below each bound, so the buckets add up.
void add_histogram(std::string& text, const metric_family& about, const std::string& labels,
                   const distribution& value) {
  const auto bucket = fmt::format("{}_bucket", about.name);
  std::uint64_t count = 0;
  for (std::size_t i = 0; i < value.buckets.size(); ++i) {
    count += value.buckets[i];
    const double bound = i < about.buckets.size() ? about.buckets[i] : std::numeric_limits<double>::infinity();
    const auto most = label("le", number(bound));
    add_line(text, bucket, labels.empty() ? most : labels + ',' + most, std::to_string(count));
  }
  add_line(text, fmt::format("{}_sum", about.name), labels, number(value.sum));
  add_line(text, fmt::format("{}_count", about.name), labels, std::to_string(count));
}

void add_series(std::string& text, const metric_family& about, const series& line) {
  const auto labels = about.label.empty() ? std::string() : label(about.label, line.label_value);
  if (const auto* const value = std::get_if<distribution>(&line.value)) {
    add_histogram(text, about, labels, *value);
  } else if (const auto* const count = std::get_if<std::uint64_t>(&line.value)) {
    add_line(text, about.name, labels, std::to_string(*count));
  } else {
    add_line(text, about.name, labels, number(std::get<double>(line.value)));
  }
}

}  // namespace

std::string exposition(std::span<const family_snapshot> snapshot) {
  std::string text;
  for (const auto& each : snapshot) {
    if (each.lines.empty()) continue;
    const auto& about = family_of(each.family);
    text += fmt::format("# HELP {0} {1}\n# TYPE {0} {2}\n", about.name, about.help, word_of(about.type));
    for (const auto& line : each.lines) add_series(text, about, line);
  }
  return text;
}

}  // namespace edge_rollup::observe
