// Which stream a rollup belongs to, and that no number is used twice.
#include "outbox/sqlite_store.hpp"

#include "support/temporary_directory.hpp"

#include <catch2/catch_test_macros.hpp>

#include <SQLiteCpp/Database.h>

#include <string>

namespace edge_rollup::outbox {
namespace {

using model::stream_reason;

sqlite_store opened(const std::filesystem::path& directory, const char* stream, fingerprint machine = {}) {
  auto store = sqlite_store::open(directory, {"gateway-1", stream, std::move(machine), {}});
  INFO((store ? "" : store.error().text));
  REQUIRE(store);
  return std::move(*store);
}

void keep(sqlite_store& store) {
  record made;
  made.sequence = store.at_a_glance().next_sequence;
  made.id = "id-" + std::to_string(made.sequence);
  made.body = "{}";
  REQUIRE(store.store(made));
}

void deliver(sqlite_store& store, std::uint64_t sequence) {
  settlement change;
  change.delivered = sequence;
  REQUIRE(store.settle(change));
}

TEST_CASE("a store that finds itself on another machine begins a stream, whose numbers go on") {
  const tests::temporary_directory room;
  {
    auto store = opened(room.path(), "first", {"id", {"aa:01", "aa:02"}});
    keep(store);
    keep(store);
    deliver(store, 1);
  }
  CHECK(opened(room.path(), "same", {"id", {"aa:03", "aa:02"}}).at_a_glance().stream == "first");
  CHECK(opened(room.path(), "same", {"id", {"aa:03"}}).at_a_glance().stream == "first");
  auto store = opened(room.path(), "second", {"id", {"bb:01"}});
  CHECK(store.at_a_glance().stream == "second");
  CHECK(store.at_a_glance().previous_stream == "first");
  CHECK(store.at_a_glance().reason == stream_reason::moved);
  CHECK(store.at_a_glance().next_sequence == 3);

  keep(store);
  deliver(store, 2);  // of the old stream: it says nothing of the new one
  CHECK(store.at_a_glance().reason == stream_reason::moved);
  deliver(store, 3);
  CHECK(!store.at_a_glance().reason);
}

TEST_CASE("reserved numbers that nobody accounted for are skipped and told as lost") {
  const tests::temporary_directory room;
  {
    auto store = opened(room.path(), "stream");
    keep(store);
    REQUIRE(store.account({.next = 2, .reserved_to = 65}));
  }
  auto store = opened(room.path(), "stream");
  CHECK(store.at_a_glance().next_sequence == 66);
  CHECK(store.at_a_glance().lost == model::loss{64, {{2, 65, model::loss_reason::disk}}});
  keep(store);
  deliver(store, 66);
  CHECK(store.at_a_glance().lost.ranges.empty());
}

TEST_CASE("a stream of which only reserved numbers were used is the previous one of the stream that follows") {
  const tests::temporary_directory room;
  auto store = opened(room.path(), "first");
  REQUIRE(store.account({.next = 1, .reserved_to = 64}));
  REQUIRE(store.account({.next = 3, .stream = memory_stream{.id = "second", .previous = "first", .from = 3}}));
  CHECK(store.at_a_glance().previous_stream == "first");
  CHECK(store.at_a_glance().reason == stream_reason::fresh);
}

TEST_CASE("a stream from memory and its losses that are told twice, as after a commit of unknown end, count once") {
  const tests::temporary_directory room;
  auto store = opened(room.path(), "first");
  keep(store);
  const declared_loss lost[] = {{{4, 5, model::loss_reason::disk}, 7}};
  const told_loss told[] = {{3, 3, 1}};
  const accounting all{.next = 6,
                       .losses = lost,
                       .told_losses = told,
                       .stream = memory_stream{.id = "second", .previous = "first", .from = 3}};
  for (int time = 1; time <= 2; ++time) {
    CAPTURE(time);
    REQUIRE(store.account(all));
    CHECK(store.at_a_glance().stream == "second");
    CHECK(store.at_a_glance().previous_stream == "first");
    CHECK(store.at_a_glance().lost == model::loss{3, {{4, 5, model::loss_reason::disk}}});
  }
}

TEST_CASE("a reservation that was not needed leaves no trace") {
  const tests::temporary_directory room;
  {
    auto store = opened(room.path(), "stream");
    REQUIRE(store.account({.next = 1, .reserved_to = 64}));
    keep(store);
  }
  CHECK(opened(room.path(), "stream").at_a_glance().next_sequence == 2);
  CHECK(opened(room.path(), "stream").at_a_glance().lost == model::loss{});
}

TEST_CASE("a store of the first version goes on in the present one") {
  const tests::temporary_directory room;
  SQLite::Database old((room.path() / store_file_name).native(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
  old.exec(R"sql(
      PRAGMA auto_vacuum = FULL;
      CREATE TABLE meta (row INTEGER PRIMARY KEY CHECK (row = 1), stream TEXT NOT NULL,
        stream_reason TEXT CHECK (stream_reason IN ('new', 'salvaged', 'moved', 'operator')), previous_stream TEXT,
        gateway TEXT NOT NULL, next_sequence INTEGER NOT NULL CHECK (next_sequence > 0),
        lost_total INTEGER NOT NULL CHECK (lost_total >= 0)) STRICT;
      CREATE TABLE rollup (sequence INTEGER PRIMARY KEY CHECK (sequence > 0), id TEXT NOT NULL,
        stored_at INTEGER NOT NULL, state TEXT NOT NULL CHECK (state IN ('pending', 'aside', 'dead')),
        tries INTEGER NOT NULL, troubled_tries INTEGER NOT NULL, troubled_ms INTEGER NOT NULL,
        raw_bytes INTEGER NOT NULL, checksum INTEGER NOT NULL, body BLOB NOT NULL) STRICT;
      CREATE INDEX rollup_waiting ON rollup (sequence) WHERE state <> 'dead';
      CREATE TABLE lost (from_sequence INTEGER PRIMARY KEY CHECK (from_sequence > 0),
        to_sequence INTEGER NOT NULL CHECK (to_sequence >= from_sequence),
        reason TEXT NOT NULL CHECK (reason IN ('max_bytes', 'max_age', 'disk', 'damage', 'operator')),
        declared_in INTEGER NOT NULL) STRICT;
      INSERT INTO meta VALUES (1, 'first', NULL, NULL, 'gateway-1', 43, 2);
      INSERT INTO rollup VALUES (42, 'id-42', 1764000000000, 'aside', 3, 2, 1000, 2, 2319477978,
        x'1f8b0800000000000003abae050043bfa6a302000000');
      INSERT INTO lost VALUES (40, 41, 'disk', 43);
      PRAGMA application_id = 1164202607;
      PRAGMA user_version = 1)sql");
  auto store = opened(room.path(), "another", {"id", {"aa:01"}});
  CHECK(store.at_a_glance().stream == "first");
  CHECK(!store.at_a_glance().reason);
  CHECK(store.at_a_glance().lost == model::loss{2, {{40, 41, model::loss_reason::disk}}});
  CHECK(store.front(9).value() == std::vector<entry>{{42, entry_state::aside, 3, 2, model::milliseconds{1'000}}});
  const auto kept = store.load(42);
  REQUIRE(kept);
  CHECK(kept->value().body == "{}");
  keep(store);
  CHECK(store.at_a_glance().pending == 2);
}

}  // namespace
}  // namespace edge_rollup::outbox
