// Watches every operation on the outbox of a simulated world and judges what the outbox says after each: every number
// that was used waits, is dead, is delivered or is told as lost, and never two of these.
#pragma once

#include "model/rollup.hpp"
#include "outbox/entry.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace edge_rollup::sim {

/// What is known of one number.
struct fate {
  std::optional<outbox::record> made;  ///< the last rollup that was to be stored under it
  bool stored = false;                 ///< the outbox has said so
  bool in_memory = false;              ///< it was when it was stored
  bool delivered = false;              ///< the outbox has taken note
  bool noted_in_memory = false;        ///< ... where the disk took nothing: it forgets that with its process
  bool dead = false;
  bool in_doubt = false;  ///< the process died in the middle of settling it
  bool requeued = false;  ///< dead before, by an operator's wish alive again
  bool dropped = false;   ///< by an operator; the outbox may not have told it yet
  std::optional<model::loss_reason> lost;
};

/// Operation:   the operations of every process are told in order, each before and after; then `look` judges.
class outbox_witness {
 public:
  /// A process opens its outbox. Numbers that the one before used in a stream which lived in its memory alone are
  /// forgotten with it.
  void begins(const outbox::overview& found);

  // What is done.
  void offers(const outbox::record& made);
  void stored(std::uint64_t sequence, bool in_memory);
  void settles(const outbox::settlement& change);
  void settled(const outbox::settlement& change, bool in_memory);
  void requeued(std::uint64_t sequence);
  void dropped(std::uint64_t from, std::uint64_t to);
  /// The operator was told that it failed, and it may stand all the same.
  void dead_may_be_requeued();
  /// From now on losses for this reason are nothing strange.
  void expect(model::loss_reason reason) { expected_.insert(reason); }
  [[nodiscard]] bool is_expected(model::loss_reason reason) const { return expected_.contains(reason); }

  /// `waiting`: all that the outbox gives out.
  void look(const outbox::overview& glance, const std::vector<outbox::entry>& waiting);

  [[nodiscard]] const std::vector<std::string>& broken() const noexcept { return broken_; }
  /// As the outbox said it last.
  [[nodiscard]] const outbox::overview& at_a_glance() const noexcept { return glance_; }
  [[nodiscard]] const std::map<std::uint64_t, fate>& fates() const noexcept { return fates_; }
  /// The rollup that was made under this id, if one was; whatever became of it.
  [[nodiscard]] const outbox::record* made(const std::string& id) const;
  /// Used in a stream that ended with the memory it was in.
  [[nodiscard]] bool is_forgotten(std::uint64_t sequence) const { return forgotten_.contains(sequence); }
  /// Sent from memory while the disk took nothing, or by an operator's wish: order is not for these.
  [[nodiscard]] bool is_out_of_line(std::uint64_t sequence) const;
  [[nodiscard]] std::uint64_t last() const noexcept { return glance_.next_sequence - 1; }
  [[nodiscard]] std::size_t stored_in_all() const;

 private:
  template <class... Values>
  void must(bool holds, const char* otherwise, const Values&... values);
  void forget_from(std::uint64_t sequence);
  void hear_losses(const model::loss& lost);
  void judge_gap(std::uint64_t first);
  void judge_waiting(const std::vector<outbox::entry>& waiting);
  void judge_presence(const std::vector<outbox::entry>& waiting);

  std::map<std::uint64_t, fate> fates_;         ///< by number
  std::map<std::string, outbox::record> made_;  ///< by id
  std::set<std::uint64_t> forgotten_;
  std::set<model::loss_reason> expected_;
  outbox::overview glance_;
  std::uint64_t lost_in_all_ = 0;
  std::optional<std::uint64_t> memory_from_;  ///< the first number of a stream that is in memory only
  std::vector<std::string> broken_;
};

}  // namespace edge_rollup::sim
