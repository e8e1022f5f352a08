// A large damaged store: a new one opens at once, and what stood in the old one follows step by step, in order,
// whatever happens meanwhile.
#include "observe/event.hpp"
#include "outbox/changeover.hpp"
#include "outbox/meta_twin.hpp"
#include "outbox/resilient_store.hpp"
#include "outbox/sqlite_outbox.hpp"
#include "outbox/visited_store.hpp"

#include "support/await.hpp"
#include "support/source_file.hpp"
#include "support/store_process.hpp"
#include "support/temporary_directory.hpp"
#include "unit/outbox/recording_disk.hpp"

#include <fmt/format.h>
#include <catch2/catch_test_macros.hpp>

#include <SQLiteCpp/Database.h>
#include <sqlite3.h>

#include <algorithm>
#include <cctype>
#include <chrono>
#include <cstdint>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

namespace edge_rollup::outbox {
namespace {

namespace fs = std::filesystem;
using model::loss_reason;
using observe::event;
using tests::first_stream;
using tests::store_process;
using numbers = std::vector<std::uint64_t>;

constexpr std::uint64_t kept = 60;
constexpr std::size_t body_bytes = 100'000;  // ten of them are a step

record numbered(std::uint64_t sequence) {
  record made;
  made.sequence = sequence;
  made.id = "id-" + std::to_string(sequence);
  std::mt19937 noise(static_cast<std::uint32_t>(sequence));
  while (made.body.size() < body_bytes) made.body.push_back(static_cast<char>(noise()));
  return made;
}

void execute(const fs::path& directory, const std::string& statements) {
  SQLite::Database(std::string(directory / store_file_name), SQLite::OPEN_READWRITE).exec(statements);
}

void damage_index(const fs::path& directory) {
  execute(directory,
          "PRAGMA writable_schema = ON; UPDATE sqlite_schema SET rootpage = 2 WHERE name = 'rollup_waiting'");
}

void make_damaged(const fs::path& directory) {
  store_process daemon;
  {
    auto store = daemon.open(directory);
    for (std::uint64_t sequence = 1; sequence <= kept; ++sequence) REQUIRE(store.store(numbered(sequence)));
  }
  damage_index(directory);
}

numbers front_of(resilient_store& store) {
  numbers sequences;
  const auto front = store.front(1'000);
  REQUIRE(front);
  for (const auto& each : *front) {
    sequences.push_back(each.sequence);
    CHECK(store.load(each.sequence).value() == numbered(each.sequence));
  }
  return sequences;
}

numbers up_to(std::uint64_t last) {
  numbers all;
  for (std::uint64_t each = 1; each <= last; ++each) all.push_back(each);
  return all;
}

/// What `journalctl -x` says of an event.
std::string catalog_words(event what) {
  std::ifstream file(tests::source_file("systemd/edge-rollup.catalog"));
  const std::string all(std::istreambuf_iterator<char>(file), {});
  const auto begin = all.find(observe::events[static_cast<std::size_t>(what)].message_id);
  REQUIRE(begin != std::string::npos);
  return all.substr(begin, all.find("\n-- ", begin) - begin);
}

int steps_to_the_end(resilient_store& store) {
  int steps = 1;
  while (store.continue_salvage()) ++steps;
  return steps;
}

TEST_CASE(
    "a store opens with a part of what was in the damaged one, and gives nothing newer before all of it is there") {
  const tests::temporary_directory room;
  make_damaged(room.path());
  store_process daemon;
  auto store = daemon.open(room.path());
  const auto first = front_of(store);
  CHECK(first.size() > 5);
  CHECK(first.size() < kept / 2);
  CHECK(first == up_to(first.size()));
  CHECK(store.at_a_glance().next_sequence == kept + 1);
  REQUIRE(store.store(numbered(kept + 1)));
  CHECK(front_of(store) == first);
  CHECK(steps_to_the_end(store) > 3);
  CHECK(front_of(store) == up_to(kept + 1));
  CHECK(store.at_a_glance().lost == model::loss{});
  CHECK(daemon.messages.count("60 rollups saved, 0 lost") == 1);
}

/// Bodies of a megabyte each, none of which has its checksum, before three intact records.
void make_damaged_throughout(const fs::path& directory, std::uint64_t count) {
  store_process daemon;
  daemon.open(directory);
  execute(directory, fmt::format("WITH RECURSIVE n (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < {0})"
                                 " INSERT INTO rollup SELECT x, 'id', 0, 'pending', 0, 0, 0, 1, 1, zeroblob(1000000), 0"
                                 " FROM n; UPDATE meta SET next_sequence = {0} + 1",
                                 count));
  auto store = daemon.open(directory);
  for (int more = 0; more < 3; ++more) REQUIRE(store.store(numbered(store.at_a_glance().next_sequence)));
  execute(directory, "UPDATE meta_twin SET stream = 'another' WHERE copy = 1");
}

TEST_CASE("however much of a store is damaged, neither its opening nor a step of its salvage reads it through") {
  constexpr std::uint64_t count = 40;
  constexpr std::uint64_t mebibyte = 1024 * 1024;
  const tests::temporary_directory room;
  make_damaged_throughout(room.path(), count);
  REQUIRE(fs::file_size(room.path() / store_file_name) > checked_bytes);
  const tests::recording_disk disk;
  store_process daemon;
  auto store = daemon.open(room.path());
  CHECK(daemon.messages.count("set aside") == 1);
  CHECK(disk.bytes_read() < 4 * mebibyte);
  std::uint64_t steps = 1;
  std::uint64_t before = disk.bytes_read();
  for (; store.continue_salvage(); ++steps) {
    CHECK(disk.bytes_read() - before < 4 * mebibyte);
    before = disk.bytes_read();
  }
  CHECK(steps > count / 2);
  CHECK(steps < count * 3);
  CHECK(front_of(store) == numbers{count + 1, count + 2, count + 3});
  CHECK(store.at_a_glance().lost == model::loss{count, {{1, count, loss_reason::damage}}});
}

TEST_CASE("the journal's words on a salvage get the numbers that stand in them") {
  const tests::temporary_directory room;
  make_damaged(room.path());
  store_process daemon;
  auto store = daemon.open(room.path());
  steps_to_the_end(store);
  const auto said = daemon.messages.entries();
  const auto is_salvage = [](const observe::log_entry& line) {
    return std::ranges::any_of(line.fields, [](const observe::log_field& field) {
      return field.name == observe::event_field_name &&
             field.value == observe::event_field(event::outbox_salvaged).value;
    });
  };
  REQUIRE(std::ranges::count_if(said, is_salvage) == 1);
  const auto& fields = std::ranges::find_if(said, is_salvage)->fields;
  const auto words = catalog_words(event::outbox_salvaged);
  int numbers_named = 0;
  for (const auto& field : fields) {
    auto name = fmt::format("@EDGE_ROLLUP_{}@", field.name);
    std::ranges::transform(name, name.begin(), [](unsigned char letter) { return std::toupper(letter); });
    if (words.contains(name)) ++numbers_named;
  }
  CHECK(numbers_named == std::ranges::count(words, '@') / 2);
  CHECK(store.at_a_glance().salvaged == kept);
}

TEST_CASE("what the cloud said of a rollup is saved with it") {
  const tests::temporary_directory room;
  store_process daemon;
  {
    auto store = daemon.open(room.path());
    for (std::uint64_t sequence = 1; sequence <= 3; ++sequence) REQUIRE(store.store(numbered(sequence)));
    settlement refused;
    refused.tried = entry{2, entry_state::aside, 1, 1, {}};
    refused.answer = last_answer{422, "Unprocessable Content"};
    REQUIRE(store.settle(refused));
  }
  damage_index(room.path());
  {
    auto store = daemon.open(room.path());
    steps_to_the_end(store);
    CHECK(front_of(store) == up_to(3));
  }
  const auto entries = visited_store::open(room.path()).value().list();
  REQUIRE(entries);
  CHECK_FALSE(entries->at(0).answer);
  CHECK(entries->at(1).answer == last_answer{422, "Unprocessable Content"});
}

TEST_CASE("what is salvaged already is delivered while the rest follows, and comes only once") {
  const tests::temporary_directory room;
  make_damaged(room.path());
  store_process daemon;
  auto store = daemon.open(room.path());
  numbers delivered;
  do {
    for (const auto sequence : front_of(store)) {
      settlement change;
      change.delivered = sequence;
      REQUIRE(store.settle(change));
      delivered.push_back(sequence);
    }
  } while (store.continue_salvage());
  for (const auto sequence : front_of(store)) delivered.push_back(sequence);
  CHECK(delivered == up_to(kept));
  CHECK(store.at_a_glance().lost == model::loss{});
}

TEST_CASE("a salvage that ends with its process goes on in the next one, and one that is set aside again does too") {
  const tests::temporary_directory room;
  make_damaged(room.path());
  {
    store_process daemon;
    auto store = daemon.open(room.path());
    REQUIRE(store.continue_salvage());
  }
  damage_index(room.path());
  store_process daemon;
  auto store = daemon.open(room.path());
  steps_to_the_end(store);
  CHECK(front_of(store) == up_to(kept));
  CHECK(store.at_a_glance().lost == model::loss{});
  CHECK(daemon.messages.count("has ended") == 2);
}

TEST_CASE("a salvage whose source has gone meanwhile tells what was in it as lost") {
  const tests::temporary_directory room;
  make_damaged(room.path());
  std::size_t saved = 0;
  {
    store_process daemon;
    auto store = daemon.open(room.path());
    saved = front_of(store).size();
  }
  for (const auto& file : fs::directory_iterator(room.path())) {
    if (file.path().filename().native().starts_with("outbox.corrupt-")) fs::remove(file.path());
  }
  store_process daemon;
  auto store = daemon.open(room.path());
  steps_to_the_end(store);
  CHECK(front_of(store) == up_to(saved));
  CHECK(store.at_a_glance().lost == model::loss{kept - saved, {{saved + 1, kept, loss_reason::damage}}});
  CHECK(store.at_a_glance().discarded[3] == kept - saved);
}

TEST_CASE("a salvage that finds no room waits, holds nothing up meanwhile, and goes on later") {
  const tests::temporary_directory room;
  make_damaged(room.path());
  tests::recording_disk disk;
  store_process daemon;
  auto store = daemon.open(room.path());
  const auto first = front_of(store);
  disk.refuse_changes(SQLITE_FULL);
  CHECK(!store.continue_salvage());
  const auto events = disk.events().size();
  for (int again = 0; again < 5; ++again) CHECK(!store.continue_salvage());
  CHECK(disk.events().size() == events);
  CHECK(daemon.messages.count("has to wait") == 1);
  disk.allow_changes();
  REQUIRE(store.store(numbered(kept + 1)));
  CHECK(front_of(store).back() == kept + 1);
  CHECK(!store.continue_salvage());
  CHECK(front_of(store).size() == first.size() + 1);
  daemon.time.advance(background_salvage::rest);
  steps_to_the_end(store);
  CHECK(front_of(store) == up_to(kept + 1));
}

TEST_CASE("while there is no room for a new store, the damaged one is not copied with every operation") {
  const tests::temporary_directory room;
  tests::recording_disk disk;  // knows how large the files of the damaged store may be
  make_damaged(room.path());
  disk.allow_growth(false);
  store_process daemon;
  auto store = daemon.open(room.path());
  const auto events = disk.events().size();
  for (auto sequence = kept + 1; sequence <= kept + 3; ++sequence) REQUIRE(store.store(numbered(sequence)));
  CHECK(front_of(store) == numbers{kept + 3});
  CHECK(disk.events().size() == events);
  CHECK(!fs::exists(room.path() / salvage_file_name));
  disk.allow_growth(true);
  daemon.time.advance(resilient_store::disk_rest);
  REQUIRE(store.store(numbered(kept + 4)));
  CHECK(!store.at_a_glance().in_memory_only);
  steps_to_the_end(store);
  auto expected = up_to(kept + 4);
  expected.erase(expected.begin() + kept, expected.begin() + kept + 2);
  CHECK(front_of(store) == expected);
  CHECK(store.at_a_glance().lost == model::loss{2, {{kept + 1, kept + 2, loss_reason::disk}}});
}

TEST_CASE("more losses than one rollup may tell outlive a salvage") {
  const tests::temporary_directory room;
  {
    store_process daemon;
    auto store = daemon.open(room.path());
    REQUIRE(store.store(numbered(1)));
  }
  execute(room.path(),
          "UPDATE meta SET next_sequence = 2000, lost_total = 400;"
          "WITH RECURSIVE n (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < 400)"
          " INSERT INTO lost SELECT x * 2, x * 2, 'damage', 2000 FROM n");
  damage_index(room.path());
  store_process daemon;
  const auto store = daemon.open(room.path());
  CHECK(store.at_a_glance().lost.total == 400);
  CHECK(SQLite::Database(std::string(room.path() / store_file_name)).execAndGet("SELECT count(*) FROM lost").getInt() ==
        400);
}

TEST_CASE("a loss whose reason cannot be read any more takes no other with it") {
  const tests::temporary_directory room;
  store_process daemon;
  {
    auto store = daemon.open(room.path());
    REQUIRE(store.store(numbered(1)));
  }
  execute(room.path(),
          "UPDATE meta SET next_sequence = 20;"
          " INSERT INTO lost VALUES (3, 4, 'max_age', 20), (7, 7, 'disk', 20), (9, 12, 'operator', 20);"
          " PRAGMA ignore_check_constraints = ON; UPDATE lost SET reason = 'dosk' WHERE from_sequence = 7");
  auto store = daemon.open(room.path());
  while (store.continue_salvage()) continue;
  CHECK(front_of(store) == numbers{1});
  CHECK(store.at_a_glance().lost.ranges == std::vector<model::lost_range>{{3, 4, loss_reason::max_age},
                                                                          {7, 7, loss_reason::damage},
                                                                          {9, 12, loss_reason::operator_request}});
}

TEST_CASE("losses of a changeover that a process before had begun are in its successor's log and counts") {
  const tests::temporary_directory room;
  store_process daemon;
  {
    auto store = daemon.open(room.path());
    for (std::uint64_t sequence = 1; sequence <= 5; ++sequence) REQUIRE(store.store(numbered(sequence)));
  }
  execute(room.path(), "UPDATE rollup SET checksum = checksum + 1 WHERE sequence = 3");
  damage_index(room.path());
  REQUIRE(begin_salvage(room.path(), {.gateway = "gateway-1", .new_stream_id = "second"}, {}, daemon.time.wall_now()));
  fs::rename(room.path() / store_file_name, room.path() / salvage_file_name);
  auto store = daemon.open(room.path());
  CHECK(store.at_a_glance().stream == "second");
  CHECK(store.at_a_glance().lost == model::loss{1, {{3, 3, loss_reason::damage}}});
  CHECK(store.at_a_glance().discarded[3] == 1);
  CHECK(daemon.messages.count("half-way") == 1);
  CHECK(daemon.messages.count("4 rollups saved, 1 lost") == 1);
}

TEST_CASE("a stream or a next number that was changed in the file is found, and the others say what it was") {
  for (const auto* change : {"stream = 'another'", "next_sequence = 3", "next_sequence = 9000"}) {
    CAPTURE(change);
    const tests::temporary_directory room;
    {
      store_process daemon;
      auto store = daemon.open(room.path());
      for (std::uint64_t sequence = 1; sequence <= 5; ++sequence) REQUIRE(store.store(numbered(sequence)));
    }
    execute(room.path(),
            std::string("PRAGMA writable_schema = ON; DROP TRIGGER meta_changed; UPDATE meta SET ") + change);
    store_process daemon;
    auto store = daemon.open(room.path());
    CHECK(daemon.messages.count("set aside") == 1);
    CHECK(store.at_a_glance().stream != first_stream);
    CHECK(store.at_a_glance().previous_stream == first_stream);
    CHECK(store.at_a_glance().next_sequence == 6);
    CHECK(front_of(store) == up_to(5));
  }
}

TEST_CASE("a program that knows nothing of the copies keeps them up to date") {
  const tests::temporary_directory room;
  store_process daemon;
  auto store = daemon.open(room.path());
  execute(room.path(), "UPDATE meta SET next_sequence = 7");
  const SQLite::Database database{std::string(room.path() / store_file_name)};
  CHECK_NOTHROW(compare_with_twins(database));
}

TEST_CASE("the outbox salvages between its operations, and none of them waits for more than a step") {
  const tests::temporary_directory room;
  make_damaged(room.path());
  store_process daemon;
  auto opened = sqlite_outbox::open(room.path(), {.gateway = "gateway-1", .new_stream_id = first_stream},
                                    {daemon.time, daemon.chance, daemon.messages});
  REQUIRE(opened);
  auto& outbox = **opened;
  const auto began = std::chrono::steady_clock::now();
  REQUIRE(tests::await(daemon.loop, outbox.store(numbered(kept + 1))));
  CHECK(std::chrono::steady_clock::now() - began < std::chrono::milliseconds{500});
  std::size_t waiting = 0;
  for (int looks = 0; waiting <= kept && looks < 10'000; ++looks) {
    waiting = tests::await(daemon.loop, outbox.front(1'000)).value().size();
  }
  CHECK(waiting == kept + 1);
}

}  // namespace
}  // namespace edge_rollup::outbox
