// Finds and reads the files that lists of nodes stand in.
#pragma once

#include "model/result.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace edge_rollup::fleet {

inline constexpr std::size_t max_list_bytes = 256 * 1024 * 1024;
inline constexpr std::size_t max_list_files = 1'000;  ///< that one pattern may match

/// Reads a whole file, "-" for standard input. Blocks.
/// Errors: no_input where it is missing or a directory, permission, disk, bad_data over max_list_bytes.
[[nodiscard]] model::result<std::string> read_list_file(const std::string& path);

/// Standard input, and what is neither a file nor a directory: what such a thing said is gone once it was read, and
/// reading a pipe again may wait for ever.
[[nodiscard]] bool is_read_once(const std::string& path);

/// Whether a path is a pattern, as glob(7) has it.
[[nodiscard]] bool is_pattern(const std::string& path);

/// The files that a pattern matches now, sorted; only itself for one that is no pattern, whether it is there or not.
/// Directories, pipes and devices are left out, and directories that cannot be looked into count as empty; but files of
/// `before`, which it matched the last time, stay until the system says that they are gone.
/// Blocks. Errors: bad_data over max_list_files, disk where memory or the disk does not allow to look.
[[nodiscard]] model::result<std::vector<std::string>> matching_files(const std::string& pattern,
                                                                     const std::vector<std::string>& before = {});

/// The directories in which a change may change what `path` matches or holds: those that are there of the ones it names
/// or matches, and otherwise the nearest that is. Sorted. Blocks.
[[nodiscard]] std::vector<std::string> directories_of(const std::string& path);

}  // namespace edge_rollup::fleet
