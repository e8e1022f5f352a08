// Notices what an operator's command changes in the outbox of the running daemon: a requeued dead letter is offered
// within seconds, not with the next round, and a new stream is told of.
#pragma once

#include "model/time.hpp"
#include "observe/log.hpp"
#include "outbox/outbox.hpp"
#include "runtime/async.hpp"
#include "runtime/clock.hpp"

#include <functional>
#include <memory>
#include <string>

namespace edge_rollup::daemon {

/// So often the file is looked at, which costs one read of a counter unless it has changed.
inline constexpr model::seconds outbox_check{5};

/// Operation:    `run` calls `changed` where another process has moved rollups between waiting, dead and gone. Where
///               the stream is another one than at the last look, whoever began it, the log tells.
/// Concurrency:  loop thread only. What it is given outlives the object.
/// Cancellation: `stop`.
class outbox_watch {
 public:
  outbox_watch(runtime::clock& time, outbox::outbox& store, observe::log& messages, std::function<void()> changed);

  [[nodiscard]] runtime::task<void> run();
  void stop() noexcept;

 private:
  void note_stream();

  runtime::clock& time_;
  outbox::outbox& store_;
  observe::log& messages_;
  std::function<void()> changed_;
  std::unique_ptr<runtime::timer> next_look_;
  std::string stream_;
  bool stopping_ = false;
};

}  // namespace edge_rollup::daemon
