#include "sim/outbox_witness.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace edge_rollup::sim {
namespace {

using model::loss_reason;

constexpr std::size_t most_told = 8;  // more say nothing new

}  // namespace

template <class... Values>
void outbox_witness::must(bool holds, const char* otherwise, const Values&... values) {
  if (holds || broken_.size() >= most_told) return;
  auto broken = fmt::format(fmt::runtime(otherwise), values...);
  if (std::ranges::find(broken_, broken) == broken_.end()) broken_.push_back(std::move(broken));
}

const outbox::record* outbox_witness::made(const std::string& id) const {
  const auto found = made_.find(id);
  return found == made_.end() ? nullptr : &found->second;
}

bool outbox_witness::is_out_of_line(std::uint64_t sequence) const {
  const auto found = fates_.find(sequence);
  return found != fates_.end() && (found->second.requeued || found->second.in_memory);
}

std::size_t outbox_witness::stored_in_all() const {
  return static_cast<std::size_t>(std::ranges::count_if(fates_, [](const auto& each) { return each.second.stored; }));
}

void outbox_witness::begins(const outbox::overview& found) {
  const auto memory_from = std::exchange(memory_from_, std::nullopt);
  if (found.in_memory_only) memory_from_ = found.next_sequence;
  if (!glance_.in_memory_only || found.stream == glance_.stream) return;
  forget_from(std::min(found.next_sequence, memory_from.value_or(found.next_sequence)));
  glance_ = found;
  lost_in_all_ = std::min(lost_in_all_, found.lost.total);
}

void outbox_witness::forget_from(std::uint64_t sequence) {
  const auto first = fates_.lower_bound(sequence);
  for (auto each = first; each != fates_.end(); ++each) {
    forgotten_.insert(each->first);
    if (each->second.lost) --lost_in_all_;
  }
  fates_.erase(first, fates_.end());
}

void outbox_witness::offers(const outbox::record& made) {
  auto& number = fates_[made.sequence];
  must(!number.stored && !number.lost, "number {} is used again", made.sequence);
  number.made = made;
  made_.emplace(made.id, made);
}

void outbox_witness::stored(std::uint64_t sequence, bool in_memory) {
  auto& number = fates_[sequence];
  number.stored = true;
  number.in_memory = in_memory;
}

void outbox_witness::settles(const outbox::settlement& change) {
  if (change.delivered) fates_[*change.delivered].in_doubt = true;
  if (change.tried) fates_[change.tried->sequence].in_doubt = true;
  for (const auto sequence : change.dead) fates_[sequence].in_doubt = true;
}

void outbox_witness::settled(const outbox::settlement& change, bool in_memory) {
  if (change.delivered) {
    fates_[*change.delivered].delivered = true;
    fates_[*change.delivered].noted_in_memory = in_memory;
  }
  if (change.tried && change.tried->state == outbox::entry_state::dead) fates_[change.tried->sequence].dead = true;
  for (const auto sequence : change.dead) fates_[sequence].dead = true;
}

void outbox_witness::requeued(std::uint64_t sequence) {
  fates_[sequence].dead = false;
  fates_[sequence].requeued = true;
}

void outbox_witness::dropped(std::uint64_t from, std::uint64_t to) {
  for (auto& [sequence, number] : fates_) {
    if (from <= sequence && sequence <= to) number.dropped = true;
  }
}

void outbox_witness::dead_may_be_requeued() {
  for (auto& [sequence, number] : fates_) {
    if (!number.dead || number.lost) continue;
    requeued(sequence);
    number.in_doubt = true;
  }
}

void outbox_witness::look(const outbox::overview& glance, const std::vector<outbox::entry>& waiting) {
  const auto before = std::exchange(glance_, glance);
  // A stream in memory that no disk heard of has its numbers to itself.
  const bool is_on_its_own = before.in_memory_only && glance.stream != before.stream;
  must(glance.next_sequence >= before.next_sequence || is_on_its_own, "the next number is {} after {}",
       glance.next_sequence, before.next_sequence);
  if (is_on_its_own) forget_from(glance.next_sequence);
  if (!glance.in_memory_only) memory_from_.reset();
  // Such a stream leaves out the number that was refused.
  if (glance.in_memory_only && glance.stream != before.stream) memory_from_ = before.next_sequence + 1;
  hear_losses(glance.lost);
  if (glance.stream == before.stream) judge_gap(before.next_sequence);
  // While the disk takes nothing, and while damage is looked through, not all that waits is given out.
  const bool sees_all = waiting.size() == glance.pending;
  const bool may_see_less = glance.in_memory_only || expected_.contains(loss_reason::damage);
  must(sees_all || may_see_less, "{} are said to wait, {} do", glance.pending, waiting.size());
  judge_waiting(waiting);
  if (!may_see_less) judge_presence(waiting);
  // A stream in memory cannot count what stands in a store that nobody can read.
  must(glance.lost.total >= lost_in_all_ || glance.in_memory_only, "{} are said to be lost, {} were told",
       glance.lost.total, lost_in_all_);
}

/// A number that was passed over is lost.
void outbox_witness::judge_gap(std::uint64_t first) {
  for (auto sequence = first; sequence <= last(); ++sequence) {
    must(fates_.contains(sequence), "number {} was passed over", sequence);
  }
}

void outbox_witness::hear_losses(const model::loss& lost) {
  for (const auto& range : lost.ranges) {
    must(expected_.contains(range.reason), "{} to {} are lost for the strange reason {}", range.from, range.to,
         static_cast<int>(range.reason));
    must(range.to <= last(), "{} to {} are lost, and {} was the last number", range.from, range.to, last());
    for (auto sequence = range.from; sequence <= std::min(range.to, last()); ++sequence) {
      auto& number = fates_[sequence];
      if (number.lost) continue;
      number.lost = range.reason;
      ++lost_in_all_;
      // Of a process that died nobody knows what it delivered from its memory; and what damage has taken, nobody knows.
      const bool unknowable =
          range.reason == loss_reason::damage || (range.reason == loss_reason::disk && number.in_memory);
      must(!number.delivered || unknowable, "{} was delivered and is told as lost", sequence);
    }
  }
}

void outbox_witness::judge_waiting(const std::vector<outbox::entry>& waiting) {
  std::uint64_t before = 0;
  for (const auto& each : waiting) {
    must(each.sequence > before, "{} waits behind {}", each.sequence, before);
    before = each.sequence;
    const auto& number = fates_[before];
    must(before <= last() && number.made, "{} waits and was never made", before);
    must(!number.dead, "{} is dead and waits", before);
    must(!number.lost, "{} is told as lost and waits", before);
    // What damage brings back is sent again, under its old key.
    const bool may_come_back = number.noted_in_memory || expected_.contains(loss_reason::damage);
    must(!number.delivered || may_come_back, "{} was delivered and waits", before);
  }
}

void outbox_witness::judge_presence(const std::vector<outbox::entry>& waiting) {
  std::uint64_t dead = 0;
  for (auto& [sequence, number] : fates_) {
    const bool waits = std::ranges::binary_search(waiting, sequence, {}, &outbox::entry::sequence);
    must(waits || number.lost || number.delivered || number.dead || number.in_doubt || !number.stored, "{} is nowhere",
         sequence);
    if (waits) number.in_doubt = false;
    if (number.dead && !number.lost) ++dead;
  }
  must(glance_.dead >= dead, "{} are said to be dead, {} were buried", glance_.dead, dead);
}

}  // namespace edge_rollup::sim
