// A cloud that answers as a test says and remembers what it was offered.
#pragma once

#include "deliver/sink.hpp"
#include "model/invariant.hpp"
#include "runtime/clock.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

namespace edge_rollup::tests {

/// Answers with a status: of the table where it has one for the rollup, else `otherwise`. An offer takes `latency`, and
/// can be cancelled meanwhile.
class scripted_sink final : public deliver::sink {
 public:
  explicit scripted_sink(runtime::clock& time) : time_(time), answered_(time.make_timer()) {}

  [[nodiscard]] runtime::task<deliver::answer> offer(const outbox::record& offered) override {
    EDGE_ROLLUP_INVARIANT(!std::exchange(busy_, true));
    offers.push_back(offered.sequence);
    changed_set_up = false;
    bodies.push_back(offered.body);
    const auto due = time_.now() + latency;
    const auto ended = co_await answered_->wait_until(due);
    busy_ = false;
    deliver::answer came;
    came.took = latency;
    came.body_bytes = offered.body.size();
    if (ended == runtime::wait_result::cancelled) {
      came.failure = model::failure{model::failure_kind::cancelled, "shutdown", {}};
    } else {
      came.status = status_for(offered.sequence);
    }
    co_return came;
  }
  [[nodiscard]] bool set_up_changed() override { return changed_set_up; }
  void cancel() noexcept override {
    if (busy_ && is_cancellable) answered_->cancel();
  }

  int otherwise = 202;
  std::vector<std::pair<std::uint64_t, int>> table;
  model::milliseconds latency{0};
  bool changed_set_up = false;  ///< until the next offer
  bool is_cancellable = true;   ///< else the answer has come already
  std::vector<std::uint64_t> offers;
  std::vector<std::string> bodies;

 private:
  int status_for(std::uint64_t sequence) const {
    for (const auto& [listed, status] : table) {
      if (listed == sequence) return status;
    }
    return otherwise;
  }

  runtime::clock& time_;
  std::unique_ptr<runtime::timer> answered_;
  bool busy_ = false;
};

}  // namespace edge_rollup::tests
