#include "outbox/state_directory.hpp"

#include "support/temporary_directory.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <string>

namespace edge_rollup::outbox {
namespace {

namespace fs = std::filesystem;
using Catch::Matchers::ContainsSubstring;
using model::error_kind;

constexpr uid_t somebody_else = 65534;

mode_t mode_of(const fs::path& file) {
  struct stat found {};
  REQUIRE(::lstat(file.c_str(), &found) == 0);
  return found.st_mode & 07777;
}

/// Ownership can only be given away by root; elsewhere these tests are skipped, not passed.
void give_away(const fs::path& file) {
  if (::geteuid() != 0) SKIP("only root can give files away");
  REQUIRE(::lchown(file.c_str(), somebody_else, somebody_else) == 0);
}

model::error refusal_of(const fs::path& directory) {
  const auto claimed = state_directory::claim(directory);
  REQUIRE(!claimed);
  return claimed.error();
}

TEST_CASE("a missing state directory is made with its parents, for us alone") {
  const tests::temporary_directory room;
  const auto claimed = state_directory::claim(room.path() / "a" / "b" / "state");
  REQUIRE(claimed);
  CHECK(claimed->path() == room.path() / "a" / "b" / "state");
  CHECK(mode_of(room.path() / "a") == 0700);
  CHECK(mode_of(room.path() / "a" / "b") == 0700);
  CHECK(mode_of(claimed->path()) == 0700);
  CHECK(mode_of(claimed->path() / "lock") == 0600);
}

TEST_CASE("the path is cleared of dots, double slashes and links of ours") {
  const tests::temporary_directory room;
  fs::create_directory(room.path() / "real");
  fs::create_directory_symlink("real", room.path() / "relative");
  fs::create_directory_symlink(room.path() / "relative", room.path() / "absolute");
  fs::create_directory_symlink("not-there-yet", room.path() / "dangling");
  struct row {
    const char* wanted;
    const char* reached;
  };
  const row rows[] = {{"real", "real"},     {"real/", "real"},           {".//real/.", "real"},
                      {"relative", "real"}, {"absolute", "real"},        {"absolute/inner", "real/inner"},
                      {"absolute/..", "."}, {"missing/../real", "real"}, {"dangling", "not-there-yet"}};
  for (const auto& [wanted, reached] : rows) {
    CAPTURE(wanted);
    const auto claimed = state_directory::claim(room.path().string() + "/" + wanted);
    REQUIRE(claimed);
    CHECK(claimed->path() == (room.path() / reached / "").lexically_normal().parent_path());
  }
}

TEST_CASE("a directory of ours that others may enter is closed to them if it is empty or an outbox") {
  for (const auto* content : {"", "outbox.db"}) {
    for (const mode_t mode : {0755U, 0701U, 02750U}) {
      CAPTURE(content, mode);
      const tests::temporary_directory room;
      if (*content != '\0') std::ofstream(room.path() / content) << "a store";
      REQUIRE(::chmod(room.path().c_str(), mode) == 0);
      CHECK(check_rights_of_others(room.path()));
      CHECK(mode_of(room.path()) == mode);
      REQUIRE(state_directory::claim(room.path()));
      CHECK(mode_of(room.path()) == 0700);
    }
  }
}

TEST_CASE("a directory that was named by mistake is refused and keeps its rights") {
  const struct {
    const char* row;
    mode_t mode;
    const char* content;  ///< of the directory, one file
    const char* why;
  } rows[] = {{"as /tmp", 01777, nullptr, "is shared with other users"},
              {"where anybody may have put a store", 0777, "outbox.db", "is shared with other users"},
              {"sticky", 01755, "outbox.db", "is shared with other users"},
              {"as /etc", 0755, "passwd", "holds other things than an outbox"},
              {"as /var/lib/dpkg", 0755, "lock", "holds other things than an outbox"},
              {"the top of a partition", 0755, "lost+found", "holds other things than an outbox"}};
  for (const auto& [row, mode, content, why] : rows) {
    CAPTURE(row);
    const tests::temporary_directory room;
    if (content != nullptr) std::ofstream(room.path() / content) << "kept";
    REQUIRE(::chmod(room.path().c_str(), mode) == 0);
    const auto refusal = refusal_of(room.path());
    CHECK(refusal.kind == error_kind::state);
    CHECK_THAT(refusal.text, ContainsSubstring(why) && ContainsSubstring("chmod 0700 " + room.path().string()) &&
                                 ContainsSubstring("as " + (room.path() / "edge-rollup").string()));
    CHECK(check_rights_of_others(room.path()).error() == refusal);
    CHECK(mode_of(room.path()) == mode);
  }
}

TEST_CASE("a directory that only we may enter is taken with whatever is in it") {
  const tests::temporary_directory room;
  std::ofstream(room.path() / "notes") << "kept";
  CHECK(state_directory::claim(room.path()));
}

TEST_CASE("a store of somebody else does not make a directory of ours an outbox") {
  const tests::temporary_directory room;
  std::ofstream(room.path() / "outbox.db") << "planted";
  give_away(room.path() / "outbox.db");
  REQUIRE(::chmod(room.path().c_str(), 0755) == 0);
  CHECK(refusal_of(room.path()).kind == error_kind::state);
  CHECK(mode_of(room.path()) == 0755);
}

TEST_CASE("a directory of somebody else is refused and left as it is") {
  const tests::temporary_directory room;
  const auto theirs = room.path() / "theirs";
  fs::create_directory(theirs);
  REQUIRE(::chmod(theirs.c_str(), 0755) == 0);
  give_away(theirs);
  const auto refusal = refusal_of(theirs);
  CHECK(refusal.kind == error_kind::state);
  CHECK_THAT(refusal.text,
             ContainsSubstring(theirs.string() + " belongs to user 65534") && ContainsSubstring("sudo -u '#65534'"));
  CHECK(mode_of(theirs) == 0755);
  CHECK(fs::is_empty(theirs));
}

TEST_CASE("a link of somebody else is refused wherever it stands on the way") {
  const tests::temporary_directory room;
  fs::create_directories(room.path() / "ours" / "state");
  fs::create_directory_symlink("ours", room.path() / "trap");
  fs::create_directory_symlink("trap", room.path() / "ours-again");
  give_away(room.path() / "trap");
  for (const auto* wanted : {"trap", "trap/state", "ours-again", "ours-again/state"}) {
    CAPTURE(wanted);
    const auto refusal = refusal_of(room.path() / wanted);
    CHECK(refusal.kind == error_kind::state);
    CHECK_THAT(refusal.text, ContainsSubstring("trap is a link that belongs to user 65534"));
  }
}

TEST_CASE("what is no directory is refused") {
  const tests::temporary_directory room;
  std::ofstream(room.path() / "file") << "kept";
  fs::create_symlink("file", room.path() / "link");
  fs::create_symlink("loop", room.path() / "loop");
  for (const auto* wanted : {"file", "file/inner", "link", "loop"}) {
    CAPTURE(wanted);
    CHECK(refusal_of(room.path() / wanted).kind == error_kind::state);
  }
  CHECK(refusal_of("").kind == error_kind::state);
}

TEST_CASE("what the system says is passed on with the path") {
  const std::string name(300, 'n');  // longer than a file system takes
  const auto refusal = refusal_of("/tmp/" + name);
  CHECK(refusal.kind == error_kind::disk);
  CHECK_THAT(refusal.text, ContainsSubstring("/tmp/" + name + ": File name too long"));
}

TEST_CASE("a parent without rights for us is a matter of permission") {
  const tests::temporary_directory room;
  REQUIRE(::chmod(room.path().c_str(), 0755) == 0);
  const auto closed = room.path() / "closed";
  fs::create_directory(closed);
  REQUIRE(::chmod(closed.c_str(), 0500) == 0);
  const pid_t child = ::fork();
  if (child == 0) {
    const bool plain_user = ::geteuid() != 0 || ::setuid(somebody_else) == 0;
    const auto claimed = state_directory::claim(closed / "state");
    ::_exit(plain_user && !claimed && claimed.error().kind == error_kind::permission ? 0 : 1);
  }
  int status = -1;
  REQUIRE(::waitpid(child, &status, 0) == child);
  CHECK(status == 0);
}

/// Another process that holds a state directory until it is told to go.
class holder {
 public:
  explicit holder(const fs::path& directory) {
    REQUIRE(::pipe(says_) == 0);
    REQUIRE(::pipe(hears_) == 0);
    id_ = ::fork();
    if (id_ == 0) {
      ::close(hears_[1]);
      const auto claimed = state_directory::claim(directory);
      const char word = claimed ? 'y' : 'n';
      char ignored = 0;
      const bool told = ::write(says_[1], &word, 1) == 1;
      ::_exit(told && ::read(hears_[0], &ignored, 1) == 0 ? 0 : 1);
    }
    char word = 0;
    REQUIRE(::read(says_[0], &word, 1) == 1);
    REQUIRE(word == 'y');
  }
  ~holder() {
    for (const int end : {says_[0], says_[1], hears_[0], hears_[1]}) ::close(end);
    ::waitpid(id_, nullptr, 0);
  }
  holder(const holder&) = delete;
  holder& operator=(const holder&) = delete;

