// The query of a request target: names with values, and the numbers and words among them.
#pragma once

#include "model/result.hpp"

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace edge_rollup::serve {

/// Bytes for their percent-encoded form (RFC 3986 §2.1). Empty where a '%' has no two hex digits after it.
[[nodiscard]] std::optional<std::string> percent_decoded(std::string_view text);

/// Errors of all of them: `usage` with a sentence that names the parameter.
class query {
 public:
  /// `text` stands after the '?'; a '+' is a blank. Every name must be one of `known`, and may stand there once; one
  /// without a value counts as not given.
  [[nodiscard]] static model::result<query> read(std::string_view text, std::span<const std::string_view> known);

  [[nodiscard]] std::optional<std::string_view> find(std::string_view name) const noexcept;
  /// A number in [least, most]; `standard` where it is not given.
  [[nodiscard]] model::result<std::size_t> number(std::string_view name, std::size_t standard, std::size_t least,
                                                  std::size_t most) const;
  /// The index of the value among `words`; empty where it is not given.
  [[nodiscard]] model::result<std::optional<std::size_t>> word(std::string_view name,
                                                               std::span<const std::string_view> words) const;

 private:
  std::vector<std::pair<std::string, std::string>> parameters_;
};

}  // namespace edge_rollup::serve
