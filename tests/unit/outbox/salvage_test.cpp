// A salvage that is stopped or refused at any moment: the next one finds everything that the first one found.
#include "outbox/changeover.hpp"
#include "outbox/resilient_store.hpp"

#include "support/store_process.hpp"
#include "support/temporary_directory.hpp"
#include "unit/outbox/recording_disk.hpp"

#include <catch2/catch_test_macros.hpp>

#include <SQLiteCpp/Database.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdint>
#include <fstream>
#include <map>
#include <random>
#include <string>

namespace edge_rollup::outbox {
namespace {

namespace fs = std::filesystem;
using tests::first_stream;
using tests::store_process;

constexpr std::uint64_t kept = 40;

record numbered(std::uint64_t sequence) {
  record made;
  made.sequence = sequence;
  made.id = "id-" + std::to_string(sequence);
  std::mt19937 noise(static_cast<std::uint32_t>(sequence));
  for (int size = 0; size < 3'000; ++size) made.body.push_back(static_cast<char>(noise() % 64 + ' '));
  return made;
}

/// The index says nothing that could not be said without it: every rollup can be saved.
void damage_index(const fs::path& directory) {
  SQLite::Database(std::string(directory / store_file_name), SQLite::OPEN_READWRITE)
      .exec("PRAGMA writable_schema = ON; UPDATE sqlite_schema SET rootpage = 2 WHERE name = 'rollup_waiting'");
}

enum class condition { sound, damaged };

/// A store with `kept` rollups, some of them in the log only, as a crash leaves it.
void make_store(const fs::path& directory, condition as) {
  const tests::temporary_directory alive;
  store_process daemon;
  auto store = daemon.try_open(alive.path());
  REQUIRE(store);
  for (std::uint64_t sequence = 1; sequence <= kept; ++sequence) REQUIRE(store->store(numbered(sequence)));
  if (as == condition::damaged) damage_index(alive.path());
  for (const auto* part : {"", "-wal"}) {
    const auto name = std::string(store_file_name) + part;
    fs::copy(alive.path() / name, directory / name);
  }
}

std::uint64_t readable(resilient_store& store) {
  std::uint64_t count = 0;
  const auto front = store.front(kept * 2);
  REQUIRE(front);
  for (const auto& each : *front) {
    const auto loaded = store.load(each.sequence);
    REQUIRE(loaded);
    CHECK(loaded->value() == numbered(each.sequence));
    ++count;
  }
  return count;
}

void check_all_saved(const fs::path& directory) {
  store_process daemon;
  auto store = daemon.try_open(directory);
  INFO((store ? "" : store.error().text));
  REQUIRE(store);
  CHECK(readable(*store) == kept);
  CHECK(store->at_a_glance().lost == model::loss{});
  // A first page that was mended before the end may be all that was wrong.
  const bool is_mended = store->at_a_glance().stream == first_stream;
  CHECK((is_mended || store->at_a_glance().previous_stream == first_stream));
  CHECK(store->at_a_glance().next_sequence == kept + 1);
  CHECK(!fs::exists(directory / salvage_file_name));
}

std::map<std::string, int> set_aside_in(const fs::path& directory) {
  std::map<std::string, int> found;
  for (const auto& file : fs::directory_iterator(directory)) {
    const auto name = file.path().filename().native();
    if (name.starts_with("outbox.corrupt-")) found[name.substr(0, name.find('Z'))] += 1;
  }
  return found;
}

TEST_CASE("a salvage that is killed at any write, sync or removal loses nothing: the next start does it again") {
  std::size_t moments = 0;
  for (bool ended = false; !ended; moments += 1) {
    CAPTURE(moments);
    REQUIRE(moments < 500);
    const tests::temporary_directory room;
    make_store(room.path(), condition::damaged);
    const auto child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
      tests::recording_disk disk;
      disk.die_after(moments);
      store_process daemon;
      const auto store = daemon.try_open(room.path());
      ::_exit(store ? 0 : 1);
    }
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    REQUIRE(WIFEXITED(status));
    ended = WEXITSTATUS(status) == 0;
    REQUIRE((ended || WEXITSTATUS(status) == tests::recording_disk::death));
    check_all_saved(room.path());
  }
  CHECK(moments > 20);
}

TEST_CASE("a changeover that stops between two renames is ended by the next start") {
  for (int renames = 0; renames <= 2; ++renames) {
    CAPTURE(renames);
    const tests::temporary_directory room;
    make_store(room.path(), condition::damaged);
    const tests::temporary_directory salvaged;
    fs::copy(room.path(), salvaged.path());
    {
      store_process daemon;
      REQUIRE(daemon.try_open(salvaged.path()));
    }
    fs::copy(salvaged.path() / store_file_name, room.path() / salvage_file_name);
    if (renames > 0) fs::rename(room.path() / store_file_name, room.path() / "outbox.corrupt-20261123T000000Z");
    if (renames > 1) fs::rename(room.path() / "outbox.db-wal", room.path() / "outbox.corrupt-20261123T000000Z-wal");
    check_all_saved(room.path());
    if (renames > 0) CHECK(fs::exists(room.path() / "outbox.corrupt-20261123T000000Z-wal"));
  }
}

TEST_CASE("a changeover that stopped is ended when that can be done, and its successor is not set aside too") {
  const tests::temporary_directory room;
  make_store(room.path(), condition::damaged);
  store_process daemon;
  const auto aside = name_aside(room.path(), daemon.time.wall_now());
  for (const auto* part : {"-wal", "-shm", "-page1"}) fs::create_directory(aside.native() + part);
  auto store = daemon.try_open(room.path());
  REQUIRE(store);
  CHECK(store->at_a_glance().in_memory_only);
  CHECK(!fs::exists(room.path() / store_file_name));
  for (const auto* part : {"-wal", "-shm", "-page1"}) fs::remove(aside.native() + part);
  daemon.time.advance(resilient_store::disk_rest);
  REQUIRE(store->store(numbered(store->at_a_glance().next_sequence)));
  CHECK(!store->at_a_glance().in_memory_only);
  while (store->continue_salvage()) continue;
  CHECK(readable(*store) == kept + 1);
  CHECK(set_aside_in(room.path()).size() == 1);
  CHECK(daemon.messages.count("half-way") == 1);
}

TEST_CASE("a store that cannot be looked at is not taken for one that has left its place") {
  const tests::temporary_directory room;
  const auto store = room.path() / store_file_name;
  fs::create_symlink(store, store);
  std::ofstream(room.path() / salvage_file_name) << "half a store";
  const auto ended = end_changeover(room.path(), {});
  REQUIRE(!ended);
  CHECK(ended.error().kind == model::error_kind::disk);
  CHECK(fs::is_symlink(store));
  CHECK(fs::exists(room.path() / salvage_file_name));
}

TEST_CASE("as long as no new store fits, the damaged one keeps its name, and is salvaged when there is room") {
  const tests::temporary_directory room;
  make_store(room.path(), condition::damaged);
  {
    tests::recording_disk disk;
    disk.allow_growth(false);
    store_process daemon;
    const auto store = daemon.try_open(room.path());
    REQUIRE(store);
    CHECK(store->at_a_glance().in_memory_only);
    CHECK(store->at_a_glance().previous_stream == first_stream);
    CHECK(set_aside_in(room.path()).empty());
    CHECK(fs::exists(room.path() / store_file_name));
  }
  check_all_saved(room.path());
}

TEST_CASE("a sync that fails anywhere in a salvage loses nothing") {
  for (std::size_t sync = 0; sync < 12; ++sync) {
    CAPTURE(sync);
    const tests::temporary_directory room;
    make_store(room.path(), condition::damaged);
    {
      tests::recording_disk disk;
      disk.fail_sync_after(sync);
      store_process daemon;
      [[maybe_unused]] const auto store = daemon.try_open(room.path());
    }
    check_all_saved(room.path());
  }
}

TEST_CASE("a flipped byte in the first page loses nothing, and keeps nobody from starting") {
  const tests::temporary_directory original;
  make_store(original.path(), condition::sound);
  SQLite::Database(std::string(original.path() / store_file_name), SQLite::OPEN_READWRITE)
      .exec("PRAGMA wal_checkpoint(TRUNCATE)");
  std::string refused;
  std::string lossy;
  for (std::size_t at = 0; at < 4'096; at += at < 128 ? 1 : 61) {
    CAPTURE(at);
    const tests::temporary_directory room;
    fs::copy(original.path() / store_file_name, room.path() / store_file_name);
    {
      std::fstream bytes(room.path() / store_file_name, std::ios::in | std::ios::out | std::ios::binary);
      bytes.seekg(static_cast<std::streamoff>(at));
      const auto was = static_cast<char>(bytes.get());
      bytes.seekp(static_cast<std::streamoff>(at));
      bytes.put(static_cast<char>(was ^ 0x15));
    }
    store_process daemon;
    auto store = daemon.try_open(room.path());
    if (!store) {
      refused += std::to_string(at) + ": " + store.error().text + "\n";
      continue;
    }
    const auto count = readable(*store);
    if (count != kept) lossy += std::to_string(at) + ": " + std::to_string(count) + "\n";
  }
  CHECK(refused == "");
  CHECK(lossy == "");
}

TEST_CASE("a loss that is found while a rollup is stored is told by the one after it") {
  const tests::temporary_directory room;
  store_process daemon;
  {
    auto store = daemon.try_open(room.path());
    REQUIRE(store);
    for (std::uint64_t sequence = 1; sequence <= kept; ++sequence) REQUIRE(store->store(numbered(sequence)));
  }
  SQLite::Database(std::string(room.path() / store_file_name), SQLite::OPEN_READWRITE)
      .exec("UPDATE rollup SET checksum = checksum + 1 WHERE sequence = 5");
  auto store = daemon.try_open(room.path());
  REQUIRE(store);
  SECTION("where only a record is damaged") {
    CHECK(!store->load(5));
    REQUIRE(store->store(numbered(kept + 1)));
  }
  SECTION("where the file is") {
    damage_index(room.path());
    {
      std::fstream bytes(room.path() / store_file_name, std::ios::in | std::ios::out | std::ios::binary);
      bytes.seekp(16'384);  // the index of what waits
      bytes << std::string(4'096, 'x');
    }
    SQLite::Database(std::string(room.path() / store_file_name), SQLite::OPEN_READWRITE)
        .exec("UPDATE meta SET elapsed_ms = 1; PRAGMA wal_checkpoint(TRUNCATE)");
    REQUIRE(store->store(numbered(kept + 1)));
    CHECK(!set_aside_in(room.path()).empty());
  }
  const model::loss lost{1, {{5, 5, model::loss_reason::damage}}};
  CHECK(store->at_a_glance().lost == lost);
  settlement change;
  change.delivered = kept + 1;
  REQUIRE(store->settle(change));
  CHECK(store->at_a_glance().lost == lost);
  REQUIRE(store->store(numbered(kept + 2)));
  change.delivered = kept + 2;
  REQUIRE(store->settle(change));
  CHECK(store->at_a_glance().lost.ranges.empty());
}

TEST_CASE("the newest three damaged stores are kept, and it is said when one goes") {
  const tests::temporary_directory room;
  for (int day = 1; day <= 4; ++day) {
    const auto name = room.path() / ("outbox.corrupt-2020010" + std::to_string(day) + "T000000Z");
    std::ofstream(name) << "x";
    std::ofstream(name.native() + "-wal") << "x";
  }
  const auto newest = room.path() / "outbox.corrupt-20200104T000000Z";
  CHECK(drop_oldest_set_aside(room.path(), newest) == room.path() / "outbox.corrupt-20200101T000000Z");
  CHECK(!fs::exists(room.path() / "outbox.corrupt-20200101T000000Z-wal"));
  CHECK(!drop_oldest_set_aside(room.path(), newest));
  CHECK(fs::exists(newest));
}

}  // namespace
}  // namespace edge_rollup::outbox
