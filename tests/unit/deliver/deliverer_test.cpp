#include "deliver/deliverer.hpp"

#include "runtime/task_scope.hpp"
#include "support/memory_log.hpp"
#include "support/memory_outbox.hpp"
#include "support/scripted_sink.hpp"
#include "support/seeded_entropy.hpp"
#include "support/virtual_clock.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <catch2/catch_test_macros.hpp>

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

using namespace edge_rollup;
using namespace std::chrono_literals;
using deliver::verdict;
using outbox::entry;
using outbox::entry_state;

namespace {

using sequences = std::vector<std::uint64_t>;

/// An outbox in which the records of some rollups are damaged, others are dropped right before they are read, and
/// reading them may take its time.
class damaged_outbox final : public outbox::outbox {
 public:
  explicit damaged_outbox(runtime::clock& time) : time_(time) {}

  edge_rollup::outbox::overview at_a_glance() const override { return sound.at_a_glance(); }
  runtime::task<model::result<void>> store(edge_rollup::outbox::record made) override {
    return sound.store(std::move(made));
  }
  runtime::task<model::result<std::vector<entry>>> front(std::size_t limit) override { return sound.front(limit); }
  runtime::task<model::result<std::optional<edge_rollup::outbox::record>>> load(std::uint64_t sequence) override {
    auto disk = time_.make_timer();
    const auto due = time_.now() + load_takes;
    [[maybe_unused]] auto waited = co_await disk->wait_until(due);
    if (std::ranges::count(damaged, sequence) > 0) {
      co_await drop(sequence);
      co_return model::fail(model::error_kind::bad_data, "its checksum is wrong");
    }
    if (std::ranges::count(dropped, sequence) > 0) co_await drop(sequence);
    if (std::ranges::count(missing, sequence) > 0) co_return std::nullopt;
    auto loaded = co_await sound.load(sequence);
    co_return loaded;
  }
  runtime::task<model::result<void>> settle(edge_rollup::outbox::settlement change) override {
    return sound.settle(std::move(change));
  }

  tests::memory_outbox sound;
  sequences damaged;
  sequences dropped;
  sequences missing;  ///< listed for ever, but never there
  model::milliseconds load_takes{0};

 private:
  runtime::task<void> drop(std::uint64_t sequence) {
    edge_rollup::outbox::settlement gone;
    gone.delivered = sequence;
    [[maybe_unused]] auto settled = co_await sound.settle(std::move(gone));
  }

  runtime::clock& time_;
};

/// A deliverer with everything around it on a virtual clock.
class bench {
 public:
  ~bench() {
    delivery.cancel();
    time.settle();
  }

  void store(int count = 1) {
    for (; count > 0; --count) {
      const auto sequence = store_.at_a_glance().next_sequence;
      outbox::record made;
      made.sequence = sequence;
      made.body = "body " + std::to_string(sequence);
      runtime::asio::co_spawn(loop, store_.store(std::move(made)), [](std::exception_ptr, const auto&) {});
      time.settle();
    }
    delivery.notify();
  }

  void start() { running.spawn(delivery.run()); }

  std::optional<deliver::delivery_try> once(std::uint64_t sequence) {
    std::optional<model::result<std::optional<deliver::delivery_try>>> ended;
    runtime::asio::co_spawn(loop, delivery.deliver_until(sequence),
                            [&](std::exception_ptr, auto result) { ended = std::move(result); });
    time.advance(1min);
    REQUIRE(ended);
    REQUIRE(ended->has_value());
    return **ended;
  }

  entry_state state_of(std::uint64_t sequence) const {
    for (const auto& each : store_.sound.entries()) {
      if (each.sequence == sequence) return each.state;
    }
    FAIL("rollup " << sequence << " is not in the outbox");
    return {};
  }

