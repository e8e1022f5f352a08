// Another process has the store to itself for longer than anybody waits: that is no reason to begin a stream.
#include "outbox/damaged_store.hpp"

#include "unit/outbox/recording_disk.hpp"
#include "unit/outbox/store_bench.hpp"

#include <catch2/catch_test_macros.hpp>

#include <SQLiteCpp/Database.h>
#include <sqlite3.h>

#include <chrono>

namespace edge_rollup::outbox {
namespace {

using model::loss_reason;

const bench_setup impatient{.busy_timeout = std::chrono::milliseconds{20}};

SQLite::Database shell_on(const store_bench& here) {
  return SQLite::Database(here.file().native(), SQLite::OPEN_READWRITE);
}

TEST_CASE("while another process locks the store the newest rollup waits in memory, in the same stream") {
  store_bench here(impatient);
  here.round();
  auto shell = shell_on(here);
  shell.exec("BEGIN IMMEDIATE");
  for (int round = 0; round < 3; ++round) here.round();
  CHECK(here.glance().stream == first_stream);
  CHECK(here.glance().in_memory_only);
  CHECK(here.messages.count("another process has") == 1);
  CHECK(!here.store().front(1));  // its number is not reserved: another process could give it to another rollup
  shell.exec("COMMIT");
  here.time.advance(resilient_store::lock_rest);
  CHECK(here.waiting() == numbers{1, 4});  // a look is enough
  CHECK(!here.glance().in_memory_only);
  here.round();
  CHECK(here.glance().stream == first_stream);
  CHECK(here.waiting() == numbers{1, 4, 5});
  CHECK(here.glance().lost == model::loss{2, {{2, 3, loss_reason::disk}}});
  here.start();
  CHECK(here.glance().stream == first_stream);
  CHECK(here.waiting() == numbers{1, 4, 5});
}

TEST_CASE("numbers that were never offered while another process locked the store are given again") {
  store_bench here(impatient);
  here.round();
  auto shell = shell_on(here);
  shell.exec("BEGIN IMMEDIATE");
  here.round();
  here.stop();
  shell.exec("COMMIT");
  here.start();
  CHECK(here.glance().stream == first_stream);
  CHECK(here.glance().next_sequence == 2);
}

TEST_CASE("a number that was reserved before another process locked the store is offered all the while") {
  store_bench here(impatient);
  here.round();
  here.free = 0;
  here.round();
  auto shell = shell_on(here);
  shell.exec("BEGIN IMMEDIATE");
  here.round();
  CHECK(here.glance().stream == first_stream);
  CHECK(here.waiting() == numbers{3});

  settlement change;
  change.tried = entry{.sequence = 3, .tries = 1};
  change.answer = last_answer{503, "too much to do"};
  CHECK(here.store().settle(change));
  shell.exec("COMMIT");
  here.free = store_bench::whole_disk;
  here.time.advance(resilient_store::lock_rest);
  CHECK(here.waiting() == numbers{1, 3});
  CHECK(shell.execAndGet("SELECT words FROM last_answer WHERE sequence = 3").getString() == "too much to do");
}

TEST_CASE("how far the numbers of a store went can be read while another process has it to itself") {
  store_bench here(impatient);
  here.round();
  auto shell = shell_on(here);
  shell.exec("BEGIN IMMEDIATE; UPDATE meta SET next_sequence = 9");
  here.stop();
  const auto meta = peek_at_meta(here.file());
  REQUIRE(meta);
  CHECK(meta->stream == first_stream);
  CHECK(meta->next == 2);
}

TEST_CASE("a full disk is none that is locked, though somebody reads the log that would give room") {
  tests::recording_disk disk;
  store_bench here(impatient);
  here.round();
  auto reader = shell_on(here);
  reader.exec("BEGIN");
  CHECK(reader.execAndGet("SELECT count(*) FROM rollup").getInt() == 1);
  auto writer = shell_on(here);
  writer.exec("PRAGMA wal_checkpoint(PASSIVE)");  // what is left to do is to cut the log off
  disk.refuse_changes(SQLITE_FULL);
  record made;
  made.sequence = 2;
  CHECK(!here.store().store(made));
  CHECK(here.glance().stream != first_stream);
}

}  // namespace
}  // namespace edge_rollup::outbox
