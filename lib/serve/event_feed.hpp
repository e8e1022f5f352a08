// Tells events to all who listen, each at its own pace.
#pragma once

#include "net/live_body.hpp"
#include "serve/event_ring.hpp"
#include "serve/live_event.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace edge_rollup::serve {

/// Operation:   a listener is a place in the ring. One that names the last event it has seen is told all after it; one
///              that names none, the newest `most_replayed` and what follows. Whose place has gone, because it was away
///              or slow for too long or comes from another process, is told `reset`, then the same.
/// Concurrency: loop thread only. The feed outlives its listeners.
/// Limits:      `most_listeners`; each takes `piece_bytes` and an event at once, and holds nothing in between.
class event_feed {
 public:
  static constexpr std::size_t most_listeners = 16;
  static constexpr std::uint64_t most_replayed = 50;
  static constexpr std::size_t piece_bytes = 16 * 1024;

  /// `prefix` tells the ids of this process from those of others.
  explicit event_feed(std::string prefix) : ring_(std::move(prefix)) {}
  event_feed(const event_feed&) = delete;
  event_feed& operator=(const event_feed&) = delete;

  void tell(const std::vector<live_event>& events);

  /// Null where there are too many.
  [[nodiscard]] std::shared_ptr<net::live_body> listen(std::optional<std::string_view> last_event_id);

 private:
  class listener;

  [[nodiscard]] std::uint64_t begin_of_replay() const noexcept;

  event_ring ring_;
  std::vector<listener*> listeners_;
};

}  // namespace edge_rollup::serve
