// A delivery policy at work without IO: with the outbox it decides for, and a clock.
#pragma once

#include "deliver/delivery_policy.hpp"

#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <initializer_list>
#include <limits>
#include <optional>
#include <utility>
#include <variant>
#include <vector>

namespace edge_rollup::tests {

using sequences = std::vector<std::uint64_t>;

inline constexpr std::uint64_t longest_jitter = std::numeric_limits<std::uint64_t>::max();
// What the cloud does in place of a status.
inline constexpr int no_connection = 0;
inline constexpr int timed_out = -1;
inline constexpr int cancelled = -2;
inline constexpr int out_of_reach = -3;  // timed out before anything was sent

inline deliver::answer answer_of(int status, std::optional<model::seconds> retry_after = {}) {
  deliver::answer came;
  came.retry_after = retry_after;
  if (status == no_connection) came.failure = model::failure{model::failure_kind::connect, "refused", {}};
  if (status == timed_out) came.failure = model::failure{model::failure_kind::timeout, "timed out", {}};
  if (status == out_of_reach) came.failure = model::failure{model::failure_kind::timeout, "timed out", {}};
  came.request_left = status != no_connection && status != out_of_reach;
  if (status == cancelled) came.failure = model::failure{model::failure_kind::cancelled, "shutdown", {}};
  if (status > 0) came.status = status;
  return came;
}

/// A policy, the outbox it decides for, and a clock; with the longest jitter unless a test says otherwise.
class policy_bench {
 public:
  explicit policy_bench(std::vector<outbox::entry> entries) : waiting(std::move(entries)) {}

  [[nodiscard]] deliver::action next() const { return policy.next_step(waiting, now); }

  outbox::settlement answer(std::uint64_t sequence, int status, std::optional<model::seconds> retry_after = {}) {
    auto came = answer_of(status, retry_after);
    came.took = took;
    const auto judged = deliver::judge(came, deliver::endpoint_trust::certain);
    const auto change = policy.answered(waiting, sequence, came, judged, now, longest_jitter);
    apply(change);
    return change;
  }

  /// Goes to the next try and answers it; returns which rollup it was.
  std::uint64_t answer_next(int status, std::optional<model::seconds> retry_after = {}) {
    now = due();
    const auto step = next();
    REQUIRE(std::holds_alternative<deliver::send>(step));
    const auto sequence = std::get<deliver::send>(step).sequence;
    answer(sequence, status, retry_after);
    return sequence;
  }

  /// When the next try is due.
  model::mono_time due() const {
    const auto step = next();
    const auto* wait = std::get_if<deliver::wait_until>(&step);
    return wait != nullptr ? wait->due : now;
  }

  model::milliseconds wait() const {
    const auto step = next();
    REQUIRE(std::holds_alternative<deliver::wait_until>(step));
    return std::chrono::round<model::milliseconds>(std::get<deliver::wait_until>(step).due - now);
  }

  void restart() { policy = deliver::delivery_policy(deliver::deliver_options{}); }

  sequences in_state(outbox::entry_state state) const {
    sequences found;
    for (const auto& each : waiting) {
      if (each.state == state) found.push_back(each.sequence);
    }
    return found;
  }

  deliver::delivery_policy policy{deliver::deliver_options{}};
  model::mono_time now{std::chrono::hours{1}};
  model::milliseconds took{20};
  std::vector<outbox::entry> waiting;
  sequences dead;

 private:
  void apply(const outbox::settlement& change) {
    if (change.delivered)
      std::erase_if(waiting, [&](const outbox::entry& e) { return e.sequence == *change.delivered; });
    for (auto& each : waiting) {
      if (change.tried && change.tried->sequence == each.sequence) each = *change.tried;
      if (std::ranges::count(change.pending, each.sequence) > 0) each.state = outbox::entry_state::pending;
    }
    for (const auto sequence : change.dead) {
      dead.push_back(sequence);
      std::erase_if(waiting, [&](const outbox::entry& e) { return e.sequence == sequence; });
    }
  }
};

inline std::vector<outbox::entry> pending(std::initializer_list<std::uint64_t> numbers) {
  std::vector<outbox::entry> entries;
  for (const auto sequence : numbers) entries.push_back({.sequence = sequence});
  return entries;
}

inline std::vector<outbox::entry> aside(std::initializer_list<std::uint64_t> numbers, std::uint32_t tries = 1,
                                        model::milliseconds troubled = model::milliseconds{0}) {
  std::vector<outbox::entry> entries;
  for (const auto sequence : numbers) {
    entries.push_back({.sequence = sequence,
                       .state = outbox::entry_state::aside,
                       .tries = tries,
                       .troubled_tries = tries,
                       .troubled = troubled});
  }
  return entries;
}

inline std::vector<outbox::entry> operator+(std::vector<outbox::entry> first,
                                            const std::vector<outbox::entry>& second) {
  first.insert(first.end(), second.begin(), second.end());
  return first;
}

}  // namespace edge_rollup::tests
