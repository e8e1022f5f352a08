// No room on the disk, or a disk that fails: rounds go on, the newest rollup can be delivered, and all else is told.
#include "outbox/database.hpp"
#include "outbox/resilient_store.hpp"

#include "support/memory_log.hpp"
#include "support/seeded_entropy.hpp"
#include "support/temporary_directory.hpp"
#include "support/virtual_clock.hpp"
#include "unit/outbox/recording_disk.hpp"

#include <boost/asio/io_context.hpp>
#include <catch2/catch_test_macros.hpp>

#include <SQLiteCpp/Database.h>
#include <sqlite3.h>

#include <algorithm>
#include <cstdint>
#include <functional>
#include <memory>
#include <random>
#include <string>
#include <vector>

namespace edge_rollup::outbox {
namespace {

using model::loss_reason;

constexpr std::uint64_t mebibyte = 1024 * 1024;
constexpr std::uint64_t whole_disk = 1'000 * mebibyte;  // of which 5 % are to be left to others

record numbered(std::uint64_t sequence, int bytes = 30'000) {
  record made;
  made.sequence = sequence;
  made.id = "id-" + std::to_string(sequence);
  std::mt19937 noise(static_cast<std::uint32_t>(sequence));
  for (int size = 0; size < bytes; ++size) made.body.push_back(static_cast<char>(noise()));
  return made;
}

/// A daemon on a disk whose room the test decides.
class tested {
 public:
  tested() { start(); }

