// Carries what is readable of a damaged store over into a new one.
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

/// Moves the files of the store to `outbox.corrupt-<time>`, where they stay for whoever wants to look into them.
/// Returns the path of the first of them. Error `disk`.
[[nodiscard]] model::result<std::filesystem::path> set_aside(const std::filesystem::path& directory,
                                                             model::wall_time now);

/// Fills the new store in `directory` with the intact records of `damaged`, their states and counts, and the losses that
/// were not told yet; records that are known and cannot be read are declared lost. The stream is a new one, its numbers
/// go on: they are at least `least_next`. One transaction; the damaged file is only read.
[[nodiscard]] std::expected<salvage_report, refusal> salvage(const std::filesystem::path& damaged,
                                                             const std::filesystem::path& directory,
                                                             const store_parameters& parameters,
                                                             std::uint64_t least_next);

}  // namespace edge_rollup::outbox
