// The only file that reads the clocks of the machine.
#include "runtime/system_clock.hpp"

#include <boost/asio/steady_timer.hpp>

#include <sys/timex.h>
#include <unistd.h>

#include <utility>

namespace edge_rollup::runtime {
namespace {

class system_timer final : public timer {
 public:
  explicit system_timer(const asio::any_io_executor& loop) : timer_(loop) {}

  task<wait_result> wait_until(model::mono_time due) override {
    if (std::exchange(cancelled_, false)) co_return wait_result::cancelled;
    timer_.expires_at(due);
    waiting_ = true;
    auto [error] = co_await timer_.async_wait(as_result);
    waiting_ = false;
    // The cancel flag decides, not the error: a timer that ran out in the tick of its cancel completes without an
    // error.
    if (std::exchange(cancelled_, false) || error) co_return wait_result::cancelled;
    co_return wait_result::reached;
  }

  void cancel() noexcept override {
    cancelled_ = true;
    if (waiting_) timer_.cancel();
  }

 private:
  asio::steady_timer timer_;
  bool waiting_ = false;
  bool cancelled_ = false;
};

}  // namespace

system_clock::system_clock(asio::any_io_executor loop) : loop_(std::move(loop)) {}

model::mono_time system_clock::now() const noexcept {
  return std::chrono::steady_clock::now();
}

model::wall_time wall_clock_now() noexcept {
  return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

model::wall_time system_clock::wall_now() const noexcept {
  return wall_clock_now();
}

model::clock_state system_clock::wall_state() const noexcept {
  if (wall_now() < model::oldest_plausible_time) return model::clock_state::unsynchronized;
  timex asked{};
  const int answer = ::adjtimex(&asked);
  if (answer >= 0 && answer != TIME_ERROR && (asked.status & STA_UNSYNC) == 0) return model::clock_state::synchronized;
  if (::access("/run/systemd/timesync/synchronized", F_OK) == 0) return model::clock_state::synchronized;
  return answer >= 0 ? model::clock_state::unsynchronized : model::clock_state::unknown;
}

std::unique_ptr<timer> system_clock::make_timer() {
  return std::make_unique<system_timer>(loop_);
}

}  // namespace edge_rollup::runtime
