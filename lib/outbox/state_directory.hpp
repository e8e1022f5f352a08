// The directory that holds everything the daemon must not lose: made private, checked for foreign hands, and claimed
// for one process.
#pragma once

#include "model/result.hpp"
#include "runtime/descriptor.hpp"

#include <filesystem>
#include <utility>

namespace edge_rollup::outbox {

/// Operation:   `claim` makes the directory and its parents where they are missing (0700), takes the rights of others
///              away from one of ours that is empty or holds an outbox (0700 at most), and locks the file `lock` in it,
///              which holds the process id. The lock lives as long as the object; the kernel gives it up when the
///              process ends, however it ends.
/// Concurrency: none needed; used at start-up and shutdown.
/// Limits:      `max_links` symbolic links on the way.
class state_directory {
 public:
  static constexpr int max_links = 40;  ///< as many as the kernel follows (path_resolution(7))

  /// Errors: `state`: the directory belongs to another user, is shared (every user may write there, it is sticky, or
  ///         it is open to others and holds other things), is reached through a link that neither root nor we own, is
  ///         no directory, or is claimed by another process (the text gives its id). `permission`: the system does
  ///         not let us. `disk`: anything else that the system said.
  [[nodiscard]] static model::result<state_directory> claim(const std::filesystem::path& wanted);

  /// Absolute and free of links.
  [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }

 private:
  state_directory(std::filesystem::path path, runtime::descriptor lock)
      : path_{std::move(path)}, lock_{std::move(lock)} {}

  std::filesystem::path path_;
  runtime::descriptor lock_;
};

/// For a guest beside the daemon: the directory, absolute and free of links. Nothing is made, changed or locked, and
/// root may visit everybody's. Errors as above, and `no_input` where there is none.
[[nodiscard]] model::result<std::filesystem::path> visit_state_directory(const std::filesystem::path& wanted);

/// Whether its owner could claim `directory`, as far as the rights of others there say. Errors as above.
[[nodiscard]] model::result<void> check_rights_of_others(const std::filesystem::path& directory);

}  // namespace edge_rollup::outbox
