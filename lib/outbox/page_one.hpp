// The first page of the store: its header and its schema. It is the same in every store of a version, so that damage in
// it can be undone.
#pragma once

#include <filesystem>
#include <system_error>

namespace edge_rollup::outbox {

/// Whether the first page of `damaged` says the same as that of `fresh`, a store of this version; of an older version
/// it may say something else. Neither may be open in this process: SQLite's locks would be lost.
[[nodiscard]] bool has_sound_first_page(const std::filesystem::path& damaged, const std::filesystem::path& fresh);

/// What the name of a page that was taken out of a store ends with.
inline constexpr const char* first_page_suffix = "-page1";

/// Gives `damaged` the first page of `fresh` where its own is not sound, and keeps that beside it, both synced. A first
/// page in the log goes before it: the log has checksums of its own. What is shorter than two pages stays as it is.
/// Returns what the system said where that fails.
[[nodiscard]] std::error_code mend_first_page(const std::filesystem::path& damaged, const std::filesystem::path& fresh);

}  // namespace edge_rollup::outbox
