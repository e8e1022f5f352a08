// Sets a damaged store aside and begins a new one in its place, at once whatever its size: what stood in it follows
// step by step (salvage_run.hpp).
#pragma once

#include "model/time.hpp"
#include "outbox/sqlite_store.hpp"

#include <cstdint>
#include <expected>
#include <filesystem>
#include <optional>
#include <string>

namespace edge_rollup::outbox {

/// The damaged store, where it stands now.
struct set_aside {
  std::filesystem::path file;
  std::optional<std::string> stream;  ///< empty where not even that could be read
};

/// What a process knows of the numbers of the store that it sets aside.
struct known_numbers {
  overview glance;               ///< as of the last operation; its next number is 1 where there was none
  std::uint64_t beyond_any = 0;  ///< where nothing else says how far they went, new ones begin here
};

/// Makes `salvage_file_name` in `directory`, closed and synced: the description of the damaged store, the losses that
/// it has not told yet, and what is to be salvaged. Then the two change places. The stream is a new one, its numbers go
/// on: they are at least those of `known`. As long as it fails, the damaged file keeps its name. Nothing of an
/// earlier attempt may be there.
[[nodiscard]] std::expected<set_aside, refusal> begin_salvage(const std::filesystem::path& directory,
                                                              const store_parameters& parameters,
                                                              const known_numbers& known, model::wall_time now);

}  // namespace edge_rollup::outbox
