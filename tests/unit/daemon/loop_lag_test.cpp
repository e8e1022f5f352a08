#include "daemon/service/loop_lag.hpp"

#include "runtime/task_scope.hpp"
#include "support/virtual_clock.hpp"

#include <catch2/catch_test_macros.hpp>

#include <boost/asio/io_context.hpp>

using namespace edge_rollup;

TEST_CASE("The longest lateness of the last minute is told, from the first second on") {
  boost::asio::io_context loop;
  tests::virtual_clock time(loop);
  daemon::loop_lag lag(time, [] { return model::mono_time::min(); });
  runtime::task_scope tasks(loop.get_executor(), time);
  tasks.spawn(lag.run());
  time.settle();
  CHECK(lag.longest() == std::nullopt);
  time.advance(model::seconds(1));
  CHECK(lag.longest() == model::nanoseconds(0));
  time.stall(model::milliseconds(1'250));
  time.advance(model::nanoseconds(0));
  CHECK(lag.longest() == model::milliseconds(250));
  time.advance(model::seconds(59));
  CHECK(lag.longest() == model::milliseconds(250));
  time.advance(model::seconds(2));
  CHECK(lag.longest() == model::nanoseconds(0));
  lag.stop();
  time.settle();
}

TEST_CASE("An idle loop is not woken to be measured before it has something to do") {
  boost::asio::io_context loop;
  tests::virtual_clock time(loop);
  auto idle_until = time.now() + model::seconds(300);
  daemon::loop_lag lag(time, [&idle_until] { return idle_until; });
  runtime::task_scope tasks(loop.get_executor(), time);
  tasks.spawn(lag.run());
  time.advance(model::seconds(299));
  CHECK(lag.longest() == std::nullopt);
  idle_until = {};  // a round begins, and the loop is two seconds late for it
  time.stall(model::seconds(3));
  time.advance(model::nanoseconds(0));
  CHECK(lag.longest() == model::seconds(2));
  idle_until = time.now() + model::seconds(300);
  time.advance(model::seconds(61));
  CHECK(lag.longest() == model::nanoseconds(0));
  lag.stop();
  time.settle();
}
