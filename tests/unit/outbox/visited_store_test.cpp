#include "outbox/visited_store.hpp"

#include "outbox/sqlite_store.hpp"
#include "outbox/state_directory.hpp"
#include "support/temporary_directory.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include <SQLiteCpp/Database.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

namespace edge_rollup::outbox {
namespace {

namespace fs = std::filesystem;
using Catch::Matchers::ContainsSubstring;
using model::error_kind;
using sequences = std::vector<std::uint64_t>;

record numbered(std::uint64_t sequence) {
  record made;
  made.sequence = sequence;
  made.id = "id-" + std::to_string(sequence);
  made.stored_at = model::wall_time{model::milliseconds{1'764'000'000'000}};
  made.body = "{\"n\":" + std::to_string(sequence) + "}";
  return made;
}

/// The store of a daemon that runs, and the visit of an operator.
struct fixture {
  tests::temporary_directory room;
  sqlite_store daemon = opened(room.path());
  visited_store visit = visited(room.path());
  std::vector<std::pair<std::uint64_t, std::uint64_t>> reports;

  static sqlite_store opened(const fs::path& directory) {
    auto store = sqlite_store::open(directory,
                                    {.gateway = "gateway-1", .new_stream_id = "919108f7-52d1-4320-9bac-f847db4148a8"});
    REQUIRE(store);
    return std::move(*store);
  }
  static visited_store visited(const fs::path& directory) {
    auto store = visited_store::open(directory);
    INFO((store ? "" : store.error().text));
    REQUIRE(store);
    return std::move(*store);
  }

