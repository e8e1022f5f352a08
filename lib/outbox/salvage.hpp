// Carries what is readable of a damaged store over into a new one beside it.
#pragma once

#include "model/result.hpp"
#include "outbox/sqlite_store.hpp"

#include <cstdint>
#include <expected>
#include <filesystem>
#include <optional>
#include <string>

namespace edge_rollup::outbox {

/// What became of a damaged store. `saved + lost` are the rollups that are known to have been in it.
struct salvage_report {
  std::uint64_t saved = 0;
  std::uint64_t lost = 0;
  std::optional<std::string> previous_stream;  ///< empty where not even that could be read
};

/// Makes `salvage_file_name` in `directory`, closed and synced, from the intact records of the damaged store, their
/// states and counts, and the losses that were not told yet; records that are known and cannot be read are declared
/// lost. The stream is a new one, its numbers go on: they are at least `least_next`. The damaged file keeps its place
/// and is only read: changeover.hpp does the rest. Nothing of an earlier salvage may be there.
[[nodiscard]] std::expected<salvage_report, refusal> salvage(const std::filesystem::path& directory,
                                                             const store_parameters& parameters,
                                                             std::uint64_t least_next);

}  // namespace edge_rollup::outbox
