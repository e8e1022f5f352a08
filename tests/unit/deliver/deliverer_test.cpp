#include "deliver/deliverer.hpp"

#include "support/deliverer_bench.hpp"
#include "support/scripted_sink.hpp"
#include "wire/rfc3339.hpp"

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
using tests::sequences;
using bench = tests::deliverer_bench;

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

TEST_CASE("a hold lasts since its answer came, however long the disk takes to hear of it") {
  bench test;
  test.cloud.otherwise = 401;
  test.store_.settle_takes = 3s;
  test.store();
  const auto came = wire::format_timestamp(test.time.wall_now());
  test.start();
  test.time.advance(1s);
  test.store_.settle_takes = 0s;
  test.time.advance(2s);
  CHECK(test.messages.entries().front().message.starts_with("delivery holds since " + came));
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

TEST_CASE("credentials that change while nothing waits count with the next rollup, and are told once") {
  bench test;
  test.cloud.otherwise = 401;
  test.store();
  test.start();
  test.time.advance(2h);
  test.store_.dropped = {1};
  test.time.advance(15min);
  REQUIRE(test.store_.sound.entries().empty());
  REQUIRE(test.delivery.state().hold);
  test.cloud.otherwise = 202;
  test.cloud.changed_set_up = true;
  test.time.advance(1h);
  CHECK(test.messages.count("the credentials for the cloud have changed") == 0);
  test.store();
  test.time.advance(6s);
  CHECK(test.store_.sound.entries().empty());
  CHECK(test.messages.count("the credentials for the cloud have changed") <= 1);
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
  CHECK(test.messages.count("delivery goes on") == 1);
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

TEST_CASE("what moves to another cloud does not wait for the one before, and offers it the same") {
  bench test;
  test.cloud.latency = 10min;
  test.store(2);
  test.start();
  test.time.advance(1s);
  const auto moved_to = test.move();
  test.time.advance(1s);
  CHECK(test.cloud.offers == sequences{1});
  CHECK(moved_to->offers == sequences{1, 2});
  CHECK(moved_to->bodies.front() == test.cloud.bodies.front());
  REQUIRE(test.tries.size() == 2);
  CHECK(test.tries.front().judged.verdict == verdict::delivered);
}

TEST_CASE("an answer that came before the move counts, but is not waited after") {
  bench test;
  test.cloud.otherwise = 401;
  test.cloud.latency = 2s;
  test.cloud.is_cancellable = false;
  test.store(2);
  test.start();
  test.time.advance(1s);
  const auto moved_to = test.move();
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
  const auto moved_to = test.move();
  test.time.settle();
  CHECK(moved_to->offers == sequences{1});
}
