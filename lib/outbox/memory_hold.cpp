#include "outbox/memory_hold.hpp"

#include "model/invariant.hpp"

#include <algorithm>
#include <utility>

namespace edge_rollup::outbox {
namespace {

std::uint64_t size_of(const model::lost_range& lost) {
  return lost.to - lost.from + 1;
}

}  // namespace

std::vector<declared_loss> not_below(std::uint64_t next, std::span<const declared_loss> losses) {
  std::vector<declared_loss> above;
  for (auto each : losses) {
    each.lost.from = std::max(each.lost.from, next);
    if (each.lost.from <= each.lost.to) above.push_back(each);
  }
  return above;
}

std::uint64_t count_not_below(std::uint64_t next, std::span<const told_loss> losses) noexcept {
  std::uint64_t count = 0;
  for (const auto& each : losses) {
    if (each.to >= next) count += std::min(each.count, each.to - std::max(each.from, next) + 1);
  }
  return count;
}

void memory_hold::begin_stream(memory_stream begun) {
  EDGE_ROLLUP_INVARIANT(begun.from >= next_);
  next_ = begun.from;
  if (stream_) begun.refused.insert(begun.refused.end(), stream_->refused.begin(), stream_->refused.end());
  stream_ = std::move(begun);
}

void memory_hold::take(record made) {
  EDGE_ROLLUP_INVARIANT(made.sequence == next_);
  if (newest_) drop_newest(made.sequence + 1);  // `made` was written before this loss
  next_ += 1;
  newest_answer_.reset();
  newest_.emplace(entry{.sequence = made.sequence}, std::move(made));
}

void memory_hold::give_up_newest() {
  if (newest_) drop_newest(next_);
  forget_newest();
}

void memory_hold::drop_newest(std::uint64_t declared_in) {
  const auto gone = newest_->second.sequence;
  const bool goes_on = !dropped_.empty() && dropped_.back().lost.to + 1 == gone;
  if (goes_on) {
    dropped_.back().lost.to = gone;
    dropped_.back().declared_in = declared_in;
  } else {
    dropped_.push_back({{gone, gone, model::loss_reason::disk}, declared_in});
  }
  dropped_in_all_ += 1;
}

void memory_hold::forget_dropped() noexcept {
  dropped_.clear();
  told_.clear();
}

/// What was on its way when it gave way, and has arrived, need not be told any more.
void memory_hold::take_loss_back(std::uint64_t arrived) {
  const auto has_arrived = [arrived](const declared_loss& each) {
    return each.lost.from <= arrived && arrived <= each.lost.to;
  };
  const auto found = std::ranges::find_if(dropped_, has_arrived);
  if (found == dropped_.end()) return;
  auto below = *found, above = *found;
  below.lost.to = arrived - 1;
  above.lost.from = arrived + 1;
  auto place = dropped_.erase(found);
  if (above.lost.from <= above.lost.to) place = dropped_.insert(place, above);
  if (below.lost.from <= below.lost.to) dropped_.insert(place, below);
  note_told({arrived, arrived, model::loss_reason::disk});
}

/// Where there are too many ranges, the two oldest become one.
void memory_hold::note_told(const model::lost_range& told) {
  const auto place = std::ranges::upper_bound(told_, told.from, {}, &told_loss::from);
  told_.insert(place, {told.from, told.to, size_of(told)});
  if (told_.size() <= most_told) return;
  told_[1] = {told_[0].from, told_[1].to, told_[0].count + told_[1].count};
  told_.erase(told_.begin());
}

void memory_hold::settle(const settlement& change) {
  if (change.delivered) {
    const auto is_told = [&](const declared_loss& each) { return each.declared_in <= *change.delivered; };
    for (const auto& each : dropped_) {
      if (is_told(each)) note_told(each.lost);
    }
    std::erase_if(dropped_, is_told);
    take_loss_back(*change.delivered);
    if (stream_ && *change.delivered >= stream_->from) stream_->told = true;
  }
  if (!newest_) return;
  auto& [now, kept] = *newest_;
  const auto is_among = [&now](const std::vector<std::uint64_t>& some) {
    return std::ranges::find(some, now.sequence) != some.end();
  };
  const bool waits = now.state != entry_state::dead;
  if (change.tried && change.tried->sequence == now.sequence && waits) {
    now = *change.tried;
    if (change.answer) newest_answer_ = change.answer;
  }
  if (is_among(change.dead)) now.state = entry_state::dead;
  if (is_among(change.pending) && now.state == entry_state::aside) now.state = entry_state::pending;
  if (change.delivered == now.sequence) forget_newest();
}

bool memory_hold::is_from_here(const settlement& change) const {
  const bool is_about_more = !change.dead.empty() || !change.pending.empty();
  const bool is_tried_here = !change.delivered && change.tried && change.tried->sequence >= first_;
  return !is_about_more && (change.delivered >= first_ || is_tried_here);
}

bool memory_hold::put_off(const settlement& change) {
  const auto is_covered = [&](const settlement& each) {
    return is_from_here(each) && (change.delivered || !each.delivered);
  };
  if (is_from_here(change)) std::erase_if(put_off_, is_covered);
  if (put_off_.size() == most_put_off) return false;
  put_off_.push_back(change);
  return true;
}

overview memory_hold::over(overview disk) const {
  disk.lost.total += count_not_below(disk.next_sequence, told_);
  for (const auto& each : not_below(disk.next_sequence, dropped_)) {
    disk.lost.total += size_of(each.lost);
    disk.lost.ranges.push_back(each.lost);
  }
  disk.next_sequence = next_;
  disk.in_memory_only = true;
  if (stream_) {
    disk.stream = stream_->id;
    disk.previous_stream = stream_->previous;
    disk.reason = stream_->told ? std::nullopt : std::optional(model::stream_reason::fresh);
  }
  disk.discarded.at(static_cast<std::size_t>(model::loss_reason::disk)) += dropped_in_all_;
  if (!newest_) return disk;
  const auto& [now, kept] = *newest_;
  (now.state == entry_state::dead ? disk.dead : disk.pending) += 1;
  if (now.state != entry_state::dead && !disk.oldest) disk.oldest = kept.stored_at;
  return disk;
}

}  // namespace edge_rollup::outbox
