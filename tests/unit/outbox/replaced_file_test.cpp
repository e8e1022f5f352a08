// The file of the store is removed, or another one is put in its place, while a daemon has it open.
#include "outbox/changeover.hpp"
#include "outbox/resilient_store.hpp"

#include "support/memory_log.hpp"
#include "support/seeded_entropy.hpp"
#include "support/temporary_directory.hpp"
#include "support/virtual_clock.hpp"
#include "unit/outbox/recording_disk.hpp"

#include <boost/asio/io_context.hpp>
#include <catch2/catch_test_macros.hpp>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace edge_rollup::outbox {
namespace {

namespace fs = std::filesystem;
using numbers = std::vector<std::uint64_t>;

constexpr const char* first_stream = "919108f7-52d1-4320-9bac-f847db4148a8";
constexpr const char* second_stream = "5f0c7a52-3d0e-4c9a-8f6b-2f0c4d7e8a55";

struct tested {
  tests::temporary_directory room;
  boost::asio::io_context loop;
  tests::virtual_clock time{loop};
  tests::seeded_entropy chance{5};
  tests::memory_log messages;
  std::uint64_t free = 1ULL << 40U;  ///< bytes of the disk
  std::optional<resilient_store> daemon;

  tested() { start(); }

  void start() {
    daemon.reset();
    auto opened = resilient_store::open(room.path(), {.gateway = "gateway-1", .new_stream_id = first_stream},
                                        {time, chance, messages, [this](const auto&) {
                                           return runtime::disk_space{free, 1ULL << 40U};
                                         }});
    REQUIRE(opened);
    daemon.emplace(std::move(*opened));
  }
  void round() {
    record made;
    made.sequence = daemon->at_a_glance().next_sequence;
    made.id = "id-" + std::to_string(made.sequence);
    made.body = "{\"n\":" + std::to_string(made.sequence) + "}";
    REQUIRE(daemon->store(made));
  }
  numbers waiting() {
    const auto front = daemon->front(1'000);
    REQUIRE(front);
    numbers sequences;
    for (const auto& each : *front) {
      sequences.push_back(each.sequence);
      const auto loaded = daemon->load(each.sequence);
      REQUIRE(loaded);
      CHECK(loaded->value().body == "{\"n\":" + std::to_string(each.sequence) + "}");
    }
    return sequences;
  }
  fs::path file() const { return room.path() / store_file_name; }
  std::size_t set_aside() const {
    std::size_t count = 0;
    for (const auto& each : fs::directory_iterator(room.path())) {
      const std::string name = each.path().filename();
      if (name.starts_with("outbox.corrupt-") && !name.ends_with("-wal") && !name.ends_with("-shm")) ++count;
    }
    return count;
  }
};

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
    tested here;
    here.round();
    here.round();
    take_away(here.file());
    here.round();
    CHECK(here.messages.count("is written anew") == 1);
    CHECK(here.daemon->at_a_glance().stream == first_stream);
    CHECK(here.waiting() == numbers{1, 2, 3});
    here.start();
    CHECK(here.daemon->at_a_glance().stream == first_stream);
    CHECK(here.daemon->at_a_glance().lost == model::loss{});
    CHECK(here.waiting() == numbers{1, 2, 3});
    here.round();
    CHECK(here.messages.count("is written anew") == 1);
    CHECK(here.set_aside() == set_aside);
  }
}

TEST_CASE("as long as a store cannot be written anew it goes on in the file that has no name") {
  tested here;
  here.round();
  remove_all_files(here.file());
  const auto in_the_way = here.room.path() / "outbox.copy";
  fs::create_directories(in_the_way / "and not empty");
  here.round();
  here.round();
  CHECK(here.messages.count("ends with this process") == 1);
  CHECK(here.waiting() == numbers{1, 2, 3});
  fs::remove_all(in_the_way);
  here.time.advance(resilient_store::disk_rest);
  here.round();
  CHECK(here.messages.count("is written anew") == 1);
  here.start();
  CHECK(here.waiting() == numbers{1, 2, 3, 4});
}

void put_another_store_and_its_log_there(const fs::path& file) {
  put_another_store_there(file);
  std::ofstream(file.native() + "-wal-other") << "of another store";
  fs::rename(file.native() + "-wal-other", file.native() + "-wal");
}

fs::path beside_the_next_aside(const tested& here) {
  return name_aside(here.room.path(), here.time.wall_now()).native() + "-wal";
}

fs::path beside_the_salvage(const tested& here) {
  return here.room.path() / (std::string(salvage_file_name) + "-wal");
}

