#include "outbox/sqlite_store.hpp"

#include "outbox/body_codec.hpp"
#include "outbox/database.hpp"
#include "outbox/schema.hpp"
#include "support/temporary_directory.hpp"
#include "unit/outbox/recording_disk.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include <SQLiteCpp/Database.h>
#include <fmt/format.h>
#include <sqlite3.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <algorithm>
#include <csignal>
#include <fstream>
#include <functional>
#include <string>

namespace edge_rollup::outbox {
namespace {

namespace fs = std::filesystem;
using Catch::Matchers::ContainsSubstring;
using model::error_kind;

const store_parameters first_start{.gateway = "gateway-1", .new_stream_id = "919108f7-52d1-4320-9bac-f847db4148a8"};

sqlite_store opened(const fs::path& directory, const store_parameters& parameters = first_start) {
  auto store = sqlite_store::open(directory, parameters);
  INFO((store ? "" : store.error().text));
  REQUIRE(store);
  return std::move(*store);
}

model::error refusal_to_open(const fs::path& directory) {
  const auto store = sqlite_store::open(directory, first_start);
  REQUIRE(!store);
  return store.error();
}

/// A second connection, as another process has one.
SQLite::Database beside(const fs::path& directory) {
  return {(directory / store_file_name).native(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE};
}

record numbered(std::uint64_t sequence, std::string body = "{\"edge_nodes\":3}") {
  record made;
  made.sequence = sequence;
  made.id = "id-" + std::to_string(sequence);
  made.stored_at = model::wall_time{model::milliseconds{1'764'000'000'000}};
  made.body = std::move(body);
  return made;
}

settlement delivery_of(std::uint64_t sequence) {
  settlement change;
  change.delivered = sequence;
  return change;
}

/// Bytes that do not compress.
std::string noise(std::size_t size) {
  std::string bytes(size, '\0');
  std::uint32_t state = 1;
  for (auto& byte : bytes) {
    state = state * 1'664'525U + 1'013'904'223U;
    byte = static_cast<char>(state >> 24);
  }
  return bytes;
}

TEST_CASE("a store keeps its stream and its gateway's name") {
  const tests::temporary_directory room;
  CHECK(opened(room.path()).at_a_glance().stream == first_start.new_stream_id);
  const auto again = opened(room.path(), {.gateway = "renamed", .new_stream_id = "another"});
  CHECK(again.at_a_glance().stream == first_start.new_stream_id);
  CHECK(again.at_a_glance().gateway == "gateway-1");
}

TEST_CASE("every connection syncs the log in each commit and waits for others") {
  const tests::temporary_directory room;
  auto opened_file = open_database(room.path() / store_file_name);
  REQUIRE(opened_file);
  auto& file = *opened_file;
  CHECK(file.execAndGet("PRAGMA journal_mode").getString() == "wal");
  CHECK(file.execAndGet("PRAGMA synchronous").getInt() == 2);  // FULL
  CHECK(file.execAndGet("PRAGMA busy_timeout").getInt() == busy_timeout.count());
  CHECK(file.execAndGet("PRAGMA journal_size_limit").getInt64() == kept_log_bytes);
  CHECK(file.execAndGet("PRAGMA auto_vacuum").getInt() == 1);
  CHECK(file.execAndGet("PRAGMA application_id").getInt() == application_id);
  CHECK(file.execAndGet("PRAGMA user_version").getInt() == schema_version);
}

TEST_CASE("a store begins with three syncs, and to open it again changes nothing") {
  const auto count = [](const tests::recording_disk& disk, tests::disk_event::kind what) {
    return std::ranges::count(disk.events(), what, &tests::disk_event::what);
  };
  tests::recording_disk disk;
  const tests::temporary_directory room;
  {
    const auto store = opened(room.path());
    CHECK(count(disk, tests::disk_event::kind::sync) == 3);  // the file, its log, and what the log then holds
  }
  [[maybe_unused]] const auto beginning = disk.take_events();
  const auto again = opened(room.path());
  CHECK(count(disk, tests::disk_event::kind::write) == 0);
  CHECK(count(disk, tests::disk_event::kind::sync) == 0);
}

TEST_CASE("a file whose making was cut short by the power is made anew") {
  for (const std::size_t bytes : {512U, 4096U}) {
    CAPTURE(bytes);
    const tests::temporary_directory room;
    std::ofstream(room.path() / store_file_name, std::ios::binary) << std::string(bytes, '\0');
    CHECK(opened(room.path()).at_a_glance().stream == first_start.new_stream_id);
  }
}

TEST_CASE("zeros where a store was, or a page of something else, are not made anew") {
  const tests::temporary_directory room;
  std::ofstream(room.path() / store_file_name, std::ios::binary) << std::string(8192, '\0');
  CHECK(refusal_to_open(room.path()).kind == error_kind::disk);
  std::ofstream(room.path() / store_file_name, std::ios::binary) << "notes of somebody\n";
  CHECK(refusal_to_open(room.path()).kind == error_kind::disk);
}

TEST_CASE("a small database of something else that is damaged is not made anew either") {
  const tests::temporary_directory room;
  beside(room.path())
      .exec("PRAGMA page_size = 1024; CREATE TABLE notes (line); INSERT INTO notes VALUES ('of somebody')");
  const auto file = room.path() / store_file_name;
  const auto size = fs::file_size(file);
  REQUIRE(size <= 4096);
  constexpr std::streamoff payload_fraction = 21;  // 64 in every database (sqlite.org/fileformat.html §1.3.4)
  std::fstream(file, std::ios::in | std::ios::out | std::ios::binary).seekp(payload_fraction).put('x');
  CHECK(refusal_to_open(room.path()).kind == error_kind::disk);
  CHECK(fs::file_size(file) == size);
}

TEST_CASE("every file of the store is for us alone") {
  const tests::temporary_directory room;
  std::ofstream(room.path() / store_file_name).flush();
  REQUIRE(::chmod((room.path() / store_file_name).c_str(), 0666) == 0);
  auto store = opened(room.path());
  REQUIRE(store.store(numbered(1)));
  int files = 0;
  for (const auto& file : fs::directory_iterator(room.path())) {
    CAPTURE(file.path());
    CHECK(file.status().permissions() == (fs::perms::owner_read | fs::perms::owner_write));
    ++files;
  }
  CHECK(files == 3);  // outbox.db, -wal, -shm
}

TEST_CASE("a body stands in the file as one gzip member") {
  const tests::temporary_directory room;
  auto store = opened(room.path());
  REQUIRE(store.store(numbered(1, "{}")));
  auto file = beside(room.path());
  CHECK(file.execAndGet("SELECT body FROM rollup").getString() == gzip("{}"));
  CHECK(store.at_a_glance().bytes == gzip("{}").size());
}

TEST_CASE("a record comes with the gzip member that is stored, so that it need not be packed again") {
  const tests::temporary_directory room;
  auto store = opened(room.path());
  REQUIRE(store.store(numbered(1)));
  const auto loaded = store.load(1);
  REQUIRE((loaded && *loaded));
  CHECK((*loaded)->packed == gzip((*loaded)->body));
}

TEST_CASE("a damaged record is found when it is loaded and told as lost, and its neighbours are not touched") {
  struct row {
    const char* label;
    const char* damage;
  };
  const row rows[] = {
      {"a byte of the body", "UPDATE rollup SET body = CAST(substr(body, 1, 12) || x'00' || substr(body, 14) AS BLOB)"},
      {"the body cut short", "UPDATE rollup SET body = substr(body, 1, length(body) - 1)"},
      {"an empty body", "UPDATE rollup SET body = x''"},
      {"the id", "UPDATE rollup SET id = 'id-9'"},
      {"the time", "UPDATE rollup SET stored_at = stored_at + 1"},
      {"the size", "UPDATE rollup SET raw_bytes = raw_bytes + 1"},
      {"a huge size", "UPDATE rollup SET raw_bytes = 9223372036854775807"},
      {"a negative size", "UPDATE rollup SET raw_bytes = -1"},
      {"the checksum", "UPDATE rollup SET checksum = checksum + 1"},
      {"another record's row",
       "UPDATE rollup SET (id, checksum, body) = (SELECT id, checksum, body FROM rollup WHERE "
       "sequence = 1)"},
  };
  for (const auto& [label, damage] : rows) {
    CAPTURE(label);
    const tests::temporary_directory room;
    auto store = opened(room.path());
    for (const std::uint64_t sequence : {1U, 2U, 3U}) REQUIRE(store.store(numbered(sequence)));
    REQUIRE(beside(room.path()).exec(std::string{damage} + " WHERE sequence = 2") == 1);

    const auto damaged = store.load(2);
    REQUIRE(!damaged);
    CHECK(damaged.error().kind == error_kind::bad_data);
    CHECK_THAT(damaged.error().text, ContainsSubstring("rollup 2 in " + (room.path() / store_file_name).string()));
    CHECK(store.load(1).value() == numbered(1));
    CHECK(store.load(3).value() == numbered(3));
    CHECK(store.front(9).value() == std::vector<entry>{{.sequence = 1}, {.sequence = 3}});
    CHECK(!store.load(2).value());
    CHECK(store.at_a_glance().lost == model::loss{1, {{2, 2, model::loss_reason::damage}}});
    CHECK(store.at_a_glance().discarded == std::array<std::uint64_t, 5>{0, 0, 0, 1, 0});
  }
}

TEST_CASE("a store of a newer version, or of another program, is refused and not written to") {
  struct row {
    const char* label;
    std::string made_so;
    const char* words;
  };
  const row rows[] = {
      {"newer", fmt::format("PRAGMA application_id = {}; PRAGMA user_version = 99", application_id),
       "newer edge-rollup (schema 99"},
      {"other program", "PRAGMA application_id = 7", "not an outbox"},
      {"no program's", "CREATE TABLE theirs (a)", "not an outbox"},
  };
  for (const auto& [label, made_so, words] : rows) {
    CAPTURE(label);
    const tests::temporary_directory room;
    beside(room.path()).exec(made_so);
    const auto before = fs::file_size(room.path() / store_file_name);
    const auto refusal = refusal_to_open(room.path());
    CHECK(refusal.kind == error_kind::state);
    CHECK_THAT(refusal.text, ContainsSubstring(words));
    CHECK(fs::file_size(room.path() / store_file_name) == before);
    CHECK(beside(room.path()).execAndGet("PRAGMA journal_mode").getString() == "delete");
  }
}

TEST_CASE("what SQLite says is passed on with the path") {
  const tests::temporary_directory room;
  std::ofstream(room.path() / store_file_name) << std::string(8192, 'x');
  const auto refusal = refusal_to_open(room.path());
  CHECK(refusal.kind == error_kind::disk);
  CHECK_THAT(refusal.text, ContainsSubstring((room.path() / store_file_name).string() + ": file is not a database"));
  CHECK(refusal_to_open(room.path() / "missing").kind == error_kind::disk);
}

TEST_CASE("a store goes on after a start without its -shm, and with a log that was cut") {
  const tests::temporary_directory room;
  const tests::temporary_directory copies;
  {
    auto store = opened(room.path());
    for (const std::uint64_t sequence : {1U, 2U, 3U}) REQUIRE(store.store(numbered(sequence)));
    fs::copy(room.path(), copies.path());  // as a crash leaves them: the log is not yet in the file
  }
  fs::remove(copies.path() / "outbox.db-shm");
  const auto log = copies.path() / "outbox.db-wal";
  REQUIRE(fs::file_size(log) > 0);
  CHECK(opened(copies.path()).at_a_glance().next_sequence == 4);
}

TEST_CASE("the last commit of a torn log is gone as a whole, sequence and record") {
  const tests::temporary_directory room;
  const tests::temporary_directory copies;
  {
    auto store = opened(room.path());
    for (const std::uint64_t sequence : {1U, 2U}) REQUIRE(store.store(numbered(sequence)));
    fs::copy(room.path(), copies.path());
  }
  fs::remove(copies.path() / "outbox.db-shm");
  fs::resize_file(copies.path() / "outbox.db-wal", fs::file_size(copies.path() / "outbox.db-wal") - 1);
  auto store = opened(copies.path());
  CHECK(store.at_a_glance().next_sequence == 2);
  CHECK(store.load(1).value() == numbered(1));
  CHECK(!store.load(2).value());
}

TEST_CASE("a write that the disk refuses changes nothing, and the sequence is used by the next one") {
  const tests::temporary_directory room;
  auto store = opened(room.path());
  REQUIRE(store.store(numbered(1)));
  rlimit before{};
  REQUIRE(::getrlimit(RLIMIT_FSIZE, &before) == 0);
  const auto earlier_handler = std::signal(SIGXFSZ, SIG_IGN);
  const rlimit tight{.rlim_cur = 256 * 1024, .rlim_max = before.rlim_max};
  REQUIRE(::setrlimit(RLIMIT_FSIZE, &tight) == 0);
  const auto refused = store.store(numbered(2, noise(1'000'000)));
  REQUIRE(::setrlimit(RLIMIT_FSIZE, &before) == 0);
  std::signal(SIGXFSZ, earlier_handler);

  REQUIRE(!refused);
  CHECK(refused.error().kind == error_kind::disk);
  CHECK_THAT(refused.error().text,
             ContainsSubstring("cannot store a rollup in " + (room.path() / "outbox.db").string()));
  CHECK(store.at_a_glance().next_sequence == 2);
  CHECK(store.at_a_glance().pending == 1);
  REQUIRE(store.store(numbered(2)));
  CHECK(store.load(2).value() == numbered(2));
}

TEST_CASE("a settlement that fails half-way changes nothing") {
  const tests::temporary_directory room;
  auto store = opened(room.path());
  for (const std::uint64_t sequence : {1U, 2U}) REQUIRE(store.store(numbered(sequence)));
  beside(room.path())
      .exec(
          "CREATE TRIGGER no_death BEFORE UPDATE OF state ON rollup WHEN new.state = 'dead'"
          " BEGIN SELECT raise(ABORT, 'no'); END");
  auto change = delivery_of(1);
  change.dead = {2};
  const auto refused = store.settle(change);
  REQUIRE(!refused);
  CHECK(refused.error().kind == error_kind::disk);
  CHECK(store.at_a_glance().pending == 2);
  CHECK(store.at_a_glance().reason == model::stream_reason::fresh);
  CHECK(store.load(1).value() == numbered(1));
}

TEST_CASE("a body over the limit is refused and uses up no sequence") {
  const tests::temporary_directory room;
  auto store = opened(room.path());
  CHECK(store.store(numbered(1, std::string(max_body_bytes + 1, 'x'))).error().kind == error_kind::internal);
  CHECK(store.at_a_glance().next_sequence == 1);
}

TEST_CASE("what another process changes is seen with the next operation") {
  const tests::temporary_directory room;
  auto store = opened(room.path());
  for (const std::uint64_t sequence : {1U, 2U, 3U}) REQUIRE(store.store(numbered(sequence)));
  auto tool = opened(room.path());
  CHECK(tool.at_a_glance().pending == 3);
  settlement dead;
  dead.dead = {1};
  REQUIRE(tool.settle(dead));
  REQUIRE(tool.settle(delivery_of(2)));

  CHECK(store.front(9).value() == std::vector<entry>{{.sequence = 3}});
  CHECK(store.at_a_glance().pending == 1);
  CHECK(store.at_a_glance().dead == 1);
  CHECK(store.at_a_glance().bytes == tool.at_a_glance().bytes);
  REQUIRE(store.settle(delivery_of(2)));  // gone already
  CHECK(store.at_a_glance().pending == 1);
  REQUIRE(store.store(numbered(4)));
  CHECK(store.at_a_glance().next_sequence == 5);
}

TEST_CASE("losses are told until a rollup that was stored after them is delivered") {
  const tests::temporary_directory room;
  (void)opened(room.path());
  beside(room.path())
      .exec(
          "UPDATE meta SET next_sequence = 10, lost_total = 5;"
          "INSERT INTO lost VALUES (3, 4, 'max_bytes', 8), (6, 6, 'operator', 11), (1, 2, 'disk', 10)");
  using model::loss_reason;
  const model::lost_range first{1, 2, loss_reason::disk}, second{3, 4, loss_reason::max_bytes},
      third{6, 6, loss_reason::operator_request};

  auto store = opened(room.path());
  CHECK(store.at_a_glance().lost == model::loss{5, {first, second, third}});
  REQUIRE(store.settle(delivery_of(7)));
  CHECK(store.at_a_glance().lost.ranges.size() == 3);
  REQUIRE(store.settle(delivery_of(9)));
  CHECK(store.at_a_glance().lost == model::loss{5, {first, third}});
  REQUIRE(store.settle(delivery_of(11)));
  CHECK(store.at_a_glance().lost == model::loss{5, {}});
  CHECK(opened(room.path()).at_a_glance().lost == model::loss{5, {}});
}

TEST_CASE("the space of delivered rollups is given back") {
  const tests::temporary_directory room;
  const auto body = noise(200'000);
  {
    auto store = opened(room.path());
    for (std::uint64_t sequence = 1; sequence <= 20; ++sequence) REQUIRE(store.store(numbered(sequence, body)));
  }
  CHECK(fs::file_size(room.path() / store_file_name) > 20 * body.size());
  {
    auto store = opened(room.path());
    for (std::uint64_t sequence = 1; sequence <= 20; ++sequence) REQUIRE(store.settle(delivery_of(sequence)));
  }
  CHECK(fs::file_size(room.path() / store_file_name) < body.size());
}

TEST_CASE("the disk's trouble is that of the last operation only") {
  const tests::temporary_directory room;
  tests::recording_disk disk;
  auto store = opened(room.path());
  const struct {
    const char* row;
    std::function<bool()> operation;
  } without_trouble[] = {{"one that succeeds", [&] { return store.settle(delivery_of(1)).has_value(); }},
                         {"one that only reads", [&] { return store.front(1).has_value(); }},
                         {"one that is refused for another reason", [&] {
                            const auto stored = store.store(numbered(1, std::string(max_body_bytes + 1, 'x')));
                            return !stored && stored.error().kind == error_kind::internal;
                          }}};
  for (const auto& [row, operation] : without_trouble) {
    CAPTURE(row);
    disk.refuse_changes(SQLITE_FULL);
    CHECK(!store.store(numbered(1)));
    CHECK(store.last_trouble() == disk_trouble::full);
    disk.allow_changes();
    CHECK(operation());
    CHECK(store.last_trouble() == disk_trouble::none);
  }
}

}  // namespace
}  // namespace edge_rollup::outbox
