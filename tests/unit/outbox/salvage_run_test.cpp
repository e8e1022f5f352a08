// How many numbers a salvage looks for one by one: so many in a step, and so many in all where no index knows them.
#include "outbox/salvage_run.hpp"

#include "outbox/database.hpp"
#include "outbox/loss_table.hpp"
#include "outbox/sqlite_store.hpp"
#include "support/temporary_directory.hpp"

#include <catch2/catch_test_macros.hpp>

#include <SQLiteCpp/Database.h>

#include <cstdint>
#include <fstream>
#include <string>

namespace edge_rollup::outbox {
namespace {

constexpr std::uint64_t end = 10'000'000;

record numbered(std::uint64_t sequence) {
  record made;
  made.sequence = sequence;
  made.id = "id-" + std::to_string(sequence);
  made.body = "{}";
  return made;
}

/// A new store, which knows its numbers up to `end`, and beside it what it is to be filled from.
class tested {
 public:
  tested() {
    REQUIRE(open(room_.path()));
    fresh_.emplace((room_.path() / store_file_name).native(), SQLite::OPEN_READWRITE);
  }
  SQLite::Database& fresh() { return *fresh_; }

  /// A store of which `stored` rollups are there.
  void make_source(std::uint64_t stored) {
    const tests::temporary_directory alive;
    {
      auto store = open(alive.path());
      for (std::uint64_t sequence = 1; sequence <= stored; ++sequence) REQUIRE(store->store(numbered(sequence)));
    }
    std::filesystem::copy(alive.path() / store_file_name, room_.path() / "source");
  }
  void in_source(const char* statements) {
    SQLite::Database((room_.path() / "source").native(), SQLite::OPEN_READWRITE).exec(statements);
  }
  /// Noise over the first page of a table or an index.
  void overwrite_root(const std::string& name) {
    const auto file = room_.path() / "source";
    SQLite::Database source(file.native(), SQLite::OPEN_READWRITE);
    source.exec("PRAGMA wal_checkpoint(TRUNCATE)");
    const auto page = source.execAndGet("SELECT rootpage FROM sqlite_schema WHERE name = '" + name + "'").getInt();
    const auto size = source.execAndGet("PRAGMA page_size").getInt();
    std::fstream bytes(file, std::ios::in | std::ios::out | std::ios::binary);
    bytes.seekp(std::streamoff{page - 1} * size);
    bytes << std::string(static_cast<std::size_t>(size), '\xff');
    REQUIRE(bytes.flush());
  }
  salvage_run run(std::uint64_t position, std::uint64_t saved, std::uint64_t before = end) {
    return {room_.path(), {.source = "source", .position = position, .end = before, .saved = saved}};
  }
  salvage_gain step(salvage_run& run) {
    const auto gain = run.step(*fresh_);
    run.keep(gain);
    return gain;
  }
  salvage_gain last_step(salvage_run& run) {
    auto gain = step(run);
    while (!gain.progress.ended) gain = step(run);
    return gain;
  }

 private:
  static model::result<sqlite_store> open(const std::filesystem::path& directory) {
    auto opened = sqlite_store::open(directory, {.gateway = "gateway-1", .new_stream_id = "stream"});
    REQUIRE(opened);
    return opened;
  }

  tests::temporary_directory room_;
  std::optional<SQLite::Database> fresh_;
};

TEST_CASE("a step of a salvage looks for so many numbers and no more") {
  tested store;
  auto run = store.run(10, 1);
  const auto first = store.step(run);
  CHECK(first.progress.position == 10 + salvage_run::step_lookups);
  CHECK(first.lost == salvage_run::step_lookups);
  CHECK(!first.progress.ended);
  const auto second = store.step(run);
  CHECK(second.progress.position == 10 + 2 * salvage_run::step_lookups);
  const auto last = 10 + 2 * salvage_run::step_lookups;
  CHECK(read_losses(store.fresh()) == std::vector{model::lost_range{11, last, model::loss_reason::damage}});
}

TEST_CASE("numbers that no index knows are looked for up to a limit, the highest where none was found yet") {
  tested store;
  auto after_some = store.run(10, 0);
  CHECK(store.last_step(after_some).progress.position == 10 + salvage_run::most_lookups);
  auto from_nothing = store.run(0, 0);
  CHECK(store.last_step(from_nothing).progress.position == end - 1);
  CHECK(read_losses(store.fresh()).empty());  // nobody says that there were any
}

TEST_CASE("numbers that an index knows are looked for whatever the limit, and no others") {
  tested store;
  store.make_source(5);
  store.in_source(
      "UPDATE rollup SET checksum = checksum + 1 WHERE sequence IN (2, 4);"
      "DELETE FROM rollup WHERE sequence = 3");
  auto run = store.run(0, 0);
  const auto gain = store.step(run);
  CHECK(gain.progress.ended);
  CHECK(gain.blind_lookups == 0);
  CHECK(gain.progress.saved == 2);
  CHECK(read_losses(store.fresh()) == std::vector{model::lost_range{2, 2, model::loss_reason::damage},
                                                  model::lost_range{4, 4, model::loss_reason::damage}});
}

TEST_CASE("where neither records nor indices can be read, a kept answer says where the lost ones begin") {
  for (const bool has_answer : {true, false}) {
    CAPTURE(has_answer);
    tested store;
    store.make_source(5);
    if (has_answer) store.in_source("INSERT INTO last_answer VALUES (3, 503, 'busy')");
    store.overwrite_root("rollup");
    store.overwrite_root("rollup_waiting");
    auto run = store.run(0, 0, 6);
    const auto gain = store.last_step(run);
    CHECK(gain.progress.saved == 0);
    CHECK(gain.progress.lost == (has_answer ? 3 : 0));
    CHECK(run.knows_nothing() == !has_answer);
  }
}

TEST_CASE("what the damaged store told as lost itself is not told once more by its salvage") {
  tested store;
  store.make_source(3);
  store.in_source(
      "DELETE FROM rollup WHERE sequence = 2;"
      "UPDATE rollup SET checksum = checksum + 1 WHERE sequence = 3;"
      "INSERT INTO lost VALUES (3, 3, 'operator', 5)");
  auto run = store.run(0, 0);
  CHECK(store.last_step(run).progress.lost == 0);
}

}  // namespace
}  // namespace edge_rollup::outbox
