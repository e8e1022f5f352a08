// A deliverer at work on a virtual clock, with an outbox that may be damaged and a cloud that says what a test wants.
#pragma once

#include "deliver/deliverer.hpp"
#include "runtime/task_scope.hpp"
#include "support/memory_log.hpp"
#include "support/memory_outbox.hpp"
#include "support/scripted_sink.hpp"
#include "support/seeded_entropy.hpp"
#include "support/virtual_clock.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace edge_rollup::tests {

using sequences = std::vector<std::uint64_t>;

/// An outbox in which the records of some rollups are damaged, others are dropped right before they are read, and
/// reading and settling them may take its time.
class damaged_outbox final : public outbox::outbox {
 public:
  explicit damaged_outbox(runtime::clock& time) : time_(time) {}

  edge_rollup::outbox::overview at_a_glance() const override { return sound.at_a_glance(); }
  runtime::task<model::result<void>> store(edge_rollup::outbox::record made) override {
    return sound.store(std::move(made));
  }
  runtime::task<model::result<std::vector<edge_rollup::outbox::entry>>> front(std::size_t limit) override {
    return sound.front(limit);
  }
  runtime::task<model::result<std::optional<edge_rollup::outbox::record>>> load(std::uint64_t sequence) override {
    auto disk = time_.make_timer();
    const auto due = time_.now() + load_takes;
    [[maybe_unused]] auto waited = co_await disk->wait_until(due);
    if (std::ranges::count(damaged, sequence) > 0) {
      co_await drop(sequence);
      co_return model::fail(model::error_kind::bad_data, "its checksum is wrong");
    }
    if (std::ranges::count(dropped, sequence) > 0) co_await drop(sequence);
    if (std::ranges::count(missing, sequence) > 0) co_return std::nullopt;
    auto loaded = co_await sound.load(sequence);
    co_return loaded;
  }
  runtime::task<model::result<void>> settle(edge_rollup::outbox::settlement change) override {
    auto disk = time_.make_timer();
    const auto due = time_.now() + settle_takes;
    [[maybe_unused]] auto waited = co_await disk->wait_until(due);
    auto settled = co_await sound.settle(std::move(change));
    co_return settled;
  }

  memory_outbox sound;
  sequences damaged;
  sequences dropped;
  sequences missing;  ///< listed for ever, but never there
  model::milliseconds load_takes{0};
  model::milliseconds settle_takes{0};

 private:
  runtime::task<void> drop(std::uint64_t sequence) {
    edge_rollup::outbox::settlement gone;
    gone.delivered = sequence;
    [[maybe_unused]] auto settled = co_await sound.settle(std::move(gone));
  }

  runtime::clock& time_;
};

/// A deliverer with everything around it on a virtual clock.
class deliverer_bench {
 public:
  ~deliverer_bench() {
    delivery.cancel();
    time.settle();
  }

  void store(int count = 1) {
    for (; count > 0; --count) {
      const auto sequence = store_.at_a_glance().next_sequence;
      outbox::record made;
      made.sequence = sequence;
      made.body = "body " + std::to_string(sequence);
      runtime::asio::co_spawn(loop, store_.store(std::move(made)), [](std::exception_ptr, const auto&) {});
      time.settle();
    }
    delivery.notify();
  }

  void start() { running.spawn(delivery.run()); }

  /// Another cloud in the place of `cloud`.
  std::shared_ptr<scripted_sink> move() {
    auto moved_to = std::make_shared<scripted_sink>(time);
    delivery.change_cloud(moved_to, deliver::endpoint_trust::certain);
    return moved_to;
  }

  std::optional<deliver::delivery_try> once(std::uint64_t sequence) {
    std::optional<model::result<std::optional<deliver::delivery_try>>> ended;
    runtime::asio::co_spawn(loop, delivery.deliver_until(sequence),
                            [&](std::exception_ptr, auto result) { ended = std::move(result); });
    time.advance(std::chrono::minutes{1});
    REQUIRE(ended);
    REQUIRE(ended->has_value());
    return **ended;
  }

  outbox::entry_state state_of(std::uint64_t sequence) const {
    for (const auto& each : store_.sound.entries()) {
      if (each.sequence == sequence) return each.state;
    }
    FAIL("rollup " << sequence << " is not in the outbox");
    return {};
  }

  boost::asio::io_context loop;
  virtual_clock time{loop};
  seeded_entropy chance{1};
  memory_log messages;
  damaged_outbox store_{time};
  std::shared_ptr<scripted_sink> endpoint = std::make_shared<scripted_sink>(time);
  scripted_sink& cloud = *endpoint;
  std::vector<deliver::delivery_try> tries;
  deliver::deliverer delivery{
      {time, chance, messages, store_, endpoint, [this](const auto& ended, const auto&) { tries.push_back(ended); }},
      deliver::deliver_options{},
      deliver::endpoint_trust::certain};
  runtime::task_scope running{loop.get_executor(), time};
};

}  // namespace edge_rollup::tests
