// The last events, written as server-sent events (WHATWG HTML section 9.2), each with a number that it is asked for by.
#pragma once

#include "serve/live_event.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace edge_rollup::serve {

/// Operation:   numbers count up from 1. An event's id is the prefix and its number, so that an id of another process
///              is known as such.
/// Concurrency: a value.
/// Limits:      the newest `most_events`; with texts cut as live_event.hpp does, each is at most `max_event_bytes`.
class event_ring {
 public:
  static constexpr std::size_t most_events = 256;
  static constexpr std::size_t max_event_bytes = 1024;

  explicit event_ring(std::string prefix) : prefix_(std::move(prefix)), texts_(most_events) {}

  void add(const live_event& event);

  [[nodiscard]] std::uint64_t newest() const noexcept { return newest_; }  ///< 0: there was none
  [[nodiscard]] std::uint64_t oldest() const noexcept { return newest_ < most_events ? 1 : newest_ - most_events + 1; }
  /// `number` is in [oldest, newest].
  [[nodiscard]] std::string_view text_of(std::uint64_t number) const { return texts_[number % most_events]; }

  [[nodiscard]] std::string id_of(std::uint64_t number) const;
  /// The number of an id of this ring, of which all that followed is still there; 0 before the first event.
  [[nodiscard]] std::optional<std::uint64_t> number_of(std::string_view id) const;

 private:
  std::string prefix_;
  std::vector<std::string> texts_;  ///< an event's place is its number modulo `most_events`
  std::uint64_t newest_ = 0;
};

}  // namespace edge_rollup::serve
