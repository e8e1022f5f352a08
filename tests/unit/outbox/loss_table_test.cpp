// Losses are noted once, whatever is told in which order, and what arrived after all is told no more.
#include "outbox/loss_table.hpp"

#include "outbox/memory_hold.hpp"
#include "outbox/sqlite_store.hpp"
#include "outbox/visited_store.hpp"

#include "support/property.hpp"
#include "support/temporary_directory.hpp"

#include <SQLiteCpp/Database.h>
#include <catch2/catch_test_macros.hpp>

#include <cstdint>
#include <map>
#include <string>
#include <tuple>
#include <vector>

namespace edge_rollup::outbox {
namespace {

using model::loss_reason;

struct table {
  tests::temporary_directory room;
  sqlite_store store = sqlite_store::open(room.path(), {.gateway = "gateway-1", .new_stream_id = "stream"}).value();
  SQLite::Database database{(room.path() / store_file_name).native(), SQLite::OPEN_READWRITE};

  std::uint64_t total() {
    return static_cast<std::uint64_t>(database.execAndGet("SELECT lost_total FROM meta").getInt64());
  }
};

record numbered(std::uint64_t sequence) {
  record made;
  made.sequence = sequence;
  made.id = "id-" + std::to_string(sequence);
  made.body = "body";
  return made;
}

settlement delivery_of(std::uint64_t sequence) {
  settlement change;
  change.delivered = sequence;
  return change;
}

TEST_CASE("ranges that overlap are noted once, under the reason that came first") {
  table lost;
  CHECK(declare_loss(lost.database, {5, 9, loss_reason::operator_request}, 20) == 5);
  CHECK(declare_loss(lost.database, {7, 12, loss_reason::disk}, 21) == 3);
  CHECK(declare_loss(lost.database, {3, 14, loss_reason::disk}, 22) == 4);
  CHECK(declare_loss(lost.database, {5, 9, loss_reason::damage}, 23) == 0);
  CHECK(read_losses(lost.database) == std::vector<model::lost_range>{{3, 4, loss_reason::disk},
                                                                     {5, 9, loss_reason::operator_request},
                                                                     {10, 14, loss_reason::disk}});
  CHECK(lost.total() == 12);
}

TEST_CASE("whatever ranges are noted, every number stands in one of them, and in one only") {
  using told = std::tuple<std::uint8_t, std::uint8_t, std::uint8_t>;
  tests::holds_for_all("each number once", [](const std::vector<told>& ranges) {
    table lost;
    std::map<std::uint64_t, loss_reason> numbers;
    for (const auto& [from, count, reason] : ranges) {
      const model::lost_range range{from + 1U, from + 1U + count % 16U, static_cast<loss_reason>(reason % 5)};
      declare_loss(lost.database, range, 1'000);
      for (auto each = range.from; each <= range.to; ++each) numbers.emplace(each, range.reason);
    }
    std::map<std::uint64_t, loss_reason> noted;
    for (const auto& range : read_losses(lost.database)) {
      for (auto each = range.from; each <= range.to; ++each) RC_ASSERT(noted.emplace(each, range.reason).second);
    }
    RC_ASSERT(noted == numbers);
    RC_ASSERT(lost.total() == numbers.size());
  });
}

TEST_CASE("a loss that is taken back leaves its neighbours, and stays counted") {
  table lost;
  declare_loss(lost.database, {5, 9, loss_reason::operator_request}, 20);
  CHECK(take_loss_back(lost.database, 7));
  CHECK(take_loss_back(lost.database, 9));
  CHECK(!take_loss_back(lost.database, 9));
  CHECK(read_losses(lost.database) ==
        std::vector<model::lost_range>{{5, 6, loss_reason::operator_request}, {8, 8, loss_reason::operator_request}});
  CHECK(lost.total() == 5);
}

TEST_CASE("a rollup that an operator drops while it is on its way, and that arrives, is not told as lost") {
  table lost;
  for (std::uint64_t sequence = 1; sequence <= 3; ++sequence) REQUIRE(lost.store.store(numbered(sequence)));
  REQUIRE(visited_store::open(lost.room.path()).value().drop(sequence_range{1, 2}, [](auto, auto) {}));
  REQUIRE(lost.store.front(1));
  CHECK(lost.store.at_a_glance().lost == model::loss{2, {{1, 2, loss_reason::operator_request}}});
  REQUIRE(lost.store.settle(delivery_of(1)));
  CHECK(lost.store.at_a_glance().lost == model::loss{2, {{2, 2, loss_reason::operator_request}}});
}

TEST_CASE("losses that a rollup under way has no room for are not taken for told when it arrives") {
  constexpr std::uint64_t too_many = told_ranges + 44;
  constexpr std::uint64_t last_lost = 2 * too_many - 1;
  table lost;
  auto next = std::uint64_t{1};
  const auto store = [&] { REQUIRE(lost.store.store(numbered(next++))); };
  const auto has_last = [&] { return read_losses(lost.database, too_many).back().to == last_lost; };
  auto visit = visited_store::open(lost.room.path()).value();
  const auto drop = [&](sequence_range which) { REQUIRE(visit.drop(which, [](auto, auto) {})); };
  while (next <= 2 * too_many) store();
  for (std::uint64_t every_second = 1; every_second <= last_lost; every_second += 2) drop({every_second, every_second});
  store();
  const auto first_told_by = next;
  store();

  // The next one is written here: it tells of as many as the one before.
  SECTION("when room is made by a rollup that arrives") {
    REQUIRE(lost.store.settle(delivery_of(first_told_by)));
  }
  SECTION("when room is made by losses that become one range") {
    drop({1, told_ranges});
  }
  SECTION("when room is made by lost ones that arrive") {
    for (std::uint64_t arrived = 1; arrived < told_ranges; arrived += 2)
      REQUIRE(lost.store.settle(delivery_of(arrived)));
  }
  const auto written = next;
  store();
  REQUIRE(lost.store.settle(delivery_of(written)));
  REQUIRE(!read_losses(lost.database).empty());
  CHECK(has_last());
  const auto last_told_by = next;
  store();
  REQUIRE(lost.store.settle(delivery_of(last_told_by)));
  CHECK(read_losses(lost.database).empty());
}

TEST_CASE("a rollup in memory that gives way while it is on its way, and that arrives, is not told as lost") {
  memory_hold held{7};
  for (std::uint64_t sequence = 7; sequence <= 9; ++sequence) held.take(numbered(sequence));
  CHECK(held.over({}).lost == model::loss{2, {{7, 8, loss_reason::disk}}});
  held.settle(delivery_of(8));
  CHECK(held.over({}).lost == model::loss{2, {{7, 7, loss_reason::disk}}});
}

TEST_CASE("a rollup in memory that arrives when several others have given way after it is not told as lost either") {
  const struct {
    std::uint64_t arrived;
    std::vector<model::lost_range> told;
  } rows[] = {{7, {{8, 11, loss_reason::disk}}},
              {9, {{7, 8, loss_reason::disk}, {10, 11, loss_reason::disk}}},
              {11, {{7, 10, loss_reason::disk}}},
              {6, {{7, 11, loss_reason::disk}}}};
  for (const auto& [arrived, told] : rows) {
    CAPTURE(arrived);
    memory_hold held{7};
    for (std::uint64_t sequence = 7; sequence <= 12; ++sequence) held.take(numbered(sequence));
    held.settle(delivery_of(arrived));
    CHECK(held.over({}).lost == model::loss{5, told});
    held.take(numbered(13));
    CHECK(held.over({}).lost.ranges.back().to == 12);
  }
}

TEST_CASE("the total of what is held in memory does not go back when a rollup has told of it") {
  memory_hold held{1};
  for (std::uint64_t sequence = 1; sequence <= 3; ++sequence) held.take(numbered(sequence));
  CHECK(held.over({}).lost == model::loss{2, {{1, 2, loss_reason::disk}}});
  held.take(numbered(4));
  held.settle(delivery_of(4));
  CHECK(held.over({}).lost.total == 3);
  CHECK(held.dropped_and_told().empty());  // the last one gave way when 4 was made already
  held.settle(delivery_of(5));
  CHECK(held.over({}).lost == model::loss{3, {}});
  CHECK(count_not_below(1, held.dropped_and_told()) == 3);
}

TEST_CASE("losses below the number with which the disk goes on stand on it already") {
  memory_hold held{1};
  for (std::uint64_t sequence = 1; sequence <= 5; ++sequence) held.take(numbered(sequence));
  overview disk;
  disk.next_sequence = 3;
  disk.lost = {2, {{1, 2, loss_reason::disk}}};
  CHECK(held.over(disk).lost == model::loss{4, {{1, 2, loss_reason::disk}, {3, 4, loss_reason::disk}}});
  held.settle(delivery_of(5));
  held.take(numbered(6));
  held.settle(delivery_of(6));
  disk.lost.ranges.clear();
  CHECK(held.over(disk).lost == model::loss{4, {}});
}

TEST_CASE("told losses in more places than are remembered are counted all the same") {
  memory_hold held{1};
  constexpr std::uint64_t lost = memory_hold::most_told + 44;
  for (std::uint64_t sequence = 1; sequence <= 3 * lost; ++sequence) {
    held.take(numbered(sequence));
    if (sequence % 3 != 1) held.settle(delivery_of(sequence));
  }
  CHECK(held.dropped_and_told().size() == memory_hold::most_told);
  CHECK(held.over({}).lost == model::loss{lost, {}});
}

TEST_CASE("settlements that are put off are kept apart, but for deliveries of what was held here") {
  memory_hold held{7};
  CHECK(held.put_off(delivery_of(3)));
  for (std::uint64_t sequence = 7; sequence <= 200; ++sequence) CHECK(held.put_off(delivery_of(sequence)));
  CHECK(held.settled_meanwhile() == std::vector<settlement>{delivery_of(3), delivery_of(200)});
  settlement tried;
  for (tried.tried = entry{.sequence = 201}; tried.tried->tries < 9; ++tried.tried->tries) CHECK(held.put_off(tried));
  tried.tried->tries = 8;
  CHECK(held.settled_meanwhile() == std::vector<settlement>{delivery_of(3), delivery_of(200), tried});
  CHECK(held.put_off(delivery_of(201)));
  CHECK(held.settled_meanwhile() == std::vector<settlement>{delivery_of(3), delivery_of(201)});
  settlement dead;
  dead.dead = {4};
  for (std::size_t each = 2; each < memory_hold::most_put_off; ++each) CHECK(held.put_off(dead));
  CHECK(!held.put_off(dead));
}

}  // namespace
}  // namespace edge_rollup::outbox
