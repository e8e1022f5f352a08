// How much the store keeps, what goes first, and that all of it is told.
#include "outbox/sqlite_store.hpp"

#include "support/temporary_directory.hpp"
#include "unit/outbox/store_bench.hpp"

#include <catch2/catch_test_macros.hpp>

#include <cstdint>
#include <filesystem>
#include <random>
#include <string>
#include <vector>

namespace edge_rollup::outbox {
namespace {

using model::loss_reason;
using std::chrono::hours;

constexpr std::uint64_t body_bytes = 20'000;

sqlite_store opened(const std::filesystem::path& directory, const outbox_options& bounds) {
  auto store = sqlite_store::open(directory, {.gateway = "gateway-1", .new_stream_id = "stream", .bounds = bounds});
  REQUIRE(store);
  return std::move(*store);
}

/// With a body that does not compress.
record numbered(std::uint64_t sequence) {
  record made;
  made.sequence = sequence;
  made.id = "id-" + std::to_string(sequence);
  std::mt19937 noise(static_cast<std::uint32_t>(sequence));
  for (std::uint64_t size = 0; size < body_bytes; ++size) made.body.push_back(static_cast<char>(noise()));
  return made;
}

void keep(sqlite_store& store, std::uint64_t count) {
  for (; count > 0; --count) REQUIRE(store.store(numbered(store.at_a_glance().next_sequence)));
}

void settle_delivered(sqlite_store& store, std::uint64_t sequence) {
  settlement change;
  change.delivered = sequence;
  REQUIRE(store.settle(change));
}

void bury(sqlite_store& store, std::vector<std::uint64_t> sequences) {
  settlement change;
  change.dead = std::move(sequences);
  REQUIRE(store.settle(change));
}

TEST_CASE("a store never grows over max_bytes: the oldest go, and are told as one range") {
  const tests::temporary_directory room;
  const outbox_options bounds{.max_bytes = 300'000};
  auto store = opened(room.path(), bounds);
  for (int each = 0; each < 100; ++each) {
    keep(store, 1);
    CHECK(store.at_a_glance().file_bytes <= bounds.max_bytes);
  }
  const auto& glance = store.at_a_glance();
  CHECK(glance.pending >= 10);
  const auto first = store.front(1).value().front().sequence;
  CHECK(first == 101 - glance.pending);
  CHECK(glance.lost == model::loss{first - 1, {{1, first - 1, loss_reason::max_bytes}}});
  CHECK(glance.discarded[0] == first - 1);
  CHECK(store.load(first).value() == numbered(first));

  settle_delivered(store, first);
  CHECK(store.at_a_glance().lost.ranges.size() == 1);  // it was made before the last discard
  settle_delivered(store, 100);
  CHECK(store.at_a_glance().lost.ranges.size() == 1);  // so was the newest: the discard made room for it
  keep(store, 2);  // the first of them may have been written before that discard, too
  const auto told = store.at_a_glance().next_sequence - 1;
  const auto still_untold = store.at_a_glance().lost.ranges.empty() ? 0 : store.at_a_glance().lost.ranges.back().to;
  CHECK(still_untold >= first - 1);
  settle_delivered(store, told);
  CHECK((store.at_a_glance().lost.ranges.empty() || store.at_a_glance().lost.ranges.back().to > first - 1));
}

TEST_CASE("bounds that became narrower take what is over them away piece by piece, told as one range") {
  const tests::temporary_directory room;
  constexpr auto cap = sqlite_store::most_discards;
  constexpr std::uint64_t rows = cap * 5 / 2;
  struct row {
    const char* label;
    outbox_options narrower;
    loss_reason reason;
    std::uint64_t gone_in_the_end;  // of those made meanwhile, only the newest has room in one byte
  };
  const row rows_of_bounds[] = {
      {"max_bytes", {.max_bytes = 1}, loss_reason::max_bytes, rows + 2},
      {"max_age", {.max_age = hours{1}}, loss_reason::max_age, rows},
  };
  const auto full = room.path() / "full";
  std::filesystem::create_directory(full);
  {
    auto store = opened(full, {});
    for (std::uint64_t sequence = 1; sequence <= rows; ++sequence) {
      REQUIRE(store.store({.sequence = sequence, .id = "id", .stored_at = {}, .body = "{}", .packed = ""}));
    }
  }
  for (const auto& [label, narrower, reason, gone_in_the_end] : rows_of_bounds) {
    INFO(label);
    std::filesystem::copy(full, room.path() / label);
    auto store = opened(room.path() / label, {});
    store.time_is(model::mono_time{});
    store.time_is(model::mono_time{} + hours{2});
    store.change_bounds(narrower);
    for (const std::uint64_t gone : {cap, 2 * cap, gone_in_the_end}) {
      keep(store, 1);
      const auto& glance = store.at_a_glance();
      CHECK(glance.pending == glance.next_sequence - 1 - gone);
      CHECK(glance.lost == model::loss{gone, {{1, gone, reason}}});
      CHECK(glance.discarded.at(static_cast<std::size_t>(reason)) == gone);
    }
  }
}

TEST_CASE("a glance tells how long the oldest has waited, in the time that a daemon ran, and how long it may") {
  const tests::temporary_directory room;
  const model::mono_time boot{};
  {
    auto store = opened(room.path(), {.max_age = hours{48}});
    store.time_is(boot);
    keep(store, 1);
    CHECK(store.at_a_glance().oldest_age == hours{0});
    store.time_is(boot + hours{5});
    keep(store, 1);
    CHECK(store.at_a_glance().oldest_age == hours{5});
    CHECK(store.at_a_glance().max_age == hours{48});
  }
  auto store = opened(room.path(), {.max_age = hours{24}});
  CHECK(store.at_a_glance().oldest_age == hours{5});
  CHECK(store.at_a_glance().max_age == hours{24});
  settle_delivered(store, 1);
  CHECK(store.at_a_glance().oldest_age == hours{0});
  settle_delivered(store, 2);
  CHECK(store.at_a_glance().oldest_age == hours{0});
}

TEST_CASE("dead letters go before anything that still waits") {
  const tests::temporary_directory room;
  auto store = opened(room.path(), {.max_bytes = 300'000});
  keep(store, 10);
  bury(store, {4, 7});
  while (store.at_a_glance().lost.total < 3) keep(store, 1);
  CHECK(store.at_a_glance().dead == 0);
  using ranges = std::vector<model::lost_range>;
  CHECK(store.at_a_glance().lost.ranges ==
        ranges{{1, 1, loss_reason::max_bytes}, {4, 4, loss_reason::max_bytes}, {7, 7, loss_reason::max_bytes}});
}

TEST_CASE("the newest is kept, however large it is") {
  const tests::temporary_directory room;
  auto store = opened(room.path(), {.max_bytes = 1});
  keep(store, 3);
  CHECK(store.front(9).value() == std::vector<entry>{{.sequence = 3}});
  CHECK(store.load(3).value() == numbered(3));
}

TEST_CASE("rollups age by the time a daemon ran, over restarts, and never by the wall clock") {
  const tests::temporary_directory room;
  const outbox_options bounds{.max_age = hours{48}};
  const model::mono_time boot{};
  {
    auto store = opened(room.path(), bounds);
    store.time_is(boot + hours{1'000});
    keep(store, 3);
    bury(store, {2});
    store.time_is(boot + hours{1'030});
    auto stepped = numbered(4);
    stepped.stored_at = model::wall_time{std::chrono::years{50}};
    REQUIRE(store.store(stepped));
    CHECK(store.at_a_glance().lost.total == 0);
  }
  auto store = opened(room.path(), bounds);
  store.time_is(boot + hours{1});  // another boot: nobody knows how long it took
  keep(store, 1);
  CHECK(store.at_a_glance().lost.total == 0);
  store.time_is(boot + hours{20});
  keep(store, 1);
  CHECK(store.at_a_glance().lost == model::loss{3, {{1, 3, loss_reason::max_age}}});
  CHECK(store.at_a_glance().dead == 0);
  CHECK(store.front(9).value().front().sequence == 4);
}

TEST_CASE("a wall clock that steps by years discards nothing") {
  store_bench daemon({.bounds = {.max_age = hours{1}}});
  daemon.round();
  for (const auto step : {std::chrono::years{50}, std::chrono::years{-100}, std::chrono::years{57}}) {
    daemon.time.step_wall(step);
    daemon.round();
  }
  CHECK(daemon.waiting() == numbers{1, 2, 3, 4});
  CHECK(daemon.glance().lost == model::loss{});
}

TEST_CASE("more losses than one rollup may tell are told by the next ones, each until a rollup with it is delivered") {
  const tests::temporary_directory room;
  auto store = opened(room.path(), {});
  constexpr std::uint64_t losses = 300;
  std::vector<declared_loss> scattered;
  for (std::uint64_t each = 0; each < losses; ++each) {
    scattered.push_back({{each * 2 + 1, each * 2 + 1, loss_reason::damage}, losses * 2});
  }
  REQUIRE(store.account({.next = losses * 2, .losses = scattered}));
  CHECK(store.at_a_glance().lost.total == losses);
  CHECK(store.at_a_glance().lost.ranges.size() == 256);
  CHECK(store.at_a_glance().lost.ranges.back().to == 511);
  REQUIRE(store.store(numbered(600)));
  settle_delivered(store, 600);
  CHECK(store.at_a_glance().lost.ranges.size() == losses - 256);
  CHECK(store.at_a_glance().lost.ranges.front().from == 513);
  REQUIRE(store.store(numbered(601)));  // may have been written before that
  settle_delivered(store, 601);
  CHECK(store.at_a_glance().lost.ranges.size() == losses - 256);
  REQUIRE(store.store(numbered(602)));
  settle_delivered(store, 602);
  CHECK(store.at_a_glance().lost == model::loss{losses, {}});
}

TEST_CASE("what a rollup from memory pushes out is told after the one that was written meanwhile") {
  store_bench daemon({.bounds = {.max_age = std::chrono::hours{1}}});
  daemon.round();
  daemon.time.advance(std::chrono::minutes{40});
  daemon.round();
  daemon.free = 0;
  REQUIRE(daemon.round() == 3);
  daemon.time.advance(std::chrono::minutes{30});
  daemon.free = store_bench::whole_disk;
  REQUIRE(daemon.round() == 4);  // written before 3 came to the disk, where it pushed 1 out
  REQUIRE(daemon.waiting() == numbers{2, 3, 4});
  daemon.deliver_all();
  CHECK(daemon.glance().lost == model::loss{1, {{1, 1, loss_reason::max_age}}});
  daemon.round();
  daemon.deliver_all();
  CHECK(daemon.glance().lost.ranges.empty());
}

TEST_CASE("losses that one rollup cannot tell are not taken for told by one that was held in memory") {
  const tests::temporary_directory room;
  auto store = opened(room.path(), {});
  constexpr std::uint64_t losses = 300;
  std::vector<declared_loss> scattered;
  for (std::uint64_t each = 0; each < losses; ++each) {
    scattered.push_back({{each * 2 + 1, each * 2 + 1, loss_reason::damage}, losses * 2});
  }
  REQUIRE(store.account({.next = losses * 2, .losses = scattered}));
  REQUIRE(store.account({.next = losses * 2, .reserved_to = losses * 2 + 10}));
  settle_delivered(store, losses * 2 + 10);
  CHECK(store.at_a_glance().lost.ranges.size() == losses - 256);
}

}  // namespace
}  // namespace edge_rollup::outbox
