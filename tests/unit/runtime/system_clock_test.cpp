#include "runtime/system_clock.hpp"

#include "runtime/task_scope.hpp"

#include <boost/asio/io_context.hpp>
#include <catch2/catch_test_macros.hpp>

#include <vector>

using namespace edge_rollup;
using namespace std::chrono_literals;
using runtime::wait_result;

namespace {

runtime::task<void> wait(runtime::timer& timer, model::mono_time due, std::vector<wait_result>& ended) {
  auto how = co_await timer.wait_until(due);
  ended.push_back(how);
}

runtime::task<void> cancel(runtime::timer& timer) {
  timer.cancel();
  co_return;
}

}  // namespace

TEST_CASE("a real timer reaches its time, is cancelled, and remembers a cancel") {
  boost::asio::io_context loop;
  runtime::system_clock clock(loop.get_executor());
  runtime::task_scope scope(loop.get_executor(), clock);
  auto timer = clock.make_timer();
  std::vector<wait_result> ended;
  const auto before = clock.now();
  scope.spawn(wait(*timer, before + 5ms, ended));
  loop.run();
  CHECK(clock.now() - before >= 5ms);
  scope.spawn(wait(*timer, runtime::never, ended));
  scope.spawn(cancel(*timer));
  loop.restart();
  loop.run();
  timer->cancel();
  scope.spawn(wait(*timer, runtime::never, ended));
  loop.restart();
  loop.run();
  scope.spawn(wait(*timer, model::mono_time{}, ended));
  loop.restart();
  loop.run();
  CHECK(ended ==
        std::vector{wait_result::reached, wait_result::cancelled, wait_result::cancelled, wait_result::reached});
}
