// A new store takes the place of another one: that of a salvage where the old one is damaged, a copy where its file was
// taken away. Whenever it stops, one of the two is there whole, and the next start ends it.
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

/// The same once it is whole: it takes the place of whatever stands there.
inline constexpr const char* whole_copy_file_name = "outbox.anew";

/// So many damaged stores are kept for whoever wants to look into them.
inline constexpr std::size_t kept_aside = 3;

/// For every open: ends a changeover that stopped half-way, and returns whether there was one; removes a salvage or a
/// copy that stopped before. Error `disk`.
[[nodiscard]] model::result<bool> end_changeover(const std::filesystem::path& directory, model::wall_time now);

/// A free name for a store that is to be set aside: `outbox.corrupt-<time>`.
[[nodiscard]] std::filesystem::path name_aside(const std::filesystem::path& directory, model::wall_time now);

/// Moves the files of the store to `aside` and the new one, closed and synced, to their place. Error `disk`:
/// `end_changeover` does the rest later.
[[nodiscard]] model::result<void> change_over(const std::filesystem::path& directory,
                                              const std::filesystem::path& aside);

/// Calls the copy whole, as it is when it is closed and synced. Error `disk`: nothing has changed.
[[nodiscard]] model::result<void> call_copy_whole(const std::filesystem::path& directory);

/// Moves whatever has the name of the store to `aside`, with its log, and the whole copy to its place. What is not
/// there is no error. Error `disk`: `end_changeover` does the rest later.
[[nodiscard]] model::result<void> put_copy_in_place(const std::filesystem::path& directory,
                                                    const std::filesystem::path& aside);

/// Removes a whole copy that waits for its place. False where that fails, or where it has its place already.
[[nodiscard]] bool withdraw_copy(const std::filesystem::path& directory);

/// Removes the log that stands in the place of the store's. Error `disk`.
[[nodiscard]] model::result<void> remove_log_in_place(const std::filesystem::path& directory);

/// Removes a copy that is not whole yet. Error `disk`.
[[nodiscard]] model::result<void> remove_copy(const std::filesystem::path& directory);

/// Removes the oldest store that was set aside, by the time in its name, where there are more than `kept_aside`; never
/// `newest`. Returns its path.
std::optional<std::filesystem::path> drop_oldest_set_aside(const std::filesystem::path& directory,
                                                           const std::filesystem::path& newest);

}  // namespace edge_rollup::outbox
