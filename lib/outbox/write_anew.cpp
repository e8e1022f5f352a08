#include "outbox/write_anew.hpp"

#include "outbox/changeover.hpp"

#include <fmt/format.h>

#include <system_error>

namespace edge_rollup::outbox {

namespace fs = std::filesystem;

/// The copy counts from the moment it is called a salvage with no store beside it: `end_changeover` puts it in its place
/// then. Before that, all is in the open store alone.
model::result<void> write_anew(std::optional<sqlite_store>& open, const fs::path& directory, const fs::path& aside) {
  const auto copy = directory / copy_file_name;
  if (auto removed = remove_copy(directory); !removed) return removed;  // of an attempt that stopped half-way
  auto made = open->copy_to(copy);
  const auto owner = open->is_log_in_place() ? log_owner::open_store : log_owner::file;
  if (made) made = clear_place(directory, aside, owner);
  std::error_code failed;
  if (made) fs::rename(copy, directory / salvage_file_name, failed);
  if (failed) {
    made = model::fail(model::error_kind::disk, fmt::format("cannot rename {}: {}", copy.native(), failed.message()));
  }
  if (!made) {
    [[maybe_unused]] const auto removed = remove_copy(directory);  // the next attempt begins with it
    return made;
  }
  open.reset();
  if (const auto ended = end_changeover(directory); !ended) return std::unexpected(ended.error());
  return {};
}

}  // namespace edge_rollup::outbox