  void store(std::uint64_t count) {
    for (std::uint64_t i = 0; i < count; ++i) REQUIRE(daemon.store(numbered(daemon.at_a_glance().next_sequence)));
  }
  void kill(const sequences& dead) {
    settlement change;
    change.dead = dead;
    REQUIRE(daemon.settle(change));
  }
  sequences waiting() {
    sequences found;
    const auto front = daemon.front(100'000);
    REQUIRE(front);
    for (const auto& each : *front) found.push_back(each.sequence);
    return found;
  }
  progress_report report() {
    return [this](std::uint64_t done, std::uint64_t all) { reports.emplace_back(done, all); };
  }
};

}  // namespace

TEST_CASE("a visitor sees every rollup and what stands with it") {
  fixture f;
  f.store(3);
  f.kill({2});
  const auto entries = f.visit.list();
  REQUIRE(entries);
  REQUIRE(entries->size() == 3);
  CHECK((*entries)[1].progress.sequence == 2);
  CHECK((*entries)[1].progress.state == entry_state::dead);
  CHECK((*entries)[1].id == "id-2");
  CHECK((*entries)[1].stored_at == numbered(2).stored_at);
  CHECK((*entries)[1].body_bytes == numbered(2).body.size());
  CHECK(f.visit.load(2).value() == numbered(2));
  CHECK(f.visit.find(3).value()->progress.sequence == 3);
  CHECK_FALSE(f.visit.find(4).value());
  CHECK_FALSE(f.visit.load(4).value());
  CHECK(f.visit.look()->dead == 1);
}

TEST_CASE("a visitor sees what came back when a rollup was last offered, until it is gone") {
  fixture f;
  f.store(3);
  const auto answer_to = [&f](std::uint64_t sequence) { return f.visit.find(sequence).value()->answer; };
  const auto offered = [&f](entry tried, last_answer came) {
    settlement change;
    change.tried = tried;
    change.answer = std::move(came);
    REQUIRE(f.daemon.settle(change));
  };
  const last_answer refusal{422, "Unprocessable Content: quality_score is missing"};
  offered({2, entry_state::pending, 1, 0, {}}, {{}, "connect to 10.0.0.9:443: refused"});
  CHECK(answer_to(2) == last_answer{{}, "connect to 10.0.0.9:443: refused"});
  offered({2, entry_state::aside, 2, 1, {}}, refusal);
  offered({3, entry_state::pending, 1, 0, {}}, {401, ""});
  CHECK_FALSE(answer_to(1));
  CHECK(answer_to(2) == refusal);
  CHECK(answer_to(3) == last_answer{401, ""});

  f.kill({2});
  offered({2, entry_state::pending, 3, 1, {}}, {503, "late"});
  CHECK(answer_to(2) == refusal);
  CHECK(f.visit.requeue(all_dead_letters{}, f.report()) == 1);
  CHECK(f.visit.list()->at(1).answer == refusal);
  CHECK(f.visit.drop(sequence_range{2, 2}, f.report()) == 1);
  settlement delivered;
  delivered.delivered = 3;
  REQUIRE(f.daemon.settle(delivered));
  SQLite::Database file(f.visit.file().native());
  CHECK(file.execAndGet("SELECT count(*) FROM last_answer").getInt() == 0);
}

TEST_CASE("a store of a daemon that noted no answers is visited like any other") {
  fixture f;
  f.store(1);
  SQLite::Database(f.visit.file().native(), SQLite::OPEN_READWRITE)
      .exec("DROP TRIGGER rollup_gone; DROP TABLE last_answer");
  auto visit = fixture::visited(f.room.path());
  REQUIRE(visit.list());
  CHECK_FALSE(visit.list()->front().answer);
}

TEST_CASE("what a visitor drops is not taken for told by the first rollup after those that may be in memory") {
  constexpr std::uint64_t reserved_to = 66;
  fixture f;
  f.store(2);
  REQUIRE(f.daemon.account({.next = 3, .reserved_to = reserved_to}));
  // The one after them may be written already.
  CHECK(f.visit.drop(sequence_range{1, 1}, f.report()) == 1);
  const model::loss lost{1, {{1, 1, model::loss_reason::operator_request}}};
  const auto deliver = [&f](std::uint64_t sequence) {
    settlement change;
    change.delivered = sequence;
    REQUIRE(f.daemon.settle(change));
  };
  deliver(reserved_to + 1);
  CHECK(f.daemon.at_a_glance().lost == lost);
  deliver(reserved_to + 2);
  CHECK(f.daemon.at_a_glance().lost.ranges.empty());
}

TEST_CASE("requeued dead letters wait again, with nothing held against them but the count of tries") {
  fixture f;
  f.store(5);
  settlement tried;
  tried.tried = entry{2, entry_state::dead, 21, 20, model::milliseconds{3'600'000}};
  REQUIRE(f.daemon.settle(tried));
  f.kill({3, 5});
  SECTION("those of a range, and nothing else in it") {
    CHECK(f.visit.requeue(sequence_range{1, 3}, f.report()) == 2);
    CHECK(f.waiting() == sequences{1, 2, 3, 4});
    CHECK(f.daemon.front(2)->back() == entry{2, entry_state::pending, 21, 0, model::milliseconds{0}});
  }
  SECTION("all of them") {
    CHECK(f.visit.requeue(all_dead_letters{}, f.report()) == 3);
    CHECK(f.waiting() == sequences{1, 2, 3, 4, 5});
  }
  SECTION("none where there is none") {
    CHECK(f.visit.requeue(sequence_range{4, 4}, f.report()) == 0);
    CHECK(f.waiting() == sequences{1, 4});
  }
}

TEST_CASE("what is dropped is declared lost, in ranges") {
  fixture f;
  f.store(6);
  f.kill({2, 5});
  SECTION("a range, whatever the states") {
    CHECK(f.visit.drop(sequence_range{1, 3}, f.report()) == 3);
    CHECK(f.waiting() == sequences{4, 6});
    CHECK(f.daemon.at_a_glance().lost == model::loss{3, {{1, 3, model::loss_reason::operator_request}}});
  }
  SECTION("dead letters only") {
    CHECK(f.visit.drop(all_dead_letters{}, f.report()) == 2);
    CHECK(f.waiting() == sequences{1, 3, 4, 6});
    CHECK(f.daemon.at_a_glance().lost.ranges ==
          std::vector<model::lost_range>{{2, 2, model::loss_reason::operator_request},
                                         {5, 5, model::loss_reason::operator_request}});
  }
  SECTION("what is not there is not lost") {
    CHECK(f.visit.drop(sequence_range{7, 9}, f.report()) == 0);
    CHECK(f.waiting().size() == 4);
    CHECK(f.daemon.at_a_glance().lost.total == 0);
  }
}

TEST_CASE("the daemon counts what an operator drops beside it, and not what was dropped before it began") {
  constexpr std::size_t by_operator = 4;
  fixture f;
  f.store(6);
  CHECK(f.visit.drop(sequence_range{1, 2}, f.report()) == 2);
  CHECK(f.waiting().size() == 4);
  CHECK(f.daemon.at_a_glance().discarded == std::array<std::uint64_t, 5>{0, 0, 0, 0, 2});
  CHECK(f.visit.drop(sequence_range{4, 4}, f.report()) == 1);
  f.store(1);
  CHECK(f.daemon.at_a_glance().discarded.at(by_operator) == 3);
  CHECK(f.visit.requeue(all_dead_letters{}, f.report()) == 0);
  REQUIRE(f.visit.begin_stream("0b2ad5d8-1c0e-4d51-a3b6-0d6f3f0a5b11"));
  CHECK(f.waiting().size() == 4);
  CHECK(f.daemon.at_a_glance().discarded.at(by_operator) == 3);
  CHECK(fixture::opened(f.room.path()).at_a_glance().discarded.at(by_operator) == 0);
}

TEST_CASE("a loss is told until a rollup that was surely made after it has been delivered") {
  fixture f;
  f.store(2);
  REQUIRE(f.visit.drop(sequence_range{1, 1}, f.report()));
  const auto deliver = [&f](std::uint64_t sequence) {
    settlement change;
    change.delivered = sequence;
    REQUIRE(f.daemon.settle(change));
  };
  f.store(1);  // its body may have been made before the drop
  deliver(2);
  deliver(3);
  CHECK(f.daemon.at_a_glance().lost.ranges.size() == 1);
  f.store(1);
  deliver(4);
  CHECK(f.daemon.at_a_glance().lost.ranges.empty());
  CHECK(f.daemon.at_a_glance().lost.total == 1);
}

TEST_CASE("many changes are made in turns and reported") {
  fixture f;
  const std::uint64_t all = rollups_in_a_transaction + 7;
  f.store(all);
  CHECK(f.visit.drop(sequence_range{1, all}, f.report()) == all);
  CHECK(f.reports == std::vector<std::pair<std::uint64_t, std::uint64_t>>{{rollups_in_a_transaction, all}, {all, all}});
  CHECK(f.waiting().empty());
  CHECK(f.daemon.at_a_glance().lost == model::loss{all, {{1, all, model::loss_reason::operator_request}}});
}

TEST_CASE("a new stream begins by an operator's wish") {
  fixture f;
  f.store(2);
  const std::string old = f.daemon.at_a_glance().stream;
  REQUIRE(f.visit.begin_stream("0b2ad5d8-1c0e-4d51-a3b6-0d6f3f0a5b11"));
  CHECK(f.waiting() == sequences{1, 2});
  const auto& glance = f.daemon.at_a_glance();
  CHECK(glance.stream == "0b2ad5d8-1c0e-4d51-a3b6-0d6f3f0a5b11");
  CHECK(glance.previous_stream == old);
  CHECK(glance.reason == model::stream_reason::operator_request);
}

TEST_CASE("a damaged body is told, not changed") {
  fixture f;
  f.store(1);
  SQLite::Database beside((f.room.path() / store_file_name).native(), SQLite::OPEN_READWRITE);
  beside.exec("UPDATE rollup SET checksum = checksum + 1");
  const auto loaded = f.visit.load(1);
  REQUIRE_FALSE(loaded);
  CHECK(loaded.error().kind == error_kind::bad_data);
  CHECK(f.visit.list()->size() == 1);
}

TEST_CASE("a visitor makes nothing where there is nothing") {
  const tests::temporary_directory room;
  const auto store = visited_store::open(room.path());
  REQUIRE_FALSE(store);
  CHECK(store.error().kind == error_kind::no_input);
  CHECK_THAT(store.error().text, ContainsSubstring("no outbox in " + room.path().native()));
  const auto directory = visit_state_directory(room.path() / "missing");
  REQUIRE_FALSE(directory);
  CHECK(directory.error().kind == error_kind::no_input);
  CHECK(fs::is_empty(room.path()));
}

TEST_CASE("a visitor refuses what is not an outbox of this version") {
  const struct {
    const char* label;
    const char* statement;
    error_kind kind;
  } rows[] = {
      {"another program's", "CREATE TABLE theirs (a)", error_kind::state},
      {"a newer one", "PRAGMA application_id = 0x4564526f; PRAGMA user_version = 99", error_kind::state},
      {"an older one", "PRAGMA application_id = 0x4564526f; PRAGMA user_version = 1", error_kind::state},
      {"one that was never begun", "PRAGMA user_version = 0", error_kind::no_input},
  };
  for (const auto& row : rows) {
    INFO(row.label);
    const tests::temporary_directory room;
    SQLite::Database((room.path() / store_file_name).native(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE)
        .exec(row.statement);
    const auto store = visited_store::open(room.path());
    REQUIRE_FALSE(store);
    CHECK(store.error().kind == row.kind);
  }
}

TEST_CASE("a visitor takes neither the lock nor the rights of the directory") {
  const tests::temporary_directory room;
  const auto claimed = state_directory::claim(room.path());
  REQUIRE(claimed);
  REQUIRE(::chmod(room.path().c_str(), 0750) == 0);
  CHECK(visit_state_directory(room.path()) == room.path());
  struct stat found {};
  REQUIRE(::stat(room.path().c_str(), &found) == 0);
  CHECK((found.st_mode & 07777) == 0750);
}

TEST_CASE("what root's visit makes beside a service's store belongs to the service") {
  if (::geteuid() != 0) SKIP("only root can give files away");
  constexpr uid_t service = 4'242;
  const tests::temporary_directory room;
  { const auto store = fixture::opened(room.path()); }
  for (const auto& each : fs::directory_iterator(room.path())) {
    REQUIRE(::chown(each.path().c_str(), service, service) == 0);
  }
  REQUIRE(::chown(room.path().c_str(), service, service) == 0);
  REQUIRE(visit_state_directory(room.path()) == room.path());
  auto visit = fixture::visited(room.path());
  REQUIRE(visit.begin_stream("0b2ad5d8-1c0e-4d51-a3b6-0d6f3f0a5b11"));
  int files = 0;
  for (const auto& each : fs::directory_iterator(room.path())) {
    INFO(each.path());
    struct stat found {};
    REQUIRE(::stat(each.path().c_str(), &found) == 0);
    CHECK(found.st_uid == service);
    CHECK(found.st_gid == service);
    ++files;
  }
  CHECK(files == 3);
}

}  // namespace edge_rollup::outbox