  [[nodiscard]] pid_t id() const noexcept { return id_; }

 private:
  int says_[2] = {-1, -1};
  int hears_[2] = {-1, -1};
  pid_t id_ = -1;
};

TEST_CASE("one process holds a state directory, and the next one is told which") {
  const tests::temporary_directory room;
  std::ofstream(room.path() / "lock") << "a much longer text than any process id";
  {
    const holder other{room.path()};
    const auto refusal = refusal_of(room.path());
    CHECK(refusal.kind == error_kind::state);
    CHECK_THAT(refusal.text,
               ContainsSubstring(room.path().string() + " is in use by process " + std::to_string(other.id()) + ";"));
  }
  CHECK(state_directory::claim(room.path()));
}

TEST_CASE("a second claim in the same process is refused until the first is gone") {
  const tests::temporary_directory room;
  auto first = state_directory::claim(room.path());
  REQUIRE(first);
  CHECK(refusal_of(room.path()).kind == error_kind::state);
  {
    const auto moved = std::move(*first);
    CHECK(refusal_of(room.path()).kind == error_kind::state);
  }
  CHECK(state_directory::claim(room.path()));
}

TEST_CASE("a link in place of the lock file is not written through") {
  const tests::temporary_directory room;
  std::ofstream(room.path() / "precious") << "kept";
  fs::create_symlink("precious", room.path() / "lock");
  CHECK(!state_directory::claim(room.path()));
  std::string content;
  std::ifstream(room.path() / "precious") >> content;
  CHECK(content == "kept");
}

}  // namespace
}  // namespace edge_rollup::outbox