  void start() {
    store_.reset();
    auto opened = resilient_store::open(room_.path(), {.gateway = "gateway-1", .new_stream_id = "stream"},
                                        {time_, chance_, messages, [this](const auto&) {
                                           return runtime::disk_space{free, whole_disk};
                                         }});
    INFO((opened ? "" : opened.error().text));
    REQUIRE(opened);
    store_ = std::make_unique<resilient_store>(std::move(*opened));
  }
  /// The next start finds what the disk holds now.
  void crash() {
    const tests::temporary_directory dead;
    std::filesystem::copy(room_.path(), dead.path() / "copy");
    store_.reset();
    for (const auto& file : std::filesystem::directory_iterator(room_.path())) std::filesystem::remove(file.path());
    for (const auto& file : std::filesystem::directory_iterator(dead.path() / "copy")) {
      std::filesystem::copy(file.path(), room_.path());
    }
    start();
  }
  /// The next commit is written at the beginning of the log, which is as large as it was.
  void begin_log_anew() {
    SQLite::Database((room_.path() / store_file_name).native(), SQLite::OPEN_READWRITE).exec("PRAGMA wal_checkpoint");
  }
  void stop() { store_.reset(); }
  /// A disk that took nothing is tried again.
  void rest() { time_.advance(resilient_store::disk_rest); }
  std::filesystem::path reserve() const { return room_.path() / disk_reserve::file_name; }
  resilient_store& store() { return *store_; }
  overview glance() const { return store_->at_a_glance(); }
  std::uint64_t keep() {
    const auto sequence = glance().next_sequence;
    REQUIRE(store_->store(numbered(sequence)));
    return sequence;
  }
  void deliver(std::uint64_t sequence) {
    settlement change;
    change.delivered = sequence;
    REQUIRE(store_->settle(change));
  }
  std::vector<std::uint64_t> waiting() {
    std::vector<std::uint64_t> sequences;
    const auto front = store_->front(1'000);
    REQUIRE(front);
    for (const auto& each : *front) {
      sequences.push_back(each.sequence);
      CHECK(store_->load(each.sequence).value() == numbered(each.sequence));
    }
    return sequences;
  }

  std::uint64_t free = whole_disk / 2;
  tests::memory_log messages;

 private:
  tests::temporary_directory room_;
  boost::asio::io_context loop_;
  tests::virtual_clock time_{loop_};
  tests::seeded_entropy chance_{5};
  std::unique_ptr<resilient_store> store_;
};

using numbers = std::vector<std::uint64_t>;

TEST_CASE(
    "on a nearly full disk the newest rollup waits in memory, those it replaced are told, and it all ends alone") {
  tested daemon;
  daemon.keep();
  daemon.free = 49 * mebibyte;
  for (int round = 0; round < 3; ++round) daemon.keep();
  CHECK(daemon.waiting() == numbers{1, 4});
  CHECK(daemon.glance().in_memory_only);
  CHECK(daemon.glance().pending == 2);
  CHECK(daemon.glance().lost == model::loss{2, {{2, 3, loss_reason::disk}}});
  CHECK(daemon.glance().discarded[2] == 2);
  CHECK(daemon.messages.count("kept in memory only") == 1);

  daemon.deliver(1);
  CHECK(daemon.waiting() == numbers{4});
  daemon.free = 60 * mebibyte;  // above the bound, but not clearly
  daemon.keep();
  CHECK(daemon.waiting() == numbers{5});
  daemon.free = 63 * mebibyte;
  daemon.keep();
  CHECK(!daemon.glance().in_memory_only);
  CHECK(daemon.waiting() == numbers{5, 6});
  CHECK(daemon.glance().lost == model::loss{3, {{2, 4, loss_reason::disk}}});
  daemon.start();
  CHECK(daemon.waiting() == numbers{5, 6});
  CHECK(daemon.glance().lost == model::loss{3, {{2, 4, loss_reason::disk}}});
  CHECK(daemon.glance().next_sequence == 7);
}

TEST_CASE("what is in memory is delivered like anything else") {
  tested daemon;
  daemon.free = 0;
  const auto first = daemon.keep();
  settlement refused;
  refused.tried = entry{first, entry_state::aside, 2, 1, model::milliseconds{10}};
  REQUIRE(daemon.store().settle(refused));
  CHECK(daemon.store().front(9).value() == std::vector<entry>{*refused.tried});
  daemon.deliver(first);
  CHECK(daemon.waiting().empty());
  const auto second = daemon.keep();
  CHECK(second == first + 1);
  daemon.deliver(second);
  CHECK(daemon.glance().lost == model::loss{});
  CHECK(!daemon.glance().reason);
  daemon.start();
  CHECK(daemon.glance().next_sequence == second + 1);
  CHECK(daemon.glance().lost == model::loss{});
}

TEST_CASE("a clean end with a full disk loses what was in memory, and says so; no number is lost with it") {
  tested daemon;
  daemon.free = 0;
  daemon.keep();
  daemon.keep();
  daemon.start();
  CHECK(daemon.glance().next_sequence == 3);
  CHECK(daemon.glance().lost == model::loss{2, {{1, 2, loss_reason::disk}}});
}

TEST_CASE("a crash with a full disk uses no number again: all that may have been used are told as lost") {
  tested daemon;
  daemon.keep();
  daemon.free = 0;
  daemon.keep();
  daemon.keep();
  daemon.crash();
  CHECK(daemon.glance().next_sequence == 2 + resilient_store::reserved_numbers);
  CHECK(daemon.glance().lost == model::loss{resilient_store::reserved_numbers,
                                            {{2, 1 + resilient_store::reserved_numbers, loss_reason::disk}}});
}

TEST_CASE("with more rounds than reserved numbers the next block is taken") {
  tested daemon;
  daemon.free = 0;
  constexpr auto rounds = resilient_store::reserved_numbers * 2 + 3;
  for (std::uint64_t round = 0; round < rounds; ++round) daemon.keep();
  CHECK(daemon.waiting() == numbers{rounds});
  CHECK(daemon.glance().lost == model::loss{rounds - 1, {{1, rounds - 1, loss_reason::disk}}});
}

TEST_CASE("a rollup that does not fit any more is held in memory until it does") {
  tests::recording_disk disk;
  tested daemon;
  for (int round = 0; round < 4; ++round) daemon.keep();
  daemon.begin_log_anew();
  disk.allow_growth(false);
  const auto large = numbered(5, 1'000'000);
  REQUIRE(daemon.store().store(large));
  CHECK(daemon.glance().in_memory_only);
  CHECK(daemon.messages.count("kept in memory only: cannot store a rollup") == 1);
  CHECK(daemon.store().load(5).value() == large);
  daemon.deliver(1);
  disk.allow_growth(true);
  CHECK(daemon.keep() == 6);
  CHECK(!daemon.glance().in_memory_only);
  daemon.start();
  CHECK(daemon.store().load(5).value() == large);
  CHECK(daemon.glance().lost == model::loss{});
}

TEST_CASE("where not even a number can be reserved, nothing leaves under it, and rollups go on under others") {
  tests::recording_disk disk;
  tested daemon;
  daemon.keep();
  disk.allow_growth(false);
  const auto refused = daemon.store().store(numbered(2));
  REQUIRE(!refused);
  CHECK(refused.error().kind == model::error_kind::disk);
  CHECK(daemon.glance().stream != "stream");
  CHECK(daemon.keep() == 3);
  CHECK(daemon.waiting() == numbers{3});
  disk.allow_growth(true);
  daemon.rest();
  CHECK(daemon.keep() == 4);
  CHECK(daemon.waiting() == numbers{1, 3, 4});
  CHECK(daemon.glance().lost == model::loss{});
}

TEST_CASE("after a sync that failed the store is opened anew, and the rollup is stored") {
  for (std::size_t sync = 0; sync < 8; ++sync) {
    CAPTURE(sync);
    tests::recording_disk disk;
    tested daemon;
    daemon.keep();
    disk.fail_sync_after(sync);
    for (int round = 0; round < 4; ++round) daemon.keep();
    daemon.deliver(1);
    CHECK(daemon.waiting() == numbers{2, 3, 4, 5});
    CHECK(daemon.glance().lost == model::loss{});
    CHECK(!daemon.glance().in_memory_only);
    daemon.start();
    CHECK(daemon.waiting() == numbers{2, 3, 4, 5});
  }
}

TEST_CASE("a commit that survived the failure of its sync is neither held a second time nor lost, however many fail") {
  for (std::size_t sync = 0; sync < 6; ++sync) {
    for (std::size_t failures = 1; failures < 7; ++failures) {
      CAPTURE(sync, failures);
      tests::recording_disk disk;
      tested daemon;
      daemon.keep();
      disk.fail_sync_after(sync, failures);
      std::uint64_t newest = 0;
      for (std::uint64_t round = 2; round <= 5;) {
        newest = daemon.glance().next_sequence;
        round += daemon.store().store(numbered(newest)) ? 1U : 0U;
        daemon.rest();
      }
      disk.let_syncs_succeed();
      CHECK(daemon.waiting().back() == newest);
      daemon.start();
      CHECK(daemon.waiting().size() + daemon.glance().lost.total == 5);
      CHECK(std::ranges::is_sorted(daemon.waiting(), std::less_equal{}));
    }
  }
}

TEST_CASE("a store that is opened again while rollups are held takes none of their numbers for lost") {
  tests::recording_disk disk;
  tested daemon;
  daemon.keep();
  daemon.free = 0;
  daemon.keep();
  disk.fail_sync_after(0);
  daemon.deliver(1);
  CHECK(daemon.messages.count("opened again") == 1);
  CHECK(daemon.glance().lost == model::loss{});
  daemon.free = whole_disk / 2;
  CHECK(daemon.keep() == 3);
  CHECK(daemon.waiting() == numbers{2, 3});
  CHECK(daemon.glance().lost == model::loss{});
}

TEST_CASE("where not even the index of the log fits, a start gives the reserve up for it") {
  tests::recording_disk disk;
  tested daemon;
  daemon.keep();
  daemon.stop();
  disk.fill_with(daemon.reserve());
  daemon.free = 0;
  daemon.start();
  CHECK(daemon.waiting() == numbers{1});
}

TEST_CASE(
    "the reserve is held from the start, given up for a delivery on a full disk, and had again with the next room") {
  tests::recording_disk disk;
  tested daemon;
  const auto held = [&daemon] { return std::filesystem::file_size(daemon.reserve()); };
  CHECK(held() == disk_reserve::bytes);
  daemon.keep();
  daemon.keep();
  daemon.begin_log_anew();
  disk.refuse_changes(SQLITE_FULL);
  settlement change;
  change.delivered = 1;
  CHECK(!daemon.store().settle(change));  // the disk of this test takes nothing even so
  CHECK(held() == 0);
  disk.allow_changes();
  daemon.keep();
  CHECK(held() == disk_reserve::bytes);
}

TEST_CASE("a log that another process reads is not taken for emptied") {
  const tests::temporary_directory room;
  const auto file = (room.path() / "some.db").native();
  SQLite::Database written(file, SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
  written.exec("PRAGMA journal_mode = WAL; CREATE TABLE t (x); INSERT INTO t VALUES (1)");
  SQLite::Database beside(file, SQLite::OPEN_READONLY);
  beside.exec("BEGIN; SELECT * FROM t");
  written.exec("INSERT INTO t VALUES (2)");
  CHECK_THROWS_AS(write_log_into_file(written), SQLite::Exception);
  beside.exec("COMMIT");
  CHECK_NOTHROW(write_log_into_file(written));
}

}  // namespace
}  // namespace edge_rollup::outbox
