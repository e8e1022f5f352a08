// Tells when something changes in directories, by inotify(7).
#pragma once

#include "runtime/async.hpp"

#include <boost/asio/posix/stream_descriptor.hpp>

#include <optional>
#include <set>
#include <string>
#include <vector>

namespace edge_rollup::fleet {

/// Operation:    `watch` names the directories from now on; `changed` completes after an entry of one was written,
///               moved, deleted or made accessible, a directory came or went, or events were lost. What changed is not
///               told: whoever is told looks anew. A file that was only created is not told until it is written.
/// Concurrency:  `watch` on one thread, the rest on the loop.
/// Cancellation: `cancel()`, for good.
/// Limits:       those of the kernel; a directory that it refuses is not watched. File systems on the network tell of
///               changes on this machine only. So `changed` is never the only way to hear of a change.
class directory_watch {
 public:
  explicit directory_watch(const runtime::asio::any_io_executor& loop);

  void watch(const std::vector<std::string>& directories);
  /// False where there is nothing more to wait for: cancelled, or the kernel gave no watch.
  [[nodiscard]] runtime::task<bool> changed();
  void cancel() noexcept;

 private:
  [[nodiscard]] bool take_events();

  std::optional<boost::asio::posix::stream_descriptor> events_;
  int descriptor_ = -1;  ///< of events_, for the thread that watches
  std::set<int> watches_;
  bool cancelled_ = false;
};

}  // namespace edge_rollup::fleet
