#include "daemon/service/service_watchdog.hpp"

#include "runtime/task_scope.hpp"
#include "support/memory_outbox.hpp"
#include "support/virtual_clock.hpp"

#include <boost/asio/io_context.hpp>
#include <catch2/catch_test_macros.hpp>

#include <chrono>
#include <cstddef>
#include <optional>
#include <utility>
#include <vector>

using namespace edge_rollup;
using namespace std::chrono_literals;

namespace {

/// An outbox on a disk that takes its time.
class slow_disk final : public outbox::outbox {
 public:
  using record = edge_rollup::outbox::record;
  using entry = edge_rollup::outbox::entry;

  explicit slow_disk(runtime::clock& time) : time_(time) {}

  edge_rollup::outbox::overview at_a_glance() const override { return sound_.at_a_glance(); }
  runtime::task<model::result<void>> store(record made) override { return sound_.store(std::move(made)); }
  runtime::task<model::result<std::vector<entry>>> front(std::size_t limit) override {
    auto disk = time_.make_timer();
    const auto due = time_.now() + takes;
    [[maybe_unused]] auto waited = co_await disk->wait_until(due);
    if (fails) co_return model::fail(model::error_kind::disk, "the disk fails");
    auto found = co_await sound_.front(limit);
    co_return found;
  }
  runtime::task<model::result<std::optional<record>>> load(std::uint64_t sequence) override {
    return sound_.load(sequence);
  }
  runtime::task<model::result<void>> settle(edge_rollup::outbox::settlement change) override {
    return sound_.settle(std::move(change));
  }

  model::milliseconds takes{0};
  bool fails = false;

 private:
  runtime::clock& time_;
  tests::memory_outbox sound_;
};

struct bench {
  boost::asio::io_context loop;
  tests::virtual_clock time{loop};
  slow_disk disk{time};
  std::vector<model::mono_time> signs;
  daemon::service_watchdog watchdog{time, disk, 10s, [this] { signs.push_back(time.now()); }};
  runtime::task_scope running{loop.get_executor(), time};

  ~bench() {
    watchdog.stop();
    time.advance(24h);
  }
  void start() {
    running.spawn(watchdog.run());
    time.settle();
  }
  /// Signs of life within the next `span`.
  std::size_t signs_within(model::nanoseconds span) {
    const auto before = signs.size();
    time.advance(span);
    return signs.size() - before;
  }
};

}  // namespace

TEST_CASE("systemd sees a sign of life at once, and twice within its patience") {
  bench test;
  test.start();
  CHECK(test.signs.size() == 1);
  CHECK(test.signs_within(60s) == 12);
}

TEST_CASE("a disk that stalls makes a sign late, and none is lost by it") {
  bench test;
  test.start();
  test.disk.takes = 500ms;
  test.signs_within(60s);
  for (std::size_t i = 1; i < test.signs.size(); ++i) CHECK(test.signs[i] - test.signs[i - 1] <= 5'500ms);
  CHECK(test.signs.size() >= 11);
}

TEST_CASE("a disk that does not answer ends the signs, until it does") {
  bench test;
  test.start();
  test.disk.takes = 1h;
  CHECK(test.signs_within(30min) == 0);
  test.disk.takes = 0ms;
  CHECK(test.signs_within(31min) > 0);
}

TEST_CASE("a disk that fails is alive") {
  bench test;
  test.disk.fails = true;
  test.start();
  CHECK(test.signs_within(60s) == 12);
}
