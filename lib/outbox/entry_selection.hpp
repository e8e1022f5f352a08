// Which stored rollups an operator means: "42", "40-45", or all dead letters.
#pragma once

#include "model/result.hpp"

#include <cstdint>
#include <string_view>
#include <variant>

namespace edge_rollup::outbox {

/// Both ends belong to it.
struct sequence_range {
  std::uint64_t from = 0, to = 0;
  friend bool operator==(const sequence_range&, const sequence_range&) = default;
};

struct all_dead_letters {
  friend bool operator==(const all_dead_letters&, const all_dead_letters&) = default;
};

using entry_selection = std::variant<sequence_range, all_dead_letters>;

/// Reads "42" or "40-45": digits only, from 1 to 2^63-1, the ends in order. Errors of kind usage.
[[nodiscard]] model::result<sequence_range> parse_sequence_range(std::string_view text);

}  // namespace edge_rollup::outbox
