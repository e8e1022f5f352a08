#include "outbox/memory_hold.hpp"

#include "model/invariant.hpp"

#include <algorithm>

namespace edge_rollup::outbox {

void memory_hold::take(record made) {
  EDGE_ROLLUP_INVARIANT(made.sequence == next_);
  if (newest_) {
    const auto gone = newest_->second.sequence;
    const auto declared_in = made.sequence + 1;  // `made` was written before this loss
    const bool goes_on = !dropped_.empty() && dropped_.back().lost.to + 1 == gone;
    if (goes_on) {
      dropped_.back().lost.to = gone;
      dropped_.back().declared_in = declared_in;
    } else {
      dropped_.push_back({{gone, gone, model::loss_reason::disk}, declared_in});
    }
    dropped_in_all_ += 1;
  }
  next_ += 1;
  newest_.emplace(entry{.sequence = made.sequence}, std::move(made));
}

void memory_hold::settle(const settlement& change) {
  if (change.delivered) {
    std::erase_if(dropped_, [&](const declared_loss& each) { return each.declared_in <= *change.delivered; });
  }
  if (!newest_) return;
  auto& [now, kept] = *newest_;
  const auto is_among = [&now](const std::vector<std::uint64_t>& some) {
    return std::ranges::find(some, now.sequence) != some.end();
  };
  const bool waits = now.state != entry_state::dead;
  if (change.tried && change.tried->sequence == now.sequence && waits) now = *change.tried;
  if (is_among(change.dead)) now.state = entry_state::dead;
  if (is_among(change.pending) && now.state == entry_state::aside) now.state = entry_state::pending;
  if (change.delivered == now.sequence) newest_.reset();
}

overview memory_hold::over(overview disk) const {
  disk.next_sequence = next_;
  disk.in_memory_only = true;
  for (const auto& each : dropped_) {
    disk.lost.total += each.lost.to - each.lost.from + 1;
    disk.lost.ranges.push_back(each.lost);
  }
  disk.discarded.at(static_cast<std::size_t>(model::loss_reason::disk)) += dropped_in_all_;
  if (!newest_) return disk;
  const auto& [now, kept] = *newest_;
  (now.state == entry_state::dead ? disk.dead : disk.pending) += 1;
  if (now.state != entry_state::dead && !disk.oldest) disk.oldest = kept.stored_at;
  return disk;
}

}  // namespace edge_rollup::outbox
