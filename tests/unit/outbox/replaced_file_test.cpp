// The file of the store is removed, or another one is put in its place, while a daemon has it open.
#include "outbox/changeover.hpp"

#include "support/temporary_directory.hpp"
#include "unit/outbox/recording_disk.hpp"
#include "unit/outbox/store_bench.hpp"

#include <catch2/catch_test_macros.hpp>

#include <SQLiteCpp/Database.h>

#include <filesystem>
#include <fstream>
#include <string>

namespace edge_rollup::outbox {
namespace {

namespace fs = std::filesystem;

/// All of it as it was made.
numbers intact(store_bench& here) {
  const auto waiting = here.waiting();
  for (const auto sequence : waiting) here.load(sequence);
  return waiting;
}

std::size_t count_set_aside(const store_bench& here) {
  std::size_t count = 0;
  for (const auto& each : fs::directory_iterator(here.directory())) {
    const std::string name = each.path().filename();
    if (name.starts_with("outbox.corrupt-") && !name.ends_with("-wal") && !name.ends_with("-shm")) ++count;
  }
  return count;
}

void remove_all_files(const fs::path& file) {
  for (const auto* part : {"", "-wal", "-shm"}) fs::remove(file.native() + part);
}

void remove_the_file_alone(const fs::path& file) {
  fs::remove(file);
}

void put_another_store_there(const fs::path& file) {
  const tests::temporary_directory elsewhere;
  auto other = sqlite_store::open(elsewhere.path(), {.gateway = "gateway-2", .new_stream_id = second_stream});
  REQUIRE(other);
  fs::copy_file(elsewhere.path() / store_file_name, file.native() + "-other");
  fs::rename(file.native() + "-other", file);
}

void put_something_else_there(const fs::path& file) {
  std::ofstream(file.native() + "-other") << std::string(10'000, 'x');
  fs::rename(file.native() + "-other", file);
}

TEST_CASE("a store whose file is taken away under the daemon is written anew, and nothing is lost") {
  const struct {
    const char* row;
    void (*take_away)(const fs::path& file);
    std::size_t set_aside;
  } rows[] = {{"removed with its log", remove_all_files, 0},
              {"removed without its log", remove_the_file_alone, 0},
              {"another outbox moved over it", put_another_store_there, 1},
              {"something else moved over it", put_something_else_there, 1}};
  for (const auto& [row, take_away, set_aside] : rows) {
    CAPTURE(row);
    store_bench here;
    here.round();
    here.round();
    take_away(here.file());
    here.round();
    CHECK(here.messages.count("is written anew") == 1);
    CHECK(here.glance().stream == first_stream);
    CHECK(intact(here) == numbers{1, 2, 3});
    here.start();
    CHECK(here.glance().stream == first_stream);
    CHECK(here.glance().lost == model::loss{});
    CHECK(intact(here) == numbers{1, 2, 3});
    here.round();
    CHECK(here.messages.count("is written anew") == 1);
    CHECK(count_set_aside(here) == set_aside);
  }
}

TEST_CASE("as long as a store cannot be written anew it goes on in the file that has no name") {
  store_bench here;
  here.round();
  remove_all_files(here.file());
  const auto in_the_way = here.directory() / "outbox.copy";
  fs::create_directories(in_the_way / "and not empty");
  here.round();
  here.round();
  CHECK(here.messages.count("ends with this process") == 1);
  CHECK(intact(here) == numbers{1, 2, 3});
  fs::remove_all(in_the_way);
  here.rest();
  here.round();
  CHECK(here.messages.count("is written anew") == 1);
  here.start();
  CHECK(intact(here) == numbers{1, 2, 3, 4});
}

void put_another_store_and_its_log_there(const fs::path& file) {
  put_another_store_there(file);
  std::ofstream(file.native() + "-wal-other") << "of another store";
  fs::rename(file.native() + "-wal-other", file.native() + "-wal");
}

fs::path beside_the_next_aside(const store_bench& here) {
  return name_aside(here.directory(), here.time.wall_now()).native() + "-wal";
}

fs::path beside_the_salvage(const store_bench& here) {
  return here.directory() / (std::string(salvage_file_name) + "-wal");
}

TEST_CASE("where the copy is made and cannot get its place, nothing is lost, and it is tried again") {
  const struct {
    const char* row;
    fs::path (*in_the_way)(const store_bench& here);
  } rows[] = {{"the log of the other store cannot be moved", beside_the_next_aside},
              {"what an earlier salvage left cannot be removed", beside_the_salvage}};
  for (const auto& [row, in_the_way] : rows) {
    CAPTURE(row);
    store_bench here;
    here.round();
    put_another_store_and_its_log_there(here.file());
    const auto obstacle = in_the_way(here);
    fs::create_directories(obstacle / "and not empty");
    here.round();
    CHECK(here.messages.count("ends with this process") == 1);
    CHECK(!fs::exists(here.directory() / copy_file_name));
    CHECK(intact(here) == numbers{1, 2});
    fs::remove_all(obstacle);
    here.rest();
    here.round();
    CHECK(here.messages.count("is written anew") == 1);
    here.start();
    CHECK(here.glance().stream == first_stream);
    CHECK(intact(here) == numbers{1, 2, 3});
  }
}

TEST_CASE("a file that was taken away after the last rollup is written anew when the process ends") {
  store_bench here;
  here.round();
  here.round();
  remove_all_files(here.file());
  here.start();
  CHECK(here.glance().stream == first_stream);
  CHECK(intact(here) == numbers{1, 2});
}

TEST_CASE("a large store is written anew step by step, and what happens meanwhile is in the copy too") {
  store_bench here;
  here.round();
  here.stop();
  SQLite::Database(here.file().native(), SQLite::OPEN_READWRITE)
      .exec(
          "WITH RECURSIVE n (x) AS (SELECT 2 UNION ALL SELECT x + 1 FROM n WHERE x < 9)"
          " INSERT INTO rollup SELECT x, 'id', 0, 'pending', 0, 0, 0, 1, 1, randomblob(1000000), 0 FROM n;"
          " UPDATE meta SET next_sequence = 10");
  here.start();
  here.round();
  remove_all_files(here.file());
  here.round();
  CHECK(here.messages.count("is written anew") == 0);
  CHECK(here.store().continue_copy());
  here.round();
  for (const std::uint64_t sequence : numbers{1, 3}) {
    settlement change;
    change.delivered = sequence;
    REQUIRE(here.store().settle(change));
  }
  int steps = 0;
  while (here.store().continue_copy()) ++steps;
  CHECK(steps > 3);
  CHECK(here.messages.count("is written anew") == 1);
  const numbers expected = {2, 4, 5, 6, 7, 8, 9, 10, 11, 12};
  CHECK(here.waiting() == expected);
  here.start();
  CHECK(here.waiting() == expected);
  CHECK(here.glance().lost == model::loss{});
  CHECK(SQLite::Database(here.file().native()).execAndGet("PRAGMA integrity_check").getString() == "ok");
}

TEST_CASE("a file that is put back while the store is written anew goes on") {
  store_bench here;
  here.round();
  SQLite::Database(here.file().native(), SQLite::OPEN_READWRITE)
      .exec("CREATE TABLE large (bytes); INSERT INTO large VALUES (randomblob(4000000))");
  const auto elsewhere = here.directory() / "elsewhere";
  fs::rename(here.file(), elsewhere);
  here.round();
  CHECK(here.store().continue_copy());
  fs::rename(elsewhere, here.file());
  CHECK(!here.store().continue_copy());
  here.round();
  here.start();
  CHECK(intact(here) == numbers{1, 2, 3});
  CHECK(here.messages.count("is written anew") == 0);
  CHECK(!fs::exists(here.directory() / copy_file_name));
}

void nothing_stands_there(const fs::path&, const fs::path&) {}

void another_store_stands_there(const fs::path& file, const fs::path&) {
  put_another_store_there(file);
}

void another_store_and_its_log_stand_there(const fs::path& file, const fs::path&) {
  put_another_store_and_its_log_there(file);
}

void another_store_has_left(const fs::path& file, const fs::path& aside) {
  put_another_store_and_its_log_there(file);
  fs::rename(file, aside);
}

TEST_CASE("a copy that was whole when the process was killed takes the place of whatever stands there") {
  const struct {
    const char* row;
    void (*make)(const fs::path& file, const fs::path& aside);
    std::size_t set_aside;
    bool has_log;
  } rows[] = {{"nothing", nothing_stands_there, 0, false},
              {"another store", another_store_stands_there, 1, false},
              {"another store with its log", another_store_and_its_log_stand_there, 1, true},
              {"its log alone", another_store_has_left, 1, true}};
  for (const auto& [row, make, set_aside, has_log] : rows) {
    CAPTURE(row);
    store_bench here;
    here.round();
    here.round();
    here.stop();
    fs::rename(here.file(), here.directory() / whole_copy_file_name);
    const auto aside = name_aside(here.directory(), here.time.wall_now());
    make(here.file(), aside);
    here.start();
    CHECK(here.glance().stream == first_stream);
    CHECK(intact(here) == numbers{1, 2});
    CHECK(here.messages.count("half-way") == 1);
    CHECK(count_set_aside(here) == set_aside);
    CHECK(fs::exists(aside.native() + "-wal") == has_log);
    CHECK(!fs::exists(here.directory() / whole_copy_file_name));
  }
}

TEST_CASE("a changeover that was killed before the copy had its place is ended by the next start") {
  store_bench here;
  here.round();
  const auto file = here.file();
  here.stop();
  fs::rename(file, here.directory() / salvage_file_name);
  std::ofstream(here.directory() / copy_file_name) << "half a copy";
  std::ofstream(here.directory() / "outbox.copy-journal") << "of half a copy";
  here.start();
  CHECK(intact(here) == numbers{1});
  CHECK(!fs::exists(here.directory() / copy_file_name));
  CHECK(!fs::exists(here.directory() / "outbox.copy-journal"));
}

TEST_CASE("a rollup whose number the store does not know yet is kept in memory") {
  store_bench here;
  here.round();
  record made;
  made.sequence = here.glance().next_sequence + 5;
  made.id = "id-of-another-store";
  REQUIRE(here.store().store(made));
  CHECK(here.glance().in_memory_only);
}

TEST_CASE("an I/O error does not close a file that has no name") {
  tests::recording_disk disk;
  store_bench here;
  here.round();
  here.round();
  remove_all_files(here.file());
  const auto in_the_way = here.directory() / copy_file_name;
  fs::create_directories(in_the_way / "and not empty");
  here.round();
  disk.fail_sync_after(0);
  here.round();
  CHECK(here.glance().stream == first_stream);
  fs::remove_all(in_the_way);
  here.rest();
  here.round();
  CHECK(here.messages.count("is written anew") == 1);
  here.start();
  CHECK(here.glance().lost == model::loss{});
  CHECK(intact(here) == numbers{1, 2, 3, 4, 5});
}

TEST_CASE("another store is set aside without the log of ours, and the copy of ours is for us alone") {
  store_bench here;
  here.round();
  put_another_store_there(here.file());
  const auto aside = name_aside(here.directory(), here.time.wall_now());
  here.round();
  CHECK(fs::exists(aside));
  CHECK(!fs::exists(aside.native() + "-wal"));
  CHECK(!fs::exists(aside.native() + "-shm"));
  CHECK(fs::status(here.file()).permissions() == (fs::perms::owner_read | fs::perms::owner_write));
}

TEST_CASE("of the files that were put in the place of the store the newest three are kept") {
  store_bench here;
  for (std::size_t replaced = 0; replaced < kept_aside + 2; ++replaced) {
    here.round();
    put_another_store_there(here.file());
    here.time.advance(model::seconds{1});
  }
  here.round();
  CHECK(count_set_aside(here) == kept_aside);
  CHECK(here.messages.count("outboxes set aside are kept") == 2);
}

TEST_CASE("a store is not written anew where it would take the room that is left to others") {
  store_bench here;
  here.round();
  remove_all_files(here.file());
  here.free = room_rule::auto_bytes + 4'096;
  here.round();
  CHECK(!fs::exists(here.file()));
  CHECK(here.messages.count("no room for a copy") == 1);
  here.free = store_bench::whole_disk;
  here.rest();
  here.round();
  CHECK(here.messages.count("is written anew") == 1);
  CHECK(intact(here) == numbers{1, 2, 3});
}

}  // namespace
}  // namespace edge_rollup::outbox