  boost::asio::io_context loop;
  tests::virtual_clock time{loop};
  tests::seeded_entropy chance{1};
  tests::memory_log messages;
  damaged_outbox store_{time};
  std::shared_ptr<tests::scripted_sink> endpoint = std::make_shared<tests::scripted_sink>(time);
  tests::scripted_sink& cloud = *endpoint;
  std::vector<deliver::delivery_try> tries;
  deliver::deliverer delivery{
      {time, chance, messages, store_, endpoint, [this](const auto& ended, const auto&) { tries.push_back(ended); }},
      deliver::deliver_options{},
      deliver::endpoint_trust::certain};
  runtime::task_scope running{loop.get_executor(), time};
};

}  // namespace

TEST_CASE("what is stored is delivered at once and in order") {
  bench test;
  test.store(3);
  test.start();
  test.time.advance(1s);
  CHECK(test.cloud.offers == sequences{1, 2, 3});
  CHECK(test.cloud.bodies[1] == "body 2");
  CHECK(test.store_.sound.entries().empty());

  test.store();
  test.time.settle();
  CHECK(test.cloud.offers == sequences{1, 2, 3, 4});
  REQUIRE(test.tries.size() == 4);
  CHECK(test.tries[3].sequence == 4);
  CHECK(test.tries[3].came.body_bytes == 6);
  CHECK(test.tries[3].judged.verdict == verdict::delivered);
}

TEST_CASE("a backlog is offered slowly at first, and what comes alone at once") {
  bench test;
  test.store(31);
  test.start();
  test.time.settle();
  CHECK(test.cloud.offers.size() == 1);
  test.time.advance(999ms);
  CHECK(test.cloud.offers.size() == 5);
  test.time.advance(1s);
  CHECK(test.cloud.offers.size() == 15);
  test.time.advance(2s);
  CHECK(test.store_.sound.entries().empty());
  test.store(3);
  test.time.settle();
  CHECK(test.store_.sound.entries().empty());
}

TEST_CASE("a rollup of a round on the clock waits for this gateway's moment, others and the end do not") {
  bench test;
  test.start();
  test.time.settle();
  test.store();
  test.delivery.notify(20s);
  SECTION("for its moment") {
    test.time.advance(19s);
    CHECK(test.cloud.offers.empty());
    test.time.advance(1s);
    CHECK(test.cloud.offers == sequences{1});
  }
  SECTION("for its moment, though the outbox is looked at before") {
    for (int looks = 0; looks < 19; ++looks) {
      test.delivery.look();
      test.time.advance(1s);
    }
    CHECK(test.cloud.offers.empty());
    test.time.advance(1s);
    CHECK(test.cloud.offers == sequences{1});
  }
  SECTION("for its moment, however many rounds end before") {
    for (int rounds = 0; rounds < 10; ++rounds) {
      test.time.advance(2s - 1ms);
      test.delivery.notify(20s);
    }
    test.time.advance(10ms);
    CHECK(test.cloud.offers == sequences{1});
  }
  SECTION("until another is wanted at once") {
    test.time.advance(5s);
    test.store();
    test.time.advance(1s);
    CHECK(test.cloud.offers == sequences{1, 2});
  }
  SECTION("until the end") {
    test.time.advance(5s);
    test.delivery.finish_by(test.time.now() + 10s);
    test.time.settle();
    CHECK(test.cloud.offers == sequences{1});
  }
}

TEST_CASE("a hold ends seconds after its credentials were changed") {
  bench test;
  test.cloud.otherwise = 401;
  test.store(2);
  test.start();
  test.time.advance(2h);
  REQUIRE(test.delivery.state().hold);
  test.cloud.otherwise = 202;
  test.cloud.changed_set_up = true;
  test.time.advance(6s);
  CHECK(test.store_.sound.entries().empty());
  CHECK(test.messages.count("the credentials for the cloud have changed") == 1);
}

