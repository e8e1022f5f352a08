// The heart of delivery, without IO: which rollup is offered when, what an answer changes in the outbox, and when a
// rollup that the cloud does not take is given up.
#pragma once

#include "deliver/answer.hpp"
#include "deliver/deliver_options.hpp"
#include "deliver/verdict.hpp"
#include "model/time.hpp"
#include "outbox/entry.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <variant>

namespace edge_rollup::deliver {

/// Offer this rollup now, once.
struct send {
  std::uint64_t sequence = 0;
  friend bool operator==(const send&, const send&) = default;
};

/// Nothing to offer before this time, unless something is stored.
struct wait_until {
  model::mono_time due;
  friend bool operator==(const wait_until&, const wait_until&) = default;
};

/// Nothing waits.
struct idle {
  friend bool operator==(const idle&, const idle&) = default;
};

using action = std::variant<send, wait_until, idle>;

/// Delivery waits for somebody to mend the set-up.
struct hold_state {
  hold_reason reason = hold_reason::other;
  model::mono_time since;
  std::string words;  ///< for people: what came back last, and what to do

  friend bool operator==(const hold_state&, const hold_state&) = default;
};

/// Delivery at a glance, for status and metrics.
struct delivery_state {
  std::optional<verdict> last;
  std::optional<hold_state> hold;            ///< until the next delivered, or another verdict
  std::optional<model::mono_time> next_try;  ///< where delivery waits before it tries again
  std::uint32_t consecutive_failures = 0;    ///< tries since the last delivered

  friend bool operator==(const delivery_state&, const delivery_state&) = default;
};

/// Operation:   An *occasion* is a moment when delivery tries. It begins with the oldest waiting entry and goes on in
///              sequence order while entries are delivered or step aside; any other answer ends it, and the next one
///              begins after a backoff. So when a rollup is accepted, every one still aside before it was refused
///              moments ago in the same occasion by a cloud that works: only then it dies, and order is kept.
///              Stepping aside: refused, or worn out (`aside_tries` and `aside_after` of tries that count as its
///              trouble) with others behind. With `aside_limit` of them aside the cloud refuses everything, as far as
///              one can tell: an occasion then is one offer. Only when the oldest is worn out too it passes those
///              aside, until one that was not aside has been answered, so that no number of bad rollups in a row
///              stalls the stream for ever. `Retry-After` is a wait before the next offer, whichever that is. Where
///              it, or a try that hangs, makes more than `aside_moment` of passing the oldest, the cloud may come back
///              meanwhile and a good rollup die: so that is done when the oldest steps aside, and then at every
///              `aside_tries`-th try only.
/// Restart:     begin with a new object; states and counts are in the entries.
/// Concurrency: a value. At most one `send` may be unanswered.
class delivery_policy {
 public:
  explicit delivery_policy(deliver_options options) : options_(options) {}

  /// `front`: the oldest entries that wait, in sequence order.
  [[nodiscard]] action next_step(std::span<const outbox::entry> front, model::mono_time now) const;

  /// Takes in the answer to `send{sequence}`, which `front` must hold, and returns what changes in the outbox. `random`
  /// is 64 uniform bits. A cancelled exchange changes nothing.
  [[nodiscard]] outbox::settlement answered(std::span<const outbox::entry> front, std::uint64_t sequence,
                                            const answer& came, const judgement& judged, model::mono_time now,
                                            std::uint64_t random);

  /// Somebody mended the set-up that delivery holds for: the next occasion begins now, and the waits after it are short
  /// again.
  void set_up_changed() noexcept;
  /// For what is decided from now on; a wait under way stays.
  void change_options(const deliver_options& options) noexcept { options_ = options; }

  [[nodiscard]] const delivery_state& state() const noexcept { return state_; }

 private:
  struct occasion {
    std::optional<std::uint64_t> passed;  ///< the last one that stepped aside
    std::size_t offers = 0;
  };

  [[nodiscard]] outbox::settlement accept(std::span<const outbox::entry> front, std::uint64_t sequence);
  void add_trouble(outbox::entry& tried, const judgement& judged, model::mono_time now);
  [[nodiscard]] bool worn_out(const outbox::entry& tried) const noexcept;
  [[nodiscard]] bool is_risky_to_pass(const outbox::entry& tried, model::nanoseconds pause) const noexcept;
  /// What the cloud asks for with `Retry-After`, capped; zero where it does not.
  [[nodiscard]] model::milliseconds asked_wait(const answer& came, const judgement& judged) const;
  void show_hold(const judgement& judged, std::size_t aside, model::mono_time now);
  [[nodiscard]] model::milliseconds wait_after(verdict last, std::uint64_t random);

  deliver_options options_;
  delivery_state state_;
  occasion occasion_;
  std::uint32_t retries_ = 0;  ///< occasions since the last delivered that ended in a retry ...
  std::uint32_t holds_ = 0;    ///< ... or in another failure
  /// Something newer than this begins an occasion at once.
  std::optional<std::uint64_t> wakes_beyond_;
  /// When entries in trouble were last tried by this process.
  std::map<std::uint64_t, model::mono_time> last_tries_;
};

}  // namespace edge_rollup::deliver