TEST_CASE("where the copy is made and cannot get its place, nothing is lost, and it is tried again") {
  const struct {
    const char* row;
    fs::path (*in_the_way)(const tested& here);
  } rows[] = {{"the log of the other store cannot be moved", beside_the_next_aside},
              {"what an earlier salvage left cannot be removed", beside_the_salvage}};
  for (const auto& [row, in_the_way] : rows) {
    CAPTURE(row);
    tested here;
    here.round();
    put_another_store_and_its_log_there(here.file());
    const auto obstacle = in_the_way(here);
    fs::create_directories(obstacle / "and not empty");
    here.round();
    CHECK(here.messages.count("ends with this process") == 1);
    CHECK(!fs::exists(here.room.path() / copy_file_name));
    CHECK(here.waiting() == numbers{1, 2});
    fs::remove_all(obstacle);
    here.time.advance(resilient_store::disk_rest);
    here.round();
    CHECK(here.messages.count("is written anew") == 1);
    here.start();
    CHECK(here.daemon->at_a_glance().stream == first_stream);
    CHECK(here.waiting() == numbers{1, 2, 3});
  }
}

TEST_CASE("a changeover that was killed before the copy had its place is ended by the next start") {
  tested here;
  here.round();
  const auto file = here.file();
  here.daemon.reset();
  fs::rename(file, here.room.path() / salvage_file_name);
  std::ofstream(here.room.path() / copy_file_name) << "half a copy";
  std::ofstream(here.room.path() / "outbox.copy-journal") << "of half a copy";
  here.start();
  CHECK(here.waiting() == numbers{1});
  CHECK(!fs::exists(here.room.path() / copy_file_name));
  CHECK(!fs::exists(here.room.path() / "outbox.copy-journal"));
}

TEST_CASE("a rollup whose number the store does not know yet is kept in memory") {
  tested here;
  here.round();
  record made;
  made.sequence = here.daemon->at_a_glance().next_sequence + 5;
  made.id = "id-of-another-store";
  REQUIRE(here.daemon->store(made));
  CHECK(here.daemon->at_a_glance().in_memory_only);
}

TEST_CASE("an I/O error does not close a file that has no name") {
  tests::recording_disk disk;
  tested here;
  here.round();
  here.round();
  remove_all_files(here.file());
  const auto in_the_way = here.room.path() / copy_file_name;
  fs::create_directories(in_the_way / "and not empty");
  here.round();
  disk.fail_sync_after(0);
  here.round();
  CHECK(here.daemon->at_a_glance().stream == first_stream);
  fs::remove_all(in_the_way);
  here.time.advance(resilient_store::disk_rest);
  here.round();
  CHECK(here.messages.count("is written anew") == 1);
  here.start();
  CHECK(here.daemon->at_a_glance().lost == model::loss{});
  CHECK(here.waiting() == numbers{1, 2, 3, 4, 5});
}

TEST_CASE("another store is set aside without the log of ours, and the copy of ours is for us alone") {
  tested here;
  here.round();
  put_another_store_there(here.file());
  const auto aside = name_aside(here.room.path(), here.time.wall_now());
  here.round();
  CHECK(fs::exists(aside));
  CHECK(!fs::exists(aside.native() + "-wal"));
  CHECK(!fs::exists(aside.native() + "-shm"));
  CHECK(fs::status(here.file()).permissions() == (fs::perms::owner_read | fs::perms::owner_write));
}

TEST_CASE("of the files that were put in the place of the store the newest three are kept") {
  tested here;
  for (std::size_t replaced = 0; replaced < kept_aside + 2; ++replaced) {
    here.round();
    put_another_store_there(here.file());
    here.time.advance(model::seconds{1});
  }
  here.round();
  CHECK(here.set_aside() == kept_aside);
  CHECK(here.messages.count("outboxes set aside are kept") == 2);
}

TEST_CASE("a store is not written anew where it would take the room that is left to others") {
  tested here;
  here.round();
  remove_all_files(here.file());
  here.free = room_rule::auto_bytes + 4'096;
  here.round();
  CHECK(!fs::exists(here.file()));
  CHECK(here.messages.count("no room for a copy") == 1);
  here.free = 1ULL << 40U;
  here.time.advance(resilient_store::disk_rest);
  here.round();
  CHECK(here.messages.count("is written anew") == 1);
  CHECK(here.waiting() == numbers{1, 2, 3});
}

}  // namespace
}  // namespace edge_rollup::outbox
