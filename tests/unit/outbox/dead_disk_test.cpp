// A disk that takes nothing at all, at once: rounds go on in a stream of their own, and everything adds up afterwards.
#include "outbox/visited_store.hpp"

#include "support/temporary_directory.hpp"
#include "unit/outbox/recording_disk.hpp"
#include "unit/outbox/store_bench.hpp"

#include <catch2/catch_test_macros.hpp>

#include <sqlite3.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace edge_rollup::outbox {
namespace {

namespace fs = std::filesystem;
using model::loss_reason;

TEST_CASE("on a disk that takes nothing the newest rollup is delivered from memory, and it recovers by itself") {
  const struct {
    const char* row;
    int result;
  } troubles[] = {{"every write fails", SQLITE_IOERR_WRITE},
                  {"the file system has become read-only", SQLITE_READONLY},
                  {"full to the last byte", SQLITE_FULL}};
  for (const auto& [row, result] : troubles) {
    CAPTURE(row);
    const tests::temporary_directory room;
    tests::recording_disk disk;
    store_bench daemon({.directory = room.path()});
    CHECK(daemon.round() == 1);
    disk.refuse_changes(result);
    CHECK(daemon.round() == 3);  // what was refused as 2 may turn up on the disk
    const auto stream = daemon.glance().stream;
    CHECK(stream != first_stream);
    CHECK(daemon.glance().previous_stream == first_stream);
    CHECK(daemon.glance().in_memory_only);
    CHECK(daemon.waiting() == numbers{3});
    daemon.deliver_all();
    CHECK(!daemon.glance().reason);
    for (int round = 0; round < 3; ++round) daemon.round();
    CHECK(daemon.waiting() == numbers{6});
    CHECK(daemon.glance().lost == model::loss{2, {{4, 5, loss_reason::disk}}});
    CHECK(daemon.messages.count("the disk takes nothing") == 1);

    disk.allow_changes();
    CHECK(daemon.round() == 7);
    CHECK(daemon.glance().in_memory_only);  // it is left alone for a while
    daemon.rest();
    CHECK(daemon.round() == 8);
    CHECK(!daemon.glance().in_memory_only);
    CHECK(daemon.glance().lost == model::loss{3, {{4, 6, loss_reason::disk}}});
    CHECK(daemon.glance().discarded[2] == 3);
    CHECK(daemon.waiting() == numbers{1, 7, 8});
    daemon.start();
    CHECK(daemon.glance().stream == stream);
    CHECK(daemon.glance().previous_stream == first_stream);
    CHECK(daemon.glance().next_sequence == 9);
    CHECK(daemon.glance().lost == model::loss{3, {{4, 6, loss_reason::disk}}});
    daemon.deliver_all();
    daemon.round();
    daemon.deliver_all();
    CHECK(daemon.glance().lost == model::loss{3, {}});
  }
}

TEST_CASE("what was delivered while the disk took nothing is settled on it later, and not offered again meanwhile") {
  const tests::temporary_directory room;
  tests::recording_disk disk;
  store_bench daemon({.directory = room.path()});
  daemon.round();
  daemon.round();
  CHECK(daemon.waiting() == numbers{1, 2});
  disk.refuse_changes(SQLITE_IOERR_WRITE);
  settlement change;
  change.delivered = 1;
  CHECK(!daemon.store().settle(change));  // delivery keeps it, and tries again
  daemon.round();
  CHECK(daemon.store().settle(change));
  CHECK(daemon.waiting() == numbers{4});
  disk.allow_changes();
  daemon.rest();
  daemon.round();
  CHECK(daemon.waiting() == numbers{2, 4, 5});
}

TEST_CASE("a process that dies while the disk takes nothing leaves a stream behind that nobody goes on with") {
  const tests::temporary_directory room;
  const tests::temporary_directory as_it_was;
  store_bench daemon({.directory = room.path()});
  daemon.round();
  fs::copy(room.path(), as_it_was.path(), fs::copy_options::recursive);
  std::string in_memory;
  {
    tests::recording_disk disk;
    store_bench dying({.directory = as_it_was.path()});
    disk.refuse_changes(SQLITE_IOERR_WRITE);
    dying.round();
    dying.deliver_all();
    in_memory = dying.glance().stream;
    dying.stop();
  }
  store_bench next({.directory = as_it_was.path()});
  CHECK(next.glance().stream == first_stream);
  CHECK(next.glance().next_sequence == 2);
  CHECK(in_memory != first_stream);
}

TEST_CASE(
    "a rollup that was refused and yet is on the disk is not offered besides the one that was made in its place") {
  const tests::temporary_directory room;
  tests::recording_disk disk;
  store_bench daemon({.directory = room.path()});
  daemon.round();
  disk.fail_sync_after(0, 100);  // commits reach the log, and nobody can say so
  CHECK(daemon.round() == 3);
  disk.let_syncs_succeed();
  daemon.rest();
  CHECK(daemon.round() == 4);
  CHECK(daemon.waiting() == numbers{1, 3, 4});
  CHECK(daemon.glance().lost == model::loss{});
  CHECK(daemon.glance().pending == 3);
}

TEST_CASE("a stream whose taking over stands though it was reported as failed does not collide with itself") {
  for (std::size_t syncs = 0; syncs < 4; ++syncs) {
    for (std::size_t failing = 1; failing < 4; ++failing) {
      CAPTURE(syncs, failing);
      const tests::temporary_directory room;
      tests::recording_disk disk;
      store_bench daemon({.directory = room.path()});
      daemon.round();
      disk.refuse_changes(SQLITE_READONLY);
      for (std::uint64_t round = 3; round <= 6; ++round) CHECK(daemon.round() == round);
      const auto stream = daemon.glance().stream;
      disk.allow_changes();
      disk.fail_sync_after(syncs, failing);
      std::uint64_t next = 7;
      for (; next < 10; ++next) {
        daemon.rest();
        CHECK(daemon.round() == next);
      }
      CHECK(!daemon.glance().in_memory_only);
      CHECK(daemon.glance().stream == stream);
      CHECK(daemon.glance().previous_stream == first_stream);
      CHECK(daemon.messages.count("used before") == 0);
      const auto lost = daemon.glance().lost.total;
      CHECK(lost >= 3);
      CHECK(daemon.waiting().size() + lost == 8);  // 1 and 3 to 9, each of them here or told
      daemon.start();
      CHECK(daemon.glance().next_sequence == next);
      CHECK(daemon.glance().lost.total == lost);
    }
  }
}

/// Whether a store that goes on where `next` begins could use a number again.
bool uses_again(const store_bench& before, const overview& next) {
  return std::ranges::any_of(before.delivered, [&next](const auto& each) {
    return each.first == next.stream && each.second >= next.next_sequence;
  });
}

TEST_CASE("numbers used in memory are not used again after an end at which the disk knew more than it had said") {
  for (const bool delivers_first : {false, true}) {
    const std::size_t most = delivers_first ? 2 : 3;  // with more of them it is on the disk again
    for (std::size_t syncs = 0; syncs < most; ++syncs) {
      CAPTURE(delivers_first, syncs);
      const tests::temporary_directory room;
      tests::recording_disk disk;
      store_bench daemon({.directory = room.path()});
      daemon.round();
      disk.refuse_changes(SQLITE_READONLY);
      for (int round = 0; round < 3; ++round) daemon.round();
      if (delivers_first) daemon.deliver_all();
      disk.allow_changes();
      disk.fail_sync_after(syncs, 10'000);  // commits reach the log, and nobody can say so
      for (std::uint64_t round = 0; round < resilient_store::reserved_numbers + 4; ++round) {
        daemon.rest();
        daemon.round();
        daemon.deliver_all();
        if (round > 3 && round < resilient_store::reserved_numbers) continue;
        disk.let_syncs_succeed();
        const tests::temporary_directory as_it_was;
        fs::copy(room.path(), as_it_was.path(), fs::copy_options::recursive);
        const store_bench next({.directory = as_it_was.path()});
        CHECK(!uses_again(daemon, next.glance()));
        disk.fail_sync_after(0, 10'000);
      }
      disk.let_syncs_succeed();
    }
  }
}

TEST_CASE("a stream that the disk has certainly not taken over stays the same, however often that was tried") {
  const tests::temporary_directory room;
  tests::recording_disk disk;
  store_bench daemon({.directory = room.path()});
  daemon.round();
  disk.refuse_changes(SQLITE_IOERR_WRITE);
  daemon.round();
  const auto stream = daemon.glance().stream;
  for (std::uint64_t round = 0; round < resilient_store::reserved_numbers * 2; ++round) {
    daemon.rest();
    daemon.round();
  }
  CHECK(daemon.glance().stream == stream);
}

/// The process has ended; an operator's command leaves a loss behind that no rollup has told yet.
std::vector<model::lost_range> drop_the_first_of_two(store_bench& daemon) {
  daemon.round();
  daemon.round();
  daemon.stop();
  auto visit = visited_store::open(daemon.directory());
  REQUIRE(visit);
  REQUIRE(visit->drop(sequence_range{1, 1}, [](const auto&...) {}));
  return {{1, 1, loss_reason::operator_request}};
}

TEST_CASE("what a store had to tell is told after rollups from memory that could not know of it") {
  tests::recording_disk disk;
  store_bench daemon;
  const auto dropped = drop_the_first_of_two(daemon);
  disk.refuse_changes(SQLITE_READONLY);
  disk.fill_with(daemon.directory());  // what the store has to tell cannot be read either
  daemon.start();
  CHECK(daemon.round() == 3);
  daemon.deliver_all();
  disk.allow_changes();
  disk.fill_with({});
  daemon.rest();
  CHECK(daemon.round() == 4);  // made before the disk was there again
  daemon.deliver_all();
  CHECK(daemon.glance().lost.ranges == dropped);
  CHECK(daemon.round() == 5);
  daemon.deliver_all();
  CHECK(daemon.glance().lost.ranges.empty());
}

TEST_CASE("what a store had to tell is not taken for told by rollups that were delivered from memory") {
  tests::recording_disk disk;
  store_bench daemon;
  const auto dropped = drop_the_first_of_two(daemon);
  disk.refuse_changes(SQLITE_READONLY);
  daemon.start();
  for (int round = 0; round < 5; ++round) {
    daemon.round();
    daemon.deliver_all();
  }
  disk.allow_changes();
  daemon.rest();
  daemon.round();
  CHECK(daemon.glance().lost.ranges == dropped);
}

TEST_CASE("however often the cloud refuses while the disk takes nothing, the newest rollup is offered again") {
  tests::recording_disk disk;
  store_bench daemon;
  daemon.round();
  disk.refuse_changes(SQLITE_READONLY);
  const auto newest = daemon.round();
  settlement refused;
  refused.tried = entry{.sequence = newest};
  for (std::size_t tries = 1; tries <= 2 * memory_hold::most_put_off; ++tries) {
    refused.tried->tries += 1;
    REQUIRE(daemon.store().settle(refused));
  }
  CHECK(daemon.waiting() == numbers{newest});
  disk.allow_changes();
  daemon.rest();
  const auto waiting = daemon.store().front(10);
  REQUIRE(waiting);
  CHECK(waiting->back() == *refused.tried);
}

TEST_CASE("a rollup from memory that is on the disk though nobody could say so is listed once") {
  for (std::size_t syncs = 0; syncs < 8; ++syncs) {
    for (std::size_t failing = 1; failing < 8; ++failing) {
      CAPTURE(syncs, failing);
      tests::recording_disk disk;
      store_bench daemon;
      daemon.round();
      disk.refuse_changes(SQLITE_READONLY);
      const auto newest = daemon.round();
      disk.allow_changes();
      disk.fail_sync_after(syncs, failing);
      daemon.rest();
      [[maybe_unused]] const auto looked = daemon.store().front(1);
      disk.let_syncs_succeed();
      daemon.rest();
      CHECK(daemon.waiting() == numbers{1, newest});
      CHECK(daemon.glance().pending == 2);
      const auto stream = daemon.glance().stream;
      daemon.start();
      CHECK(daemon.glance().stream == stream);
      CHECK(daemon.round() == newest + 1);
      CHECK(daemon.waiting() == numbers{1, newest, newest + 1});
    }
  }
}

TEST_CASE("a disk that writes again and has little room gives out what is on it, however often delivery looks") {
  tests::recording_disk disk;
  store_bench daemon;
  daemon.round();
  disk.refuse_changes(SQLITE_FULL);
  const auto newest = daemon.round();
  CHECK(daemon.waiting() == numbers{newest});
  disk.allow_changes();
  daemon.free = room_rule::auto_bytes / 2;
  daemon.rest();
  CHECK(daemon.waiting() == numbers{1, newest});
  CHECK(daemon.glance().in_memory_only);
}

TEST_CASE("what was discarded stays counted when the store is opened again") {
  tests::recording_disk disk;
  store_bench daemon({.bounds = {.max_age = std::chrono::hours{1}}});
  daemon.round();
  daemon.time.advance(std::chrono::hours{2});
  daemon.round();
  const auto discarded = daemon.glance().discarded;
  CHECK(discarded[1] == 1);
  disk.fail_sync_after(0);
  daemon.round();
  CHECK(daemon.messages.count("opened again") == 1);
  CHECK(daemon.glance().discarded == discarded);
}

TEST_CASE("numbers that were reserved when a process ended are told, whatever was delivered from memory meanwhile") {
  const tests::temporary_directory room;
  tests::recording_disk disk;
  store_bench daemon({.directory = room.path()});
  daemon.round();
  daemon.free = 0;
  const auto held = daemon.round();
  REQUIRE(daemon.glance().in_memory_only);
  disk.refuse_changes(SQLITE_FULL);
  daemon.start();
  const auto from = daemon.glance().next_sequence;
  REQUIRE(from > held);
  for (int rounds = 0; rounds < 5; ++rounds) {
    daemon.round();
    daemon.deliver_all();
  }
  disk.allow_changes();
  daemon.free = store_bench::whole_disk;
  daemon.rest();
  daemon.round();
  const std::vector<model::lost_range> reserved = {{held, from - 1, loss_reason::disk}};
  CHECK(daemon.glance().lost.ranges == reserved);
}

TEST_CASE("losses are counted once, however often a stream was taken over and nobody could say so") {
  for (std::size_t syncs = 0; syncs < 6; ++syncs) {
    CAPTURE(syncs);
    const tests::temporary_directory room;
    tests::recording_disk disk;
    store_bench daemon({.directory = room.path()});
    std::uint64_t rounds = 0;
    const auto make = [&](std::uint64_t count) {
      for (const auto end = rounds + count; rounds < end; ++rounds) daemon.round();
    };
    make(1);
    disk.refuse_changes(SQLITE_READONLY);
    make(4);
    disk.allow_changes();
    for (int times = 0; times < 2; ++times) {
      disk.fail_sync_after(syncs, 10'000);
      daemon.rest();
      make(3);
      daemon.deliver_all();
      make(1);
      daemon.deliver_all();                                                  // the cloud is told
      CHECK(daemon.glance().lost.total + daemon.delivered.size() < rounds);  // the first one waits on the disk
      disk.let_syncs_succeed();
    }
    daemon.rest();
    make(1);
    CHECK(!daemon.glance().in_memory_only);
    CHECK(daemon.glance().lost.total + daemon.delivered.size() + daemon.waiting().size() == rounds);
    make(2);
    daemon.deliver_all();
    make(1);
    daemon.deliver_all();
    CHECK(daemon.glance().lost.ranges.empty());
    CHECK(daemon.glance().lost.total + daemon.delivered.size() == rounds);
  }
}

}  // namespace
}  // namespace edge_rollup::outbox
