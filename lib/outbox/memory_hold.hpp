// What the disk has not taken: the newest rollup, what had to give way to it, and what delivery has settled meanwhile.
// Pure.
#pragma once

#include "outbox/entry.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace edge_rollup::outbox {

/// A loss, and the first rollup that can tell of it.
struct declared_loss {
  model::lost_range lost;
  std::uint64_t declared_in = 0;
};

/// Numbers of rollups that were lost and need not be told any more; a range may have more numbers than were lost.
struct told_loss {
  std::uint64_t from = 0, to = 0;
  std::uint64_t count = 0;
};

/// What of `losses` is at `next` or above it: a store that goes on with `next` has accounted for all that is below.
[[nodiscard]] std::vector<declared_loss> not_below(std::uint64_t next, std::span<const declared_loss> losses);
[[nodiscard]] std::uint64_t count_not_below(std::uint64_t next, std::span<const told_loss> losses) noexcept;

/// A stream that no disk knows yet, begun where not even a number could be reserved.
struct memory_stream {
  std::string id;                       ///< UUIDv4
  std::optional<std::string> previous;  ///< empty where it could not be read
  std::uint64_t from = 1;               ///< its first number
  /// Of streams before: what could not be stored under them may turn up on disk, though it was made anew in this one.
  std::vector<std::uint64_t> refused = {};
  bool told = false;  ///< a rollup of it was delivered
};

/// Operation:   numbers are used here that the store on disk only knows as reserved, or, in a stream of its own, not at
///              all.
/// Concurrency: a value.
/// Limits:      one rollup; `most_put_off` settlements, `most_told` ranges of losses that were told.
class memory_hold {
 public:
  /// While the disk takes nothing only what is held here is offered, so there are hardly ever more than two.
  static constexpr std::size_t most_put_off = 64;
  static constexpr std::size_t most_told = 256;

  explicit memory_hold(std::uint64_t next) : first_{next}, next_{next} {}

  /// The next number is `begun.from`, which no rollup had yet. What was refused before a stream that no disk has taken
  /// over stays so.
  void begin_stream(memory_stream begun);
  /// Empty where the numbers are those of the stream on disk.
  [[nodiscard]] const std::optional<memory_stream>& stream() const noexcept { return stream_; }
  /// The stream on disk is this one now.
  void forget_stream() noexcept { stream_.reset(); }

  [[nodiscard]] std::uint64_t next_sequence() const noexcept { return next_; }
  /// The first number that the store on disk has not accounted for.
  [[nodiscard]] std::uint64_t first_open() const noexcept { return newest_ ? newest_->second.sequence : next_; }
  [[nodiscard]] const std::optional<std::pair<entry, record>>& newest() const noexcept { return newest_; }
  /// What came back when the newest was last offered in vain.
  [[nodiscard]] const std::optional<last_answer>& newest_answer() const noexcept { return newest_answer_; }
  [[nodiscard]] const std::vector<declared_loss>& dropped() const noexcept { return dropped_; }
  /// Of those that the disk has not counted yet, the ones that need not be declared any more; ascending.
  [[nodiscard]] const std::vector<told_loss>& dropped_and_told() const noexcept { return told_; }
  [[nodiscard]] std::uint64_t dropped_in_all() const noexcept { return dropped_in_all_; }

  /// `made` takes the place of the newest, which is lost.
  void take(record made);
  /// The newest is lost too: nothing comes after it.
  void give_up_newest();
  /// What was dropped stands on disk.
  void forget_dropped() noexcept;
  /// The newest stands on disk after all.
  void forget_newest() noexcept {
    newest_.reset();
    newest_answer_.reset();
  }
  /// The part of `change` that is about what is held here.
  void settle(const settlement& change);
  /// The disk is to hear of it later. Of numbers from here the last delivery and the last try cover those before.
  /// False where there are too many.
  [[nodiscard]] bool put_off(const settlement& change);
  [[nodiscard]] const std::vector<settlement>& settled_meanwhile() const noexcept { return put_off_; }
  void forget_settled() noexcept { put_off_.clear(); }
  /// The overview of the store on disk, completed.
  [[nodiscard]] overview over(overview disk) const;

 private:
  void drop_newest(std::uint64_t declared_in);
  void take_loss_back(std::uint64_t arrived);
  void note_told(const model::lost_range& told);
  [[nodiscard]] bool is_from_here(const settlement& change) const;

  std::uint64_t first_;
  std::uint64_t next_;
  std::optional<memory_stream> stream_;
  std::optional<std::pair<entry, record>> newest_;
  std::optional<last_answer> newest_answer_;
  std::vector<declared_loss> dropped_;
  std::vector<told_loss> told_;  ///< of what was dropped since the disk last heard of it
  std::uint64_t dropped_in_all_ = 0;
  std::vector<settlement> put_off_;
};

}  // namespace edge_rollup::outbox
