// The one thread that waits for the disk, so that an fsync never stalls the loop.
#pragma once

#include "runtime/async.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>

#include <exception>
#include <functional>
#include <optional>
#include <type_traits>
#include <utility>

namespace edge_rollup::runtime {

/// Operation:    `run` hands a function to the thread and completes on the loop with what it returned, in call order.
/// Concurrency:  `run` on the loop thread only; functions run one after the other on the disk thread.
/// Cancellation: none. A function that was handed over runs; the destructor waits for the last one.
/// Errors:       a function must not throw; one that does ends the process.
class disk_thread {
 public:
  disk_thread() = default;
  disk_thread(const disk_thread&) = delete;
  disk_thread& operator=(const disk_thread&) = delete;
  ~disk_thread() { join(); }  // the pool's own destructor would drop what waits

  template <class Function>
  [[nodiscard]] task<std::invoke_result_t<Function&>> run(Function function) {
    using value = std::invoke_result_t<Function&>;
    auto initiate = [this](auto handler, Function work) {
      // Tracked, so that the loop does not end while the thread still works for it.
      auto executor = asio::prefer(asio::get_associated_executor(handler), asio::execution::outstanding_work.tracked);
      asio::post(pool_, [handler = std::move(handler), executor, work = std::move(work)]() mutable noexcept {
        auto complete = [handler = std::move(handler), outcome = std::optional<value>(work())]() mutable {
          std::move(handler)(std::move(*outcome));
        };
        asio::post(executor, std::move(complete));
      });
    };
    return asio::async_initiate<decltype(asio::use_awaitable), void(value)>(std::move(initiate), asio::use_awaitable,
                                                                            std::move(function));
  }

  /// Hands over a function that nobody waits for; it may hand over another one.
  template <class Function>
  void post(Function function) {
    asio::post(pool_, [function = std::move(function)]() mutable noexcept { function(); });
  }

  /// Waits until everything handed over is done.
  void join() { pool_.join(); }

 private:
  asio::thread_pool pool_{1};
};

}  // namespace edge_rollup::runtime
