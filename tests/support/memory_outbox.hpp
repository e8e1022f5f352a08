// The outbox without a disk: the same rules, everything gone with the object. Its contract is tested together with that
// of the real one.
#pragma once

#include "model/invariant.hpp"
#include "outbox/outbox.hpp"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace edge_rollup::tests {

class memory_outbox final : public outbox::outbox {
 public:
  using overview = edge_rollup::outbox::overview;
  using record = edge_rollup::outbox::record;
  using entry = edge_rollup::outbox::entry;
  using entry_state = edge_rollup::outbox::entry_state;
  using settlement = edge_rollup::outbox::settlement;

  explicit memory_outbox(std::string stream = "5f0c7a52-3d0e-4c9a-8f6b-2f0c4d7e8a55",
                         std::string gateway = "gateway-1") {
    glance_.stream = std::move(stream);
    glance_.gateway = std::move(gateway);
    glance_.reason = model::stream_reason::fresh;
  }

  /// The next `count` operations fail with a disk error and change nothing.
  void fail_next(std::size_t count = 1) { failing_ = count; }

  /// Every record that was ever stored, delivered or not.
  [[nodiscard]] const std::vector<record>& ever_stored() const noexcept { return ever_stored_; }

  /// What is in the outbox now, dead letters included, in sequence order.
  [[nodiscard]] std::vector<entry> entries() const {
    std::vector<entry> all;
    for (const auto& [now, kept] : slots_) all.push_back(now);
    return all;
  }

  [[nodiscard]] overview at_a_glance() const override {
    overview glance = glance_;
    for (const auto& [now, kept] : slots_) {
      const bool dead = now.state == entry_state::dead;
      (dead ? glance.dead : glance.pending) += 1;
      glance.bytes += kept.body.size();
      if (!dead && !glance.oldest) glance.oldest = kept.stored_at;
    }
    return glance;
  }

  [[nodiscard]] runtime::task<model::result<void>> store(record made) override {
    EDGE_ROLLUP_INVARIANT(made.sequence == glance_.next_sequence);
    if (fails()) co_return disk_error();
    glance_.next_sequence += 1;
    ever_stored_.push_back(made);
    slots_.push_back({.now = {.sequence = made.sequence}, .kept = std::move(made)});
    co_return model::result<void>{};
  }

  [[nodiscard]] runtime::task<model::result<std::vector<entry>>> front(std::size_t limit) override {
    if (fails()) co_return disk_error();
    std::vector<entry> waiting;
    for (const auto& [now, kept] : slots_) {
      if (now.state != entry_state::dead && waiting.size() < limit) waiting.push_back(now);
    }
    co_return waiting;
  }

  [[nodiscard]] runtime::task<model::result<std::optional<record>>> load(std::uint64_t sequence) override {
    if (fails()) co_return disk_error();
    const auto* found = find(sequence);
    if (found == nullptr) co_return std::nullopt;
    co_return found->kept;
  }

  [[nodiscard]] runtime::task<model::result<void>> settle(settlement change) override {
    if (fails()) co_return disk_error();
    if (change.delivered) {
      std::erase_if(slots_, [&](const slot& each) { return each.now.sequence == *change.delivered; });
      glance_.reason.reset();
    }
    if (change.tried) {
      auto* found = find(change.tried->sequence);
      if (found != nullptr && found->now.state != entry_state::dead) found->now = *change.tried;
    }
    for (const auto sequence : change.dead) {
      if (auto* found = find(sequence)) found->now.state = entry_state::dead;
    }
    for (const auto sequence : change.pending) {
      auto* found = find(sequence);
      if (found != nullptr && found->now.state == entry_state::aside) found->now.state = entry_state::pending;
    }
    co_return model::result<void>{};
  }

 private:
  struct slot {
    entry now;
    record kept;
  };

  slot* find(std::uint64_t sequence) {
    const auto found = std::ranges::find(slots_, sequence, [](const slot& each) { return each.now.sequence; });
    return found == slots_.end() ? nullptr : &*found;
  }

  bool fails() { return failing_ > 0 && failing_-- > 0; }

  static std::unexpected<model::error> disk_error() {
    return model::fail(model::error_kind::disk, "cannot write memory: database or disk is full");
  }

  overview glance_;  ///< what does not follow from the slots
  std::vector<slot> slots_;
  std::vector<record> ever_stored_;
  std::size_t failing_ = 0;
};

}  // namespace edge_rollup::tests
