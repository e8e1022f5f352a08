// Noise over the files of the store, anywhere: it opens, gives out nothing altered, and says what is gone.
#include "outbox/resilient_store.hpp"

#include "support/store_process.hpp"
#include "support/temporary_directory.hpp"

#include <catch2/catch_get_random_seed.hpp>
#include <catch2/catch_test_macros.hpp>

#include <SQLiteCpp/Database.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <fstream>
#include <random>
#include <set>
#include <string>
#include <vector>

namespace edge_rollup::outbox {
namespace {

namespace fs = std::filesystem;
using tests::first_stream;
using tests::store_process;

constexpr std::uint64_t kept = 200;
constexpr std::uint64_t delivered = 20;

record numbered(std::uint64_t sequence) {
  record made;
  made.sequence = sequence;
  made.id = "id-" + std::to_string(sequence);
  made.stored_at = model::wall_time{model::milliseconds{1'764'000'000'000}};
  std::mt19937 noise(static_cast<std::uint32_t>(sequence));
  for (int size = 0; size < 3'000; ++size) made.body.push_back(static_cast<char>(noise() % 64 + ' '));
  return made;
}

void settle_delivered(resilient_store& store, std::uint64_t sequence) {
  settlement change;
  change.delivered = sequence;
  REQUIRE(store.settle(change));
}

/// A store with `kept` rollups, the first of them delivered and two of them dead, closed.
void make_store(const fs::path& directory) {
  store_process daemon;
  auto store = daemon.open(directory);
  for (std::uint64_t sequence = 1; sequence <= kept; ++sequence) REQUIRE(store.store(numbered(sequence)));
  for (std::uint64_t sequence = 1; sequence <= delivered; ++sequence) settle_delivered(store, sequence);
  settlement change;
  change.tried = entry{delivered + 5, entry_state::aside, 4, 3, model::milliseconds{5'000}};
  change.dead = {delivered + 1, delivered + 2};
  REQUIRE(store.settle(change));
}

void overwrite(const fs::path& file, std::size_t from, std::mt19937& chance) {
  std::string noise(1'024, '\0');
  for (auto& byte : noise) byte = static_cast<char>(chance());
  std::fstream bytes(file, std::ios::in | std::ios::out | std::ios::binary);
  bytes.seekp(static_cast<std::streamoff>(from));
  bytes.write(noise.data(),
              static_cast<std::streamsize>(std::min<std::size_t>(noise.size(), fs::file_size(file) - from)));
}

std::uint64_t count_of(const model::loss& lost) {
  std::uint64_t count = 0;
  for (const auto& each : lost.ranges) count += each.to - each.from + 1;
  return count;
}

fs::path set_aside_in(const fs::path& directory) {
  for (const auto& file : fs::directory_iterator(directory)) {
    const auto name = file.path().filename().native();
    const bool is_part = name.ends_with("-wal") || name.ends_with("-shm") || name.ends_with("-page1");
    if (name.starts_with("outbox.corrupt-") && !is_part) return file.path();
  }
  return {};
}

TEST_CASE("with 1 KiB of noise at any place it starts at once, gives out nothing altered, and the report adds up") {
  const auto seed = Catch::getSeed();
  CAPTURE(seed);
  std::mt19937 chance{seed};
  const tests::temporary_directory original;
  make_store(original.path());
  const auto size = fs::file_size(original.path() / store_file_name);
  constexpr std::size_t places = 50;
  std::uint64_t saved_in_all = 0;
  for (std::size_t place = 0; place < places; ++place) {
    CAPTURE(place);
    const tests::temporary_directory room;
    fs::copy(original.path() / store_file_name, room.path() / store_file_name);
    overwrite(room.path() / store_file_name, size * place / places, chance);

    store_process daemon;
    const auto began = std::chrono::steady_clock::now();
    auto store = daemon.open(room.path());
    CHECK(std::chrono::steady_clock::now() - began < std::chrono::seconds{1});
    std::uint64_t before = 0;
    std::uint64_t given_out = 0;
    const auto front = store.front(kept);
    REQUIRE(front);
    for (const auto& waiting : *front) {
      CHECK(waiting.sequence > before);
      before = waiting.sequence;
      const auto loaded = store.load(waiting.sequence);
      if (loaded && *loaded) {
        CHECK(**loaded == numbered(waiting.sequence));
        ++given_out;
      }
    }
    const auto glance = store.at_a_glance();
    CAPTURE(given_out, glance.dead, count_of(glance.lost), glance.pending);
    const bool numbers_known = set_aside_in(room.path()).empty() || glance.previous_stream;
    if (numbers_known) {
      CHECK(given_out + glance.dead + count_of(glance.lost) == kept - delivered);
      CHECK(glance.next_sequence == kept + 1);
      CHECK(glance.gateway == "gateway-1");
    }
    if (!set_aside_in(room.path()).empty()) {
      CHECK(glance.stream != first_stream);
      CHECK(glance.reason == model::stream_reason::salvaged);
      CHECK(daemon.messages.count("set aside") == 1);
    }
    CHECK(glance.discarded[3] == glance.lost.total);
    saved_in_all += given_out;
    REQUIRE(store.store(numbered(glance.next_sequence)));
    CHECK(store.front(kept).value().back().sequence == glance.next_sequence);
  }
  CHECK(saved_in_all > places * (kept - delivered) * 8 / 10);
}

TEST_CASE("what is salvaged keeps its numbers, bodies and counts, ahead of what is new, in a stream of its own") {
  const tests::temporary_directory room;
  make_store(room.path());
  SQLite::Database(std::string(room.path() / store_file_name), SQLite::OPEN_READWRITE)
      .exec("PRAGMA writable_schema = ON; UPDATE sqlite_schema SET rootpage = 2 WHERE name = 'rollup_waiting'");
  store_process daemon;
  auto store = daemon.open(room.path());
  REQUIRE(!set_aside_in(room.path()).empty());
  CHECK(store.at_a_glance().previous_stream == first_stream);
  CHECK(store.at_a_glance().lost == model::loss{});
  CHECK(store.at_a_glance().pending == kept - delivered - 2);
  CHECK(store.at_a_glance().dead == 2);
  CHECK(store.front(3).value() ==
        std::vector<entry>{{.sequence = delivered + 3},
                           {.sequence = delivered + 4},
                           {delivered + 5, entry_state::aside, 4, 3, model::milliseconds{5'000}}});
  REQUIRE(store.store(numbered(kept + 1)));
  CHECK(store.front(1).value().front().sequence == delivered + 3);
}

TEST_CASE("damage that shows while the daemon runs is salvaged without losing the rollup under way") {
  const tests::temporary_directory room;
  make_store(room.path());
  store_process daemon;
  auto store = daemon.open(room.path());
  REQUIRE(store.front(1));
  {  // the pages are read anew after another process has written
    SQLite::Database beside((room.path() / store_file_name).native(), SQLite::OPEN_READWRITE);
    beside.exec("UPDATE meta SET elapsed_ms = 1; PRAGMA wal_checkpoint(TRUNCATE)");
  }
  std::mt19937 chance{3};
  const auto size = fs::file_size(room.path() / store_file_name);
  for (std::size_t at = 16'384; at < size; at += 65'536) overwrite(room.path() / store_file_name, at, chance);
  const auto front = store.front(kept);
  REQUIRE(front);
  for (const auto& waiting : *front) {
    const auto loaded = store.load(waiting.sequence);
    if (loaded && *loaded) CHECK(**loaded == numbered(waiting.sequence));
  }
  const auto next = store.at_a_glance().next_sequence;
  CHECK(next == kept + 1);
  REQUIRE(store.store(numbered(next)));
  CHECK(store.load(next).value() == numbered(next));
  CHECK(store.at_a_glance().lost.total > 0);
}

TEST_CASE("files that are no database, or gone, begin a new store") {
  const tests::temporary_directory room;
  std::ofstream(room.path() / store_file_name) << std::string(10'000, 'x');
  store_process daemon;
  auto store = daemon.open(room.path());
  CHECK(store.at_a_glance().reason == model::stream_reason::salvaged);
  CHECK(!store.at_a_glance().previous_stream);
  CHECK(store.at_a_glance().gateway == "gateway-1");
  REQUIRE(store.store(numbered(1)));
  CHECK(fs::file_size(set_aside_in(room.path())) == 10'000);
}

}  // namespace
}  // namespace edge_rollup::outbox
