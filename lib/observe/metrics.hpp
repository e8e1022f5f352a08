// What the daemon counts about itself. A stage takes its handles once and then only increments; a snapshot carries
// plain values to whoever serialises them.
#pragma once

#include "observe/metric_families.hpp"

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace edge_rollup::observe {

/// Only grows.
class counter {
 public:
  void add(std::uint64_t amount = 1) noexcept { value_ += amount; }
  [[nodiscard]] std::uint64_t value() const noexcept { return value_; }

 private:
  std::uint64_t value_ = 0;
};

/// A value of now. One that was never set, or was cleared, does not appear in a snapshot.
class gauge {
 public:
  void set(double value) noexcept { value_ = value; }
  void clear() noexcept { value_.reset(); }
  [[nodiscard]] std::optional<double> value() const noexcept { return value_; }

 private:
  std::optional<double> value_;
};

/// `buckets[i]` counts observations at or below the family's bound i and above the one before; the last one has no
/// bound.
struct distribution {
  std::vector<std::uint64_t> buckets;
  double sum = 0.0;

  friend bool operator==(const distribution&, const distribution&) = default;
};

class histogram {
 public:
  /// `bounds` must outlive the histogram.
  explicit histogram(std::span<const double> bounds) : bounds_(bounds), value_{{}, 0.0} {
    value_.buckets.resize(bounds.size() + 1);
  }
  void observe(double amount) noexcept;
  [[nodiscard]] const distribution& value() const noexcept { return value_; }

 private:
  std::span<const double> bounds_;
  distribution value_;
};

/// One line of a family: its label's value and what it stands at.
struct series {
  std::string label_value;
  std::variant<std::uint64_t, double, distribution> value;

  friend bool operator==(const series&, const series&) = default;
};

/// Families without a series are in a snapshot too, in the order of the table.
struct family_snapshot {
  metric family = metric::build_info;
  std::vector<series> lines;  ///< ordered by label value
};

/// Operation:   `get<metric::polls_total>("ok")` gives the handle of one series and makes it at the first call; its
///              type follows from the table. Handles live as long as the registry.
/// Concurrency: loop thread only, handles too: no locks on the way of an increment. A snapshot is a copy and may go
///              to any thread.
/// Limits:      as many series as there are distinct label values; callers take those from closed sets.
class metrics {
 public:
  template <metric id>
  requires(family_of(id).label.empty()) [[nodiscard]] auto& get() { return handle<id>({}); }
  template <metric id>
  requires(!family_of(id).label.empty()) [[nodiscard]] auto& get(std::string_view label_value) {
    return handle<id>(label_value);
  }

  [[nodiscard]] std::vector<family_snapshot> snapshot() const;

 private:
  using instrument = std::variant<counter, gauge, histogram>;
  // std::map: addresses stay, and the order of a snapshot is always the same.
  using family_series = std::map<std::string, instrument, std::less<>>;

  template <metric id>
  [[nodiscard]] auto& handle(std::string_view label_value) {
    instrument& found = find_or_make(id, label_value);
    if constexpr (family_of(id).type == metric_type::counter) {
      return std::get<counter>(found);
    } else if constexpr (family_of(id).type == metric_type::gauge) {
      return std::get<gauge>(found);
    } else {
      return std::get<histogram>(found);
    }
  }
  [[nodiscard]] instrument& find_or_make(metric id, std::string_view label_value);

  std::array<family_series, metric_families.size()> families_;
};

}  // namespace edge_rollup::observe
