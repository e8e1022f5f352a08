#include "runtime/secret_files.hpp"

#include "support/temporary_directory.hpp"

#include <catch2/catch_test_macros.hpp>

#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>

using namespace edge_rollup;
using part = model::secret::part;

namespace {

constexpr ::uid_t nobody = 65534;

void write(const std::filesystem::path& path, const std::string& text) {
  std::ofstream(path, std::ios::binary | std::ios::trunc) << text;
}

model::secret in_file(const std::filesystem::path& path) {
  return {{{part::source::file, path.string()}}};
}

}  // namespace

TEST_CASE("a secret is put together of texts and files") {
  const tests::temporary_directory directory;
  write(directory.path() / "token", "middle\n");
  const model::secret wanted{{{part::source::text, "first-"},
                              {part::source::file, (directory.path() / "token").string()},
                              {part::source::text, "-last"}}};
  runtime::secret_files files;
  CHECK(files.value_of(wanted) == "first-middle-last");
  CHECK(files.value_of({}) == "");
}

TEST_CASE("one line end at the end of a secret's file does not count") {
  struct row {
    const char* label;
    std::string text;
    std::string value;
  };
  const row rows[] = {
      {"none", "abc", "abc"},
      {"LF", "abc\n", "abc"},
      {"CR LF", "abc\r\n", "abc"},
      {"blanks stay", " abc \n", " abc "},
      {"empty file", "", ""},
      {"only LF", "\n", ""},
      {"longest", std::string(runtime::max_secret_file_bytes, 'x'), std::string(runtime::max_secret_file_bytes, 'x')},
  };
  const tests::temporary_directory directory;
  const auto path = directory.path() / "token";
  runtime::secret_files files;
  for (const auto& [label, text, value] : rows) {
    DYNAMIC_SECTION(label) {
      write(path, text);
      CHECK(files.value_of(in_file(path)) == value);
    }
  }
}

TEST_CASE("a changed file is read again, however it was changed") {
  const tests::temporary_directory directory;
  const auto path = directory.path() / "token";
  write(path, "old");
  runtime::secret_files files;
  REQUIRE(files.value_of(in_file(path)) == "old");

  SECTION("longer text written into it") {
    write(path, "newer");
    CHECK(files.value_of(in_file(path)) == "newer");
  }
  SECTION("another file of the same length renamed over it") {
    write(directory.path() / "token.new", "new");
    std::filesystem::rename(directory.path() / "token.new", path);
    CHECK(files.value_of(in_file(path)) == "new");
  }
  SECTION("a link that points elsewhere, as for mounted secrets") {
    write(directory.path() / "1", "one");
    write(directory.path() / "2", "two");
    const auto link = directory.path() / "link";
    std::filesystem::create_symlink("1", link);
    REQUIRE(files.value_of(in_file(link)) == "one");
    std::filesystem::remove(link);
    std::filesystem::create_symlink("2", link);
    CHECK(files.value_of(in_file(link)) == "two");
  }
  SECTION("removed, and there again") {
    std::filesystem::remove(path);
    CHECK(files.value_of(in_file(path)).error().kind == model::error_kind::no_input);
    write(path, "again");
    CHECK(files.value_of(in_file(path)) == "again");
  }
}

TEST_CASE("a secret that cannot be used is told by its path and never by its content") {
  const tests::temporary_directory directory;
  const auto path = directory.path() / "token";
  runtime::secret_files files;
  struct row {
    const char* label;
    std::string text;
  };
  const row rows[] = {
      {"two lines", "hush\nhush"},
      {"two line ends", "hush\n\n"},
      {"carriage return inside", "hush\rhush"},
      {"NUL", std::string("hush\0hush", 9)},
      {"too long", "hush" + std::string(runtime::max_secret_file_bytes, 'x')},
  };
  for (const auto& [label, text] : rows) {
    DYNAMIC_SECTION(label) {
      write(path, text);
      const auto value = files.value_of(in_file(path));
      REQUIRE_FALSE(value.has_value());
      CHECK(value.error().kind == model::error_kind::bad_data);
      CHECK(value.error().text.contains(path.string()));
      CHECK_FALSE(value.error().text.contains("hush"));
    }
  }
  SECTION("no such file") {
    CHECK(files.value_of(in_file(path)).error().kind == model::error_kind::no_input);
  }
  SECTION("a directory") {
    CHECK(files.value_of(in_file(directory.path())).error().kind == model::error_kind::bad_data);
  }
  SECTION("a FIFO, which nobody waits for") {
    REQUIRE(::mkfifo(path.c_str(), 0600) == 0);
    CHECK(files.value_of(in_file(path)).error().kind == model::error_kind::bad_data);
  }
  SECTION("no permission") {
    write(path, "hush");
    ::chmod(path.c_str(), 0);
    ::chmod(directory.path().c_str(), 0755);
    const auto me = ::geteuid();
    if (me == 0) REQUIRE(::seteuid(nobody) == 0);  // root may read everything
    const auto value = files.value_of(in_file(path));
    REQUIRE(::seteuid(me) == 0);
    CHECK(value.error().kind == model::error_kind::permission);
  }
}