TEST_CASE("after an outage delivery goes on by itself, and the log tells how long it was") {
  bench test;
  test.cloud.otherwise = 503;
  test.store(2);
  test.start();
  test.time.advance(12min);
  CHECK(test.store_.sound.entries()[0].tries == test.cloud.offers.size());
  CHECK(test.cloud.offers.size() > 3);
  CHECK(test.messages.count("the cloud answers 503") == std::ssize(test.cloud.offers));
  const auto warned = [&] {
    return std::ranges::count(test.messages.entries(), observe::log_level::warn, &observe::log_entry::level);
  };
  CHECK(warned() == 1);
  test.time.advance(3h);
  CHECK(warned() == 4);

  test.cloud.otherwise = 202;
  test.time.advance(10min);
  CHECK(test.store_.sound.entries().empty());
  CHECK(test.messages.count("delivered again after 3 h, 1 waiting") == 1);
}

TEST_CASE("a refused rollup becomes a dead letter when a later one is accepted") {
  bench test;
  test.cloud.table = {{1, 422}};
  test.store(3);
  test.start();
  test.time.advance(1s);
  CHECK(test.cloud.offers == sequences{1, 2, 3});
  CHECK(test.state_of(1) == entry_state::dead);
  CHECK(test.messages.count("rollup 1 is a dead letter") == 1);
}

TEST_CASE("a damaged record is told as lost and blocks nothing") {
  bench test;
  test.store_.damaged = {2};
  test.store(3);
  test.start();
  test.time.advance(1s);
  CHECK(test.cloud.offers == sequences{1, 3});
  CHECK(test.messages.count("its checksum is wrong; it is discarded and told as lost") == 1);
}

TEST_CASE("what an operator drops right before it is offered is nothing to wait for or to tell") {
  bench test;
  test.store_.dropped = {1, 2};
  test.store(3);
  test.start();
  test.time.settle();
  CHECK(test.cloud.offers == sequences{3});
  CHECK(std::ranges::count(test.messages.entries(), observe::log_level::error, &observe::log_entry::level) == 0);
}

TEST_CASE("a rollup that is listed for ever but never there makes delivery wait for the outbox instead of spinning") {
  bench test;
  test.store_.missing = {1};
  test.store(2);
  test.start();
  test.time.advance(1min);
  CHECK(test.cloud.offers.empty());
  CHECK(test.messages.count("delivery waits for the outbox: rollup 1 is listed but gone") < 20);
  CHECK(std::ranges::count(test.messages.entries(), observe::log_level::error, &observe::log_entry::level) == 1);
}

TEST_CASE("a disk that fails for a while delays delivery and is told once") {
  bench test;
  test.store(2);
  test.store_.sound.fail_next(3);
  test.start();
  test.time.settle();
  CHECK(test.cloud.offers.empty());
  test.time.advance(1min);
  CHECK(test.cloud.offers == sequences{1, 2});
  const auto told = std::ranges::count(test.messages.entries(), observe::log_level::error, &observe::log_entry::level);
  CHECK(told == 1);
  CHECK(test.messages.count("the outbox can be used again") == 1);
}

TEST_CASE("while a delivery cannot be recorded nothing else is offered") {
  bench test;
  test.cloud.latency = 1s;
  test.store(2);
  test.start();
  test.time.settle();
  test.store_.sound.fail_next(4);
  test.time.advance(1s);
  CHECK(test.cloud.offers == sequences{1});
  CHECK(test.store_.sound.entries().size() == 2);
  test.time.advance(2min);
  CHECK(test.cloud.offers == sequences{1, 2});
  CHECK(test.store_.sound.entries().empty());
}

TEST_CASE("delivery ends when all is delivered before the deadline") {
  bench test;
  test.cloud.latency = 1s;
  test.store(3);
  test.start();
  test.time.settle();
  test.delivery.finish_by(test.time.now() + 10s);
  test.time.advance(4s);
  CHECK(test.cloud.offers == sequences{1, 2, 3});
  CHECK(test.running.running() == 0);
}

TEST_CASE("delivery begins no try after the deadline") {
  bench test;
  test.cloud.latency = 4s;
  test.store(5);
  test.start();
  test.time.settle();
  test.delivery.finish_by(test.time.now() + 10s);
  test.time.advance(1min);
  CHECK(test.cloud.offers == sequences{1, 2, 3});
  CHECK(test.running.running() == 0);
}

