// One rollup as JSON: what came of it, each try to deliver it, and what every node gave.
#pragma once

#include "serve/rollup_history.hpp"
#include "serve/round_archive.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

namespace edge_rollup::serve {

inline constexpr std::size_t max_told_tries = 20;    ///< the newest
inline constexpr std::size_t max_told_parts = 1000;  ///< of nodes, those that failed first, then those with old data

/// Empty where it is none of the last rollups of this process.
[[nodiscard]] std::optional<std::string> rollup_json(const rollup_history& rollups, const round_archive& archive,
                                                     std::uint64_t sequence);

}  // namespace edge_rollup::serve
