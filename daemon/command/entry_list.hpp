// Stored rollups as an operator is shown them: a table, JSON, or one line of an export. Pure.
#pragma once

#include "model/time.hpp"
#include "outbox/entry.hpp"
#include "outbox/stored_entry.hpp"

#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace edge_rollup::daemon {

[[nodiscard]] std::string_view to_string(outbox::entry_state state) noexcept;

/// One line an entry under a headline, then an empty line and the line of totals, which is all where nothing is stored.
[[nodiscard]] std::string entry_table(std::span<const outbox::stored_entry> entries, const outbox::overview& glance,
                                      const std::filesystem::path& directory, model::wall_time now);

/// One object: the totals, and "entries" with one object each.
[[nodiscard]] std::string entries_json(std::span<const outbox::stored_entry> entries, const outbox::overview& glance,
                                       const std::filesystem::path& directory);

/// Facts and body of one entry, laid out.
[[nodiscard]] std::string entry_page(const outbox::stored_entry& entry, std::string_view body, model::wall_time now);

/// An object on one line: what `entries_json` says of the entry, and its body, which is null where it is damaged.
[[nodiscard]] std::string export_line(const outbox::stored_entry& entry, std::optional<std::string_view> body);

}  // namespace edge_rollup::daemon
