#include "runtime/errand.hpp"

#include "runtime/system_clock.hpp"
#include "runtime/task_scope.hpp"
#include "support/no_more_threads.hpp"

#include <boost/asio/io_context.hpp>
#include <catch2/catch_test_macros.hpp>

#include <expected>
#include <functional>
#include <future>
#include <memory>
#include <string>
#include <thread>
#include <utility>

using namespace edge_rollup;

namespace {

using result = std::expected<std::string, runtime::errand_failure>;

runtime::task<void> send(runtime::errand<std::string>& sent, std::function<std::string()> function, result& came,
                         bool& over) {
  came = co_await sent.run(std::move(function));
  over = true;
}

struct bench {
  ~bench() { errand.abandon(); }

  void send_for(std::function<std::string()> function) {
    over = false;
    scope.spawn(send(errand, std::move(function), came, over));
  }
  void run() {
    loop.restart();
    loop.run();
  }

  boost::asio::io_context loop;
  runtime::system_clock time{loop.get_executor()};
  runtime::errand<std::string> errand{loop.get_executor(), time};
  runtime::task_scope scope{loop.get_executor(), time};
  result came = std::unexpected(runtime::errand_failure::abandoned);
  bool over = false;
};

}  // namespace

TEST_CASE("an errand brings back what its function returned, from another thread") {
  bench test;
  const auto loop_thread = std::this_thread::get_id();
  for (const std::string answer : {"one", "and another"}) {
    test.send_for([&] { return std::this_thread::get_id() == loop_thread ? "the loop's thread" : answer; });
    test.run();
    CHECK(test.came == answer);
  }
  test.errand.abandon();
  CHECK_FALSE(test.errand.left_thread());
}

TEST_CASE("an errand that hangs is abandoned at once, and what it brings later is dropped") {
  auto let_go = std::make_shared<std::promise<void>>();
  auto ended = std::make_shared<std::promise<void>>();
  {
    bench test;
    test.send_for([waits = let_go->get_future().share(), ended] {
      waits.wait();
      ended->set_value();
      return std::string("too late");
    });
    test.loop.poll();
    REQUIRE_FALSE(test.over);
    test.errand.abandon();
    test.run();
    CHECK(test.over);
    CHECK(test.came == std::unexpected(runtime::errand_failure::abandoned));
    CHECK(test.errand.left_thread());
  }
  let_go->set_value();
  ended->get_future().wait();
}

TEST_CASE("who was abandoned runs no errand any more") {
  bench test;
  test.errand.abandon();
  test.send_for([] { return std::string("never"); });
  test.run();
  CHECK(test.over);
  CHECK(test.came == std::unexpected(runtime::errand_failure::abandoned));
  CHECK_FALSE(test.errand.left_thread());
}

TEST_CASE("an errand that gets no thread fails, and a later one goes") {
  bench test;
  {
    const tests::no_more_threads refused;
    test.send_for([] { return std::string("never"); });
    test.run();
  }
  CHECK(test.over);
  CHECK(test.came == std::unexpected(runtime::errand_failure::no_thread));
  test.send_for([] { return std::string("later"); });
  test.run();
  CHECK(test.came == "later");
}
