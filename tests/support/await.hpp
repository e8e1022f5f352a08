// Runs one coroutine to its end from a test that is none itself.
#pragma once

#include "runtime/async.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <exception>
#include <optional>
#include <utility>

namespace edge_rollup::tests {

/// Turns the loop until everything on it is done; gives what `work` returned or throws what it threw.
template <class T>
T await(runtime::asio::io_context& loop, runtime::task<T> work) {
  std::exception_ptr thrown;
  std::optional<T> returned;
  runtime::asio::co_spawn(loop, std::move(work), [&](std::exception_ptr problem, T value) {
    thrown = std::move(problem);
    returned = std::move(value);
  });
  loop.restart();
  loop.run();
  if (thrown) std::rethrow_exception(thrown);
  return std::move(returned).value();
}

}  // namespace edge_rollup::tests
