// The last good text of each list, kept in the state directory for a start at which the list cannot be had.
#pragma once

#include "model/result.hpp"
#include "model/time.hpp"

#include <filesystem>
#include <optional>
#include <string>

namespace edge_rollup::fleet {

struct kept_text {
  std::string text;
  model::wall_time good_at;  ///< about when it was good last
};

/// Operation:   one file a list in `lists/` below the state directory, JSON with the name of the list in it. A file is
///              replaced as a whole and synced: after a crash there is the old one or the new one. Its time of change
///              says when it was good last.
/// Concurrency: one thread. Blocks. Limits: as many files as there were lists; the texts' own.
class list_store {
 public:
  /// The directory is made with the first list that is kept.
  explicit list_store(const std::filesystem::path& state_directory) : directory_(state_directory / "lists") {}

  /// Errors: permission, disk. The list that was kept before is there still then.
  [[nodiscard]] model::result<void> keep(const std::string& name, const std::string& text) const;
  /// The kept text is good still.
  void confirm(const std::string& name) const noexcept;
  void forget(const std::string& name) const noexcept;
  /// Nothing where there is none, or none that can be read.
  [[nodiscard]] std::optional<kept_text> find(const std::string& name) const;

 private:
  [[nodiscard]] std::filesystem::path path_of(const std::string& name) const;

  std::filesystem::path directory_;
};

}  // namespace edge_rollup::fleet
