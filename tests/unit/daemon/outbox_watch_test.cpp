#include "daemon/outbox_watch.hpp"

#include "runtime/task_scope.hpp"
#include "support/memory_log.hpp"
#include "support/memory_outbox.hpp"
#include "support/virtual_clock.hpp"

#include <boost/asio/io_context.hpp>
#include <catch2/catch_test_macros.hpp>

#include <chrono>
#include <cstddef>
#include <utility>
#include <vector>

using namespace edge_rollup;
using namespace std::chrono_literals;

namespace {

/// What another process has done shows only after the next look at the file, as in the real one.
class shared_outbox final : public outbox::outbox {
 public:
  using overview = edge_rollup::outbox::overview;
  using record = edge_rollup::outbox::record;
  using entry = edge_rollup::outbox::entry;
  using settlement = edge_rollup::outbox::settlement;

  overview at_a_glance() const override { return seen_; }
  runtime::task<model::result<std::vector<entry>>> front(std::size_t) override {
    seen_ = on_disk;
    ++looks;
    co_return std::vector<entry>{};
  }
  runtime::task<model::result<void>> store(record made) override { return other_.store(std::move(made)); }
  runtime::task<model::result<std::optional<record>>> load(std::uint64_t sequence) override {
    return other_.load(sequence);
  }
  runtime::task<model::result<void>> settle(settlement change) override { return other_.settle(std::move(change)); }

  overview on_disk;
  int looks = 0;

 private:
  overview seen_;
  tests::memory_outbox other_;
};

}  // namespace

TEST_CASE("what another process changes in the outbox is noticed within seconds, and once") {
  boost::asio::io_context loop;
  tests::virtual_clock time{loop};
  shared_outbox store;
  int changes = 0;
  tests::memory_log messages;
  daemon::outbox_watch watch(time, store, messages, [&changes] { ++changes; });
  runtime::task_scope running(loop.get_executor(), time);
  running.spawn(watch.run());

  time.advance(1min);
  CHECK(changes == 0);
  CHECK(store.looks == 1min / daemon::outbox_check);

  store.on_disk.dead = 1;
  time.advance(daemon::outbox_check);
  CHECK(changes == 1);
  store.on_disk.dead = 0;
  store.on_disk.pending = 1;
  time.advance(daemon::outbox_check);
  CHECK(changes == 2);
  time.advance(1min);
  CHECK(changes == 2);

  CHECK(messages.entries().empty());
  store.on_disk.stream = "0b2ad5d8-1c0e-4d51-a3b6-0d6f3f0a5b11";
  time.advance(1min);
  CHECK(messages.count("numbered in stream 0b2ad5d8-1c0e-4d51-a3b6-0d6f3f0a5b11") == 1);
  CHECK(changes == 2);

  watch.stop();
  time.advance(1min);
  CHECK(running.running() == 0);
}
