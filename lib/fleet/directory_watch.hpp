// Tells when something changes in directories, by inotify(7).
#pragma once

#include "runtime/async.hpp"
#include "runtime/descriptor.hpp"

#include <boost/asio/posix/stream_descriptor.hpp>

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace edge_rollup::fleet {

/// Operation:   `watch` names the directories from now on.
/// Concurrency: one thread, beside the directory_watch. It may hang where a directory's server is away, and so outlive
///              that.
/// Limits:      those of the kernel; a directory that it refuses is not watched.
class watched_directories {
 public:
  watched_directories();

  void watch(const std::vector<std::string>& directories);
  /// Where inotify tells of them; -1 if the kernel gives none.
  [[nodiscard]] int events() const noexcept { return events_.get(); }

 private:
  runtime::descriptor events_;
  std::set<int> watches_;
};

/// Operation:    `changed` completes after an entry of a watched directory was written, moved, deleted or made
///               accessible, a directory came or went, or events were lost. What changed is not told: whoever is told
///               looks anew. A file that was only created is not told until it is written.
/// Concurrency:  loop thread only.
/// Cancellation: `cancel()`, for good.
/// Limits:       file systems on the network tell of changes on this machine only. So `changed` is never the only way
///               to hear of a change.
class directory_watch {
 public:
  explicit directory_watch(const runtime::asio::any_io_executor& loop);
  directory_watch(const directory_watch&) = delete;
  directory_watch& operator=(const directory_watch&) = delete;
  ~directory_watch();

  [[nodiscard]] const std::shared_ptr<watched_directories>& directories() const noexcept { return directories_; }
  /// False where there is nothing more to wait for: cancelled, or the kernel gave no watch.
  [[nodiscard]] runtime::task<bool> changed();
  void cancel() noexcept;

 private:
  [[nodiscard]] bool take_events();

  std::shared_ptr<watched_directories> directories_;
  std::optional<boost::asio::posix::stream_descriptor> events_;  ///< theirs, not owned
  bool cancelled_ = false;
};

}  // namespace edge_rollup::fleet
