#include "runtime/task_scope.hpp"

#include "support/virtual_clock.hpp"

#include <catch2/catch_test_macros.hpp>

#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <stdexcept>
#include <string>

using namespace edge_rollup;
using namespace std::chrono_literals;
using runtime::task;

namespace {

task<void> wait_then_count(runtime::timer& timer, model::mono_time due, int& count) {
  [[maybe_unused]] auto ended = co_await timer.wait_until(due);
  ++count;
}

task<void> fail() {
  throw std::runtime_error("as it should");
  co_return;
}

task<void> join_and_note(runtime::task_scope& scope, std::string& note) {
  co_await scope.join();
  note = "joined";
}

struct fixture {
  boost::asio::io_context loop;
  tests::virtual_clock clock{loop};
  runtime::task_scope joiners{loop.get_executor(), clock};
};

}  // namespace

TEST_CASE("join waits for every task") {
  fixture f;
  runtime::task_scope scope(f.loop.get_executor(), f.clock);
  auto first = f.clock.make_timer();
  auto second = f.clock.make_timer();
  int count = 0;
  std::string note;
  scope.spawn(wait_then_count(*first, f.clock.now() + 1s, count));
  scope.spawn(wait_then_count(*second, f.clock.now() + 2s, count));
  f.joiners.spawn(join_and_note(scope, note));
  f.clock.advance(1s);
  CHECK(count == 1);
  CHECK(note.empty());
  f.clock.advance(1s);
  CHECK(count == 2);
  CHECK(note == "joined");
  CHECK(scope.running() == 0);
}

TEST_CASE("join of an empty scope returns at once") {
  fixture f;
  runtime::task_scope scope(f.loop.get_executor(), f.clock);
  std::string note;
  f.joiners.spawn(join_and_note(scope, note));
  f.clock.settle();
  CHECK(note == "joined");
}

TEST_CASE("a task that lets an exception out ends the process and says why") {
  int ends[2];
  REQUIRE(::pipe(ends) == 0);
  const auto child = ::fork();
  if (child == 0) {
    ::signal(SIGABRT, SIG_DFL);
    ::dup2(ends[1], STDERR_FILENO);
    fixture f;
    runtime::task_scope scope(f.loop.get_executor(), f.clock);
    scope.spawn(fail());
    f.clock.settle();
    ::_exit(0);
  }
  ::close(ends[1]);
  std::string said(256, '\0');
  said.resize(static_cast<std::size_t>(std::max<::ssize_t>(0, ::read(ends[0], said.data(), said.size()))));
  ::close(ends[0]);
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  CHECK(WIFSIGNALED(status));
  CHECK(said.find("bug: as it should") != std::string::npos);
}

TEST_CASE("a wake-up between two waits is not lost") {
  fixture f;
  auto timer = f.clock.make_timer();
  int count = 0;
  timer->cancel();
  runtime::task_scope scope(f.loop.get_executor(), f.clock);
  scope.spawn(wait_then_count(*timer, runtime::never, count));
  f.clock.settle();
  CHECK(count == 1);
}
