// A process that starts where its store cannot be opened: what it knows of the numbers, and how both come together.
#include "outbox/number_beyond_any.hpp"

#include "support/temporary_directory.hpp"
#include "unit/outbox/recording_disk.hpp"
#include "unit/outbox/store_bench.hpp"

#include <catch2/catch_test_macros.hpp>

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

namespace edge_rollup::outbox {
namespace {

namespace fs = std::filesystem;
using model::loss_reason;

TEST_CASE("a daemon that starts on a full disk delivers from memory, and its stream goes on in the store") {
  const tests::temporary_directory room;
  tests::recording_disk disk;
  disk.allow_growth(false);
  store_bench daemon({.directory = room.path()});
  CHECK(daemon.glance().in_memory_only);
  CHECK(daemon.glance().gateway == "gateway-1");
  CHECK(daemon.round() == 1);
  CHECK(daemon.round() == 2);
  CHECK(daemon.waiting() == numbers{2});
  const auto stream = daemon.glance().stream;
  daemon.deliver_all();
  daemon.round();
  disk.allow_growth(true);
  daemon.rest();
  CHECK(daemon.round() == 4);
  CHECK(!daemon.glance().in_memory_only);
  CHECK(daemon.glance().stream == stream);
  CHECK(!daemon.glance().reason);
  CHECK(daemon.waiting() == numbers{3, 4});
  CHECK(daemon.glance().lost == model::loss{1, {{1, 1, loss_reason::disk}}});
}

TEST_CASE("where the store can be read and not opened, numbers in memory go on where its own end") {
  const tests::temporary_directory room;
  store_bench({.directory = room.path()}).round();
  tests::recording_disk disk;
  disk.fill_with(room.path());  // there is no room for the index of the log, and nothing that could be given up
  store_bench daemon({.directory = room.path(), .stream = second_stream});
  CHECK(daemon.glance().in_memory_only);
  CHECK(daemon.glance().previous_stream == first_stream);
  CHECK(daemon.round() == 2);
  CHECK(daemon.waiting() == numbers{2});
  disk.fill_with({});
  daemon.rest();
  CHECK(daemon.round() == 3);
  CHECK(daemon.waiting() == numbers{1, 2, 3});
  CHECK(daemon.glance().previous_stream == first_stream);
}

TEST_CASE("where nothing says how far the numbers went they go on beyond all of them, and come together later") {
  const tests::temporary_directory room;
  store_bench({.directory = room.path()}).round();
  const auto file = room.path() / store_file_name;
  std::string sound(fs::file_size(file), '\0');
  std::ifstream(file, std::ios::binary).read(sound.data(), static_cast<std::streamsize>(sound.size()));
  std::ofstream(file, std::ios::binary) << std::string(sound.size(), 'x');
  tests::recording_disk disk;
  disk.allow_growth(false);
  store_bench daemon({.directory = room.path(), .stream = second_stream});
  const auto first = daemon.round();
  CHECK(first >= least_beyond_any);
  CHECK(!daemon.glance().previous_stream);
  CHECK(daemon.waiting() == numbers{first});
  disk.allow_growth(true);
  std::ofstream(file, std::ios::binary) << sound;
  daemon.rest();
  daemon.round();
  CHECK(!daemon.glance().in_memory_only);
  CHECK(daemon.waiting() == numbers{1, first, first + 1});
}

/// Noise over the root pages of everything that says how far the numbers went, and over the last records.
void blind(const fs::path& file) {
  std::vector<std::int64_t> pages;
  std::int64_t page_bytes = 0;
  {
    SQLite::Database store(file.native(), SQLite::OPEN_READWRITE);
    store.exec("PRAGMA wal_checkpoint(TRUNCATE)");
    page_bytes = store.execAndGet("PRAGMA page_size").getInt64();
    for (SQLite::Statement roots(store,
                                 "SELECT rootpage FROM sqlite_schema WHERE name IN"
                                 " ('meta', 'meta_twin', 'rollup_waiting', 'rollup_dead') OR name = 'rollup'"
                                 " ORDER BY name = 'rollup'");
         roots.executeStep();) {
      pages.push_back(roots.getColumn(0).getInt64());
    }
  }
  std::fstream bytes(file, std::ios::in | std::ios::out | std::ios::binary);
  constexpr std::int64_t rightmost = 8;  // the page number of the last child (sqlite.org/fileformat.html §1.6)
  bytes.seekg((pages.back() - 1) * page_bytes + rightmost);
  std::int64_t last = 0;
  for (int digit = 0; digit < 4; ++digit) last = last << 8 | bytes.get();
  pages.back() = last;
  for (const auto page : pages) {
    bytes.seekp((page - 1) * page_bytes);
    bytes << std::string(static_cast<std::size_t>(page_bytes), '\xff');
  }
  REQUIRE(bytes.flush());
}

TEST_CASE("a damaged store that says nothing of its numbers goes on where those in memory began, and takes them") {
  constexpr int rounds = 100;  // on several pages
  const tests::temporary_directory room;
  {
    store_bench before({.directory = room.path()});
    for (int round = 0; round < rounds; ++round) before.round();
  }
  blind(room.path() / store_file_name);
  tests::recording_disk disk;
  disk.allow_growth(false);
  store_bench daemon({.directory = room.path(), .stream = second_stream});
  const auto first = daemon.round();
  CHECK(first >= least_beyond_any);
  disk.allow_growth(true);
  daemon.rest();
  daemon.round();
  while (daemon.store().continue_salvage()) continue;
  CHECK(daemon.messages.count("used before") == 0);
  CHECK(!daemon.glance().in_memory_only);
  const auto waiting = daemon.waiting();
  CHECK(waiting.front() == 1);
  CHECK(waiting.at(waiting.size() - 2) == first);
  CHECK(waiting.back() == first + 1);
}

TEST_CASE("numbers in memory that turn out to be used before are given up, and the store's own go on") {
  const tests::temporary_directory room;
  store_bench({.directory = room.path()}).round();
  const auto file = (room.path() / store_file_name).native();
  tests::recording_disk disk;
  disk.fill_with(room.path());
  store_bench daemon({.directory = room.path(), .stream = second_stream});
  CHECK(daemon.round() == 2);
  disk.fill_with({});
  SQLite::Database(file, SQLite::OPEN_READWRITE).exec("UPDATE meta SET next_sequence = 50");
  daemon.rest();
  daemon.round();
  daemon.rest();
  CHECK(daemon.round() == 50);
  CHECK(daemon.glance().stream == first_stream);
  CHECK(daemon.waiting() == numbers{1, 50});
  CHECK(daemon.messages.count("used before") == 1);
}

}  // namespace
}  // namespace edge_rollup::outbox
