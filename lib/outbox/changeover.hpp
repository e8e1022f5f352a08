// The store made by a salvage takes the place of the damaged one: whenever it stops, one of the two stands there whole.
#pragma once

#include "model/result.hpp"
#include "model/time.hpp"

#include <cstddef>
#include <filesystem>
#include <optional>

namespace edge_rollup::outbox {

/// Where the new store is made. It counts only when the damaged file has left its place.
inline constexpr const char* salvage_file_name = "outbox.salvage";

/// Where a store is written anew whose file was taken away; nothing of it counts before it is whole.
inline constexpr const char* copy_file_name = "outbox.copy";

/// So many damaged stores are kept for whoever wants to look into them.
inline constexpr std::size_t kept_aside = 3;

/// For every open: ends a changeover that stopped half-way, and returns whether there was one; removes a salvage or a
/// copy that stopped before. Error `disk`.
[[nodiscard]] model::result<bool> end_changeover(const std::filesystem::path& directory);

/// A free name for a store that is to be set aside: `outbox.corrupt-<time>`.
[[nodiscard]] std::filesystem::path name_aside(const std::filesystem::path& directory, model::wall_time now);

/// Moves the files of the store to `aside` and the new one, closed and synced, to their place. Error `disk`:
/// `end_changeover` does the rest later.
[[nodiscard]] model::result<void> change_over(const std::filesystem::path& directory,
                                              const std::filesystem::path& aside);

/// To whom the log belongs that stands in the place of the store's: to the file there, or to a store that is still open
/// and whose file is gone from there.
enum class log_owner { file, open_store };

/// Makes way for a new store: moves what has the name of the store to `aside`, with its log; that of an open store is
/// removed, and what a salvage left. What is not there is no error. Error `disk`.
[[nodiscard]] model::result<void> clear_place(const std::filesystem::path& directory,
                                              const std::filesystem::path& aside, log_owner owner);

/// Removes a copy, whole or not. Error `disk`.
[[nodiscard]] model::result<void> remove_copy(const std::filesystem::path& directory);

/// Removes the oldest store that was set aside, by the time in its name, where there are more than `kept_aside`; never
/// `newest`. Returns its path.
std::optional<std::filesystem::path> drop_oldest_set_aside(const std::filesystem::path& directory,
                                                           const std::filesystem::path& newest);

}  // namespace edge_rollup::outbox
