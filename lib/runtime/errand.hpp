// A function on a thread of its own that nobody has to wait for: a file on a server that is away may keep it for ever.
#pragma once

#include "runtime/async.hpp"
#include "runtime/clock.hpp"

#include <boost/asio/post.hpp>

#include <expected>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <system_error>
#include <thread>
#include <utility>

namespace edge_rollup::runtime {

enum class errand_failure { abandoned, no_thread };

/// Operation:    `run` carries a function out on a new thread and completes on the loop with what it returned.
/// Concurrency:  loop thread only, one `run` at a time. The function may outlive the object and the loop, so it owns
///               what it works with, but for objects of static storage duration: where `left_thread`, the process has
///               to end without destroying those (std::_Exit).
/// Cancellation: after `abandon` every `run` completes at once. The thread ends by itself, and what it brings is
///               dropped.
/// Errors:       `no_thread` where the system starts none. A function must not throw; one that does ends the process.
template <class Value>
class errand {
 public:
  errand(asio::any_io_executor loop, clock& time)
      : ended_(time.make_timer()), way_back_(std::make_shared<way_back>(std::move(loop), this)) {}
  errand(const errand&) = delete;
  errand& operator=(const errand&) = delete;
  ~errand() { abandon(); }

  [[nodiscard]] task<std::expected<Value, errand_failure>> run(std::function<Value()> function) {
    if (abandoned_) co_return std::unexpected(errand_failure::abandoned);
    if (!start(std::move(function))) co_return std::unexpected(errand_failure::no_thread);
    under_way_ = true;
    while (!brought_ && !abandoned_) {
      [[maybe_unused]] auto woken = co_await ended_->wait_until(never);
    }
    if (!brought_) co_return std::unexpected(errand_failure::abandoned);
    under_way_ = false;
    Value made = std::move(*brought_);
    brought_.reset();
    co_return made;
  }

  /// Whether a thread was abandoned that may be at work still.
  [[nodiscard]] bool left_thread() const noexcept { return abandoned_ && under_way_; }

  void abandon() noexcept {
    abandoned_ = true;
    way_back_->close();
    ended_->cancel();
  }

 private:
  [[nodiscard]] bool start(std::function<Value()> function) {
    try {
      std::thread([way = way_back_, function = std::move(function)]() noexcept {
        way->bring(way, function());
      }).detach();
      return true;
    } catch (const std::system_error&) {
      return false;
    }
  }

  /// What the thread knows of the object: nothing any more once it was abandoned.
  class way_back {
   public:
    way_back(asio::any_io_executor loop, errand* home) : loop_(std::move(loop)), home_(home) {}

    void bring(const std::shared_ptr<way_back>& self, Value made) {
      const std::lock_guard guard(mutex_);
      if (home_ == nullptr) return;
      asio::post(loop_, [self, made = std::move(made)]() mutable { self->arrive(std::move(made)); });
    }
    void close() noexcept {
      const std::lock_guard guard(mutex_);
      home_ = nullptr;
    }

   private:
    void arrive(Value made) {
      if (home_ == nullptr) return;
      home_->brought_ = std::move(made);
      home_->ended_->cancel();
    }

    std::mutex mutex_;
    asio::any_io_executor loop_;
    errand* home_;  ///< changes on the loop thread only
  };

  std::unique_ptr<timer> ended_;
  std::shared_ptr<way_back> way_back_;
  std::optional<Value> brought_;
  bool under_way_ = false;
  bool abandoned_ = false;
};

}  // namespace edge_rollup::runtime
