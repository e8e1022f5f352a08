// Looks values up in a JSON text without a document in memory: for answers that are read once and whose shape is known.
#pragma once

#include "wire/json_scanner.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace edge_rollup::wire {

/// Operation:   a view of one value; what is not there, or is of another type than asked for, is like null. Of members
///              with the same name the first counts.
/// Concurrency: none needed. The text must outlive the view. Each look-up walks over the object that it looks into.
class json_view {
 public:
  /// `text` must be one valid JSON value and nothing else.
  [[nodiscard]] static scanned<json_view> over(std::string_view text);

  [[nodiscard]] json_view at(std::string_view key) const;
  [[nodiscard]] std::vector<json_view> elements() const;

  [[nodiscard]] bool is_null() const noexcept { return value_.type == json_type::null; }
  [[nodiscard]] bool is_true() const noexcept { return value_.raw == "true"; }
  [[nodiscard]] std::optional<std::string> text() const;
  [[nodiscard]] std::optional<std::uint64_t> count() const;
  [[nodiscard]] std::optional<double> real() const;
  [[nodiscard]] std::string_view raw() const noexcept { return value_.raw; }

 private:
  explicit json_view(json_value value) noexcept : value_(value) {}

  json_value value_;
};

}  // namespace edge_rollup::wire
