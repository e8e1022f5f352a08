// Another process has the store to itself for longer than anybody waits: that is no reason to begin a stream.
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

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace edge_rollup::outbox {
namespace {

using model::loss_reason;
using numbers = std::vector<std::uint64_t>;

constexpr const char* first_stream = "919108f7-52d1-4320-9bac-f847db4148a8";

struct tested {
  tests::temporary_directory room;
  boost::asio::io_context loop;
  tests::virtual_clock time{loop};
  tests::seeded_entropy chance{5};
  tests::memory_log messages;
  std::uint64_t free = 1ULL << 40U;
  std::optional<resilient_store> daemon;

  tested() { start(); }

  void start() {
    daemon.reset();
    auto opened = resilient_store::open(
        room.path(),
        {.gateway = "gateway-1", .new_stream_id = first_stream, .busy_timeout = std::chrono::milliseconds{20}},
        {time, chance, messages, [this](const auto&) {
           return runtime::disk_space{free, 1ULL << 40U};
         }});
    REQUIRE(opened);
    daemon.emplace(std::move(*opened));
  }
  overview glance() const { return daemon->at_a_glance(); }
  void round() {
    record made;
    made.sequence = glance().next_sequence;
    made.id = "id-" + std::to_string(made.sequence);
    made.body = glance().stream;
    CHECK(daemon->store(made));
  }
  numbers waiting() {
    const auto front = daemon->front(1'000);
    REQUIRE(front);
    numbers sequences;
    for (const auto& each : *front) sequences.push_back(each.sequence);
    return sequences;
  }
  SQLite::Database shell() const {
    return SQLite::Database((room.path() / store_file_name).native(), SQLite::OPEN_READWRITE);
  }
};

TEST_CASE("while another process locks the store the newest rollup waits in memory, in the same stream") {
  tested here;
  here.round();
  auto shell = here.shell();
  shell.exec("BEGIN IMMEDIATE");
  for (int round = 0; round < 3; ++round) here.round();
  CHECK(here.glance().stream == first_stream);
  CHECK(here.glance().in_memory_only);
  CHECK(here.messages.count("another process has") == 1);
  CHECK(!here.daemon->front(1));  // its number is not reserved: another process could give it to another rollup
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
  tested here;
  here.round();
  auto shell = here.shell();
  shell.exec("BEGIN IMMEDIATE");
  here.round();
  here.daemon.reset();
  shell.exec("COMMIT");
  here.start();
  CHECK(here.glance().stream == first_stream);
  CHECK(here.glance().next_sequence == 2);
}

TEST_CASE("a number that was reserved before another process locked the store is offered all the while") {
  tested here;
  here.round();
  here.free = 0;
  here.round();
  auto shell = here.shell();
  shell.exec("BEGIN IMMEDIATE");
  here.round();
  CHECK(here.glance().stream == first_stream);
  CHECK(here.waiting() == numbers{3});

  settlement change;
  change.tried = entry{.sequence = 3, .tries = 1};
  change.answer = last_answer{503, "too much to do"};
  CHECK(here.daemon->settle(change));
  shell.exec("COMMIT");
  here.free = 1ULL << 40U;
  here.time.advance(resilient_store::lock_rest);
  CHECK(here.waiting() == numbers{1, 3});
  CHECK(shell.execAndGet("SELECT words FROM last_answer WHERE sequence = 3").getString() == "too much to do");
}

TEST_CASE("a full disk is none that is locked, though somebody reads the log that would give room") {
  tests::recording_disk disk;
  tested here;
  here.round();
  auto reader = here.shell();
  reader.exec("BEGIN");
  CHECK(reader.execAndGet("SELECT count(*) FROM rollup").getInt() == 1);
  auto writer = here.shell();
  writer.exec("PRAGMA wal_checkpoint(PASSIVE)");  // what is left to do is to cut the log off
  disk.refuse_changes(SQLITE_FULL);
  record made;
  made.sequence = 2;
  CHECK(!here.daemon->store(made));
  CHECK(here.glance().stream != first_stream);
}

}  // namespace
}  // namespace edge_rollup::outbox
