// A clock that stands still until a test moves it, so that a simulated day takes milliseconds. Wall time and monotonic
// time move together unless the test steps the wall clock.
#pragma once

#include "runtime/clock.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <algorithm>
#include <set>
#include <utility>

namespace edge_rollup::tests {

class virtual_clock final : public runtime::clock {
 public:
  explicit virtual_clock(boost::asio::io_context& loop,
                         model::wall_time start = model::wall_time{std::chrono::years{57}})
      : loop_(loop), wall_offset_(start.time_since_epoch()) {}

  model::mono_time now() const noexcept override { return now_; }
  model::wall_time wall_now() const noexcept override {
    return model::wall_time{std::chrono::floor<std::chrono::milliseconds>(now_.time_since_epoch()) + wall_offset_};
  }
  model::clock_state wall_state() const noexcept override { return state; }
  std::unique_ptr<runtime::timer> make_timer() override { return std::make_unique<virtual_timer>(*this); }

  /// Steps the wall clock only, as an operator or NTP does.
  void step_wall(std::chrono::milliseconds by) { wall_offset_ += by; }

  /// Runs everything that is ready, then moves to the next timer that is due, until `until` is reached.
  void advance_to(model::mono_time until) {
    for (;;) {
      settle();
      const auto next = waiting_.empty() ? until : std::min(until, (*waiting_.begin())->due());
      now_ = std::max(now_, next);
      const bool fired = fire_due();
      if (!fired && now_ >= until) return;
    }
  }
  void advance(std::chrono::nanoseconds by) { advance_to(now_ + by); }

  /// Time goes by while the loop is busy: nothing runs before the next `advance`.
  void stall(std::chrono::nanoseconds by) { now_ += by; }

  /// Runs what is ready without moving time.
  void settle() {
    loop_.restart();
    while (loop_.poll() > 0) loop_.restart();
  }

  [[nodiscard]] boost::asio::io_context& loop() const noexcept { return loop_; }

  model::clock_state state = model::clock_state::synchronized;

 private:
  class virtual_timer final : public runtime::timer {
   public:
    explicit virtual_timer(virtual_clock& owner)
        : owner_(owner), wake_up_(owner.loop_, boost::asio::steady_timer::time_point::max()) {}
    ~virtual_timer() override { owner_.waiting_.erase(this); }

    runtime::task<runtime::wait_result> wait_until(model::mono_time due) override {
      if (std::exchange(cancelled_, false)) co_return runtime::wait_result::cancelled;
      if (due <= owner_.now_) co_return runtime::wait_result::reached;
      due_ = due;
      owner_.waiting_.insert(this);
      [[maybe_unused]] auto [error] = co_await wake_up_.async_wait(runtime::as_result);
      owner_.waiting_.erase(this);
      co_return std::exchange(cancelled_, false) ? runtime::wait_result::cancelled : runtime::wait_result::reached;
    }
    void cancel() noexcept override {
      cancelled_ = true;
      if (owner_.waiting_.erase(this) > 0) wake_up_.cancel();
    }
    model::mono_time due() const noexcept { return due_; }
    void fire() { wake_up_.cancel(); }

   private:
    virtual_clock& owner_;
    boost::asio::steady_timer wake_up_;
    model::mono_time due_{};
    bool cancelled_ = false;
  };

  struct earlier {
    bool operator()(const virtual_timer* a, const virtual_timer* b) const noexcept {
      return std::pair(a->due(), a) < std::pair(b->due(), b);
    }
  };

  bool fire_due() {
    bool fired = false;
    while (!waiting_.empty() && (*waiting_.begin())->due() <= now_) {
      virtual_timer* due = *waiting_.begin();
      waiting_.erase(waiting_.begin());
      due->fire();
      fired = true;
    }
    return fired;
  }

  boost::asio::io_context& loop_;
  model::mono_time now_{std::chrono::hours{1}};
  std::chrono::milliseconds wall_offset_;
  std::set<virtual_timer*, earlier> waiting_;
};

}  // namespace edge_rollup::tests
