// Noise in the write-ahead log that a killed process left behind: what stands behind it is gone, and is told.
#include "outbox/log_damage.hpp"

#include "support/temporary_directory.hpp"
#include "unit/outbox/store_bench.hpp"

#include <catch2/catch_get_random_seed.hpp>
#include <catch2/catch_test_macros.hpp>

#include <SQLiteCpp/Database.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>

namespace edge_rollup::outbox {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t frame_bytes = 24 + 4096;

fs::path log_in(const fs::path& directory) {
  return directory / (std::string(store_file_name) + "-wal");
}

void overwrite(const fs::path& file, std::size_t from, const std::string& bytes) {
  std::fstream(file, std::ios::in | std::ios::out | std::ios::binary)
      .seekp(static_cast<std::streamoff>(from))
      .write(bytes.data(), static_cast<std::streamsize>(std::min(bytes.size(), fs::file_size(file) - from)));
}

std::string noise(std::mt19937& chance) {
  std::string bytes(1'024, '\0');
  for (auto& byte : bytes) byte = static_cast<char>(chance());
  return bytes;
}

/// As a process leaves it that is killed: what was stored stands in the log alone.
void leave_behind(const fs::path& directory, std::uint64_t rollups) {
  store_bench killed;
  for (std::uint64_t each = 0; each < rollups; ++each) killed.round();
  for (const auto& file : {killed.file(), log_in(killed.directory())}) fs::copy(file, directory / file.filename());
}

TEST_CASE("what stands behind noise in the log is told as lost, and its numbers are not used again") {
  constexpr std::uint64_t kept = 40;
  constexpr std::size_t places = 50;
  const auto seed = Catch::getSeed();
  CAPTURE(seed);
  std::mt19937 chance{seed};
  const tests::temporary_directory original;
  leave_behind(original.path(), kept);
  const auto size = fs::file_size(log_in(original.path()));
  for (std::size_t place = 0; place < places; ++place) {
    CAPTURE(place);
    const tests::temporary_directory room;
    fs::copy(original.path(), room.path(), fs::copy_options::recursive);
    overwrite(log_in(room.path()), size * place / places, noise(chance));
    store_bench next({.directory = room.path(), .stream = second_stream});
    const auto waiting = next.waiting();
    for (const auto sequence : waiting) next.load(sequence);
    const auto lost = next.glance().lost;
    CAPTURE(waiting.size(), lost.total);
    const bool may_be_torn = waiting.size() + 1 >= kept;
    CHECK((waiting.size() + lost.total >= kept || may_be_torn));
    CHECK((next.glance().next_sequence > kept || may_be_torn));
    CHECK(lost.total <= 2 * kept);
    CHECK(lost.total == next.glance().discarded[3]);
    CHECK(next.messages.count("behind damage in its log") == (lost.total > 0 ? 1 : 0));
    const auto made = next.round();
    CHECK(next.waiting().back() == made);
    next.start();
    CHECK(next.glance().lost == lost);
  }
}

enum class sectors { whole, may_tear };

/// A log with as many commits of one page each as asked for, and a few frames of one before it behind them. Where
/// sectors may tear, SQLite fills the last one of a commit with more of its last frame.
class written_log {
 public:
  explicit written_log(int commits, sectors written = sectors::whole)
      : database_("file:" + (room_.path() / store_file_name).native() +
                      (written == sectors::may_tear ? "?psow=0" : "?psow=1"),
                  SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE | SQLite::OPEN_URI) {
    database_.exec("PRAGMA journal_mode = WAL; CREATE TABLE t (x)");
    for (int each = 0; each < 9; ++each) commit();
    database_.exec("PRAGMA wal_checkpoint");
    for (int each = 0; each < commits; ++each) commit();
  }
  fs::path log() const { return log_in(room_.path()); }

 private:
  void commit() { database_.exec("UPDATE t SET x = x + 1; INSERT INTO t SELECT 1 WHERE NOT EXISTS (SELECT 1 FROM t)"); }

  tests::temporary_directory room_;
  SQLite::Database database_;
};

TEST_CASE("commits behind damage in a log are counted, and those of an older log behind it are not") {
  constexpr std::size_t header = 32;
  const struct {
    const char* row;
    std::size_t from;
    std::uint64_t lost;
  } rows[] = {{"in the header's magic number", 0, 6},
              {"in the header's checksum, as when a log begins anew", 24, 0},
              {"in the first page", header + 100, 6},
              {"in the header of a page", header + 2 * frame_bytes + 8, 4},
              {"where only one commit stands behind", header + 5 * frame_bytes + 100, 0},
              {"in the older log", header + 7 * frame_bytes + 100, 0}};
  for (const auto& [row, from, lost] : rows) {
    CAPTURE(row);
    const written_log written(6);
    REQUIRE(fs::file_size(written.log()) > header + 8 * frame_bytes);
    CHECK(unreadable_commits(written.log()) == 0);
    overwrite(written.log(), from, "noise");
    CHECK(unreadable_commits(written.log()) == lost);
  }
}

TEST_CASE("a last commit that was torn anywhere is not taken for damage, however often it repeats its last frame") {
  constexpr std::size_t header = 32, commits = 3, frames = 2 * commits;
  const written_log written(commits, sectors::may_tear);
  std::ifstream read(written.log(), std::ios::binary);
  const std::string whole(std::istreambuf_iterator<char>(read), {});
  REQUIRE(whole.size() > header + (frames + 1) * frame_bytes);
  const auto page_of = [&whole](std::size_t frame) { return whole.substr(header + frame * frame_bytes + 24, 4096); };
  REQUIRE(page_of(frames - 2) == page_of(frames - 1));
  REQUIRE(page_of(frames - 3) != page_of(frames - 1));
  for (auto from = header + (frames - 2) * frame_bytes; from < header + frames * frame_bytes; from += 512) {
    CAPTURE(from);
    overwrite(written.log(), 0, whole);
    overwrite(written.log(), from, std::string(512, 'x'));
    CHECK(unreadable_commits(written.log()) == 0);
  }
}

TEST_CASE("a log that ends anywhere is not taken for damaged") {
  const written_log written(6);
  for (auto size = fs::file_size(written.log()); size > 100; size -= 100) {
    fs::resize_file(written.log(), size);
    CHECK(unreadable_commits(written.log()) == 0);
  }
  CHECK(unreadable_commits("no log at all") == 0);
}

}  // namespace
}  // namespace edge_rollup::outbox