TEST_CASE("delivery does not sit out a wait that ends after the deadline") {
  bench test;
  test.cloud.otherwise = 503;
  test.store();
  test.start();
  test.time.advance(1h);
  REQUIRE(test.running.running() == 1);
  test.delivery.finish_by(test.time.now() + 1ms);
  test.time.settle();
  CHECK(test.running.running() == 0);
}

TEST_CASE("cancelling ends the try in flight and changes nothing in the outbox") {
  bench test;
  test.cloud.latency = 1h;
  test.store(2);
  test.start();
  test.time.advance(1min);
  test.delivery.cancel();
  test.time.settle();
  CHECK(test.running.running() == 0);
  CHECK(test.cloud.offers == sequences{1});
  CHECK(test.store_.sound.entries()[0] == entry{.sequence = 1});
  CHECK(test.tries.empty());
}

TEST_CASE("nothing is offered when the end comes while the disk reads") {
  bench test;
  test.store_.load_takes = 2s;
  test.store();
  test.start();
  test.time.advance(1s);
  SECTION("by cancelling") {
    test.delivery.cancel();
  }
  SECTION("by a deadline") {
    test.delivery.finish_by(test.time.now() + 500ms);
  }
  test.time.advance(2s);
  CHECK(test.cloud.offers.empty());
  CHECK(test.running.running() == 0);
  CHECK(test.store_.sound.entries() == std::vector<entry>{{.sequence = 1}});
}

TEST_CASE("delivering once ends with the try of the wanted rollup, or the one that failed") {
  bench test;
  test.store(3);

  SECTION("all are taken") {
    const auto last = test.once(3);
    REQUIRE(last);
    CHECK(last->sequence == 3);
    CHECK(last->judged.verdict == verdict::delivered);
    CHECK(test.cloud.offers == sequences{1, 2, 3});
  }
  SECTION("the second fails") {
    test.cloud.table = {{2, 503}};
    const auto last = test.once(3);
    REQUIRE(last);
    CHECK(last->sequence == 2);
    CHECK(last->came.status == 503);
    CHECK(test.cloud.offers == sequences{1, 2});
  }
  SECTION("an old one is refused") {
    test.cloud.table = {{1, 422}};
    const auto last = test.once(3);
    REQUIRE(last);
    CHECK(last->sequence == 3);
    CHECK(last->judged.verdict == verdict::delivered);
  }
  SECTION("the wanted one is refused") {
    test.cloud.table = {{3, 400}};
    const auto last = test.once(3);
    REQUIRE(last);
    CHECK(last->sequence == 3);
    CHECK(last->judged.verdict == verdict::refused);
    CHECK(test.cloud.offers == sequences{1, 2, 3});
  }
}

TEST_CASE("what moves to another cloud ends its try where it began, and goes on there at once") {
  bench test;
  test.cloud.otherwise = 401;
  test.cloud.latency = 2s;
  test.store(2);
  test.start();
  test.time.advance(1s);
  const auto moved_to = std::make_shared<tests::scripted_sink>(test.time);
  test.delivery.change_cloud(moved_to, deliver::endpoint_trust::certain);
  test.time.advance(2s);
  CHECK(test.cloud.offers == sequences{1});
  CHECK(test.tries.front().judged.verdict == verdict::hold);
  CHECK(moved_to->offers == sequences{1, 2});
}

TEST_CASE("a hold ends when delivery moves to another cloud") {
  bench test;
  test.cloud.otherwise = 404;
  test.store();
  test.start();
  test.time.advance(1h);
  REQUIRE(test.delivery.state().hold);
  const auto moved_to = std::make_shared<tests::scripted_sink>(test.time);
  test.delivery.change_cloud(moved_to, deliver::endpoint_trust::certain);
  test.time.settle();
  CHECK(moved_to->offers == sequences{1});
}
