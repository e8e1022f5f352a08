// A store whose file was taken away while it was open is written anew from what is still open.
#pragma once

#include "model/result.hpp"
#include "outbox/sqlite_store.hpp"

#include <filesystem>
#include <optional>

namespace edge_rollup::outbox {

/// Closes `open` and puts a copy of all it holds in its place in `directory`; what has its name now is moved to
/// `aside`. Where the copy cannot be made, or the place not be cleared, `open` stays open. Error `disk`; once it is
/// closed, `end_changeover` does the rest later. All in one go, as long as it takes to write that much.
[[nodiscard]] model::result<void> write_anew(std::optional<sqlite_store>& open, const std::filesystem::path& directory,
                                             const std::filesystem::path& aside);

}  // namespace edge_rollup::outbox
