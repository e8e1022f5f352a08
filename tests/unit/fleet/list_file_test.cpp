#include "fleet/list_file.hpp"

#include "support/temporary_directory.hpp"

#include <catch2/catch_test_macros.hpp>

#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

using namespace edge_rollup;
using model::error_kind;

namespace {

void write(const std::filesystem::path& file, const std::string& text = "x") {
  std::filesystem::create_directories(file.parent_path());
  std::ofstream(file) << text;
}

using paths = std::vector<std::string>;

}  // namespace

TEST_CASE("a pattern gives the files it matches, sorted, without directories and pipes") {
  const tests::temporary_directory place;
  const auto in = [&](const char* name) { return (place.path() / name).native(); };
  write(in("b.json"));
  write(in("a.json"));
  write(in("a.txt"));
  write(in("north/c.json"));
  write(in("south/d.json"));
  std::filesystem::create_directory(in("dir.json"));
  REQUIRE(::mkfifo(in("pipe.json").c_str(), 0600) == 0);

  CHECK(fleet::matching_files(in("*.json")) == paths{in("a.json"), in("b.json")});
  CHECK(fleet::matching_files(in("*/*.json")) == paths{in("north/c.json"), in("south/d.json")});
  CHECK(fleet::matching_files(in("*.yaml")) == paths{});
  CHECK(fleet::matching_files(in("absent.json")) == paths{in("absent.json")});
}

TEST_CASE("a file that was matched before is out of the list only when it is known to be gone") {
  const tests::temporary_directory place;
  const auto in = [&](const char* name) { return (place.path() / name).native(); };
  write(in("north/a.json"));
  write(in("north/b.json"));
  const auto pattern = in("*/*.json");
  const paths both{in("north/a.json"), in("north/b.json")};
  REQUIRE(fleet::matching_files(pattern) == both);
  CHECK(fleet::matching_files(pattern, both) == both);

  std::filesystem::remove(in("north/a.json"));
  CHECK(fleet::matching_files(pattern, both) == paths{in("north/b.json")});

  // A directory that leads nowhere cannot be looked into by anybody, not even by root.
  std::filesystem::rename(in("north"), in("away"));
  std::filesystem::create_directory_symlink("north", in("north"));
  CHECK(fleet::matching_files(in("north/*.json"), both) == both);

  std::filesystem::remove(in("north"));
  CHECK(fleet::matching_files(in("north/*.json"), both) == paths{});
}

TEST_CASE("standard input, pipes and devices are read once and no more") {
  const tests::temporary_directory place;
  const auto in = [&](const char* name) { return (place.path() / name).native(); };
  write(in("list"));
  std::filesystem::create_symlink("list", in("link"));
  REQUIRE(::mkfifo(in("pipe").c_str(), 0600) == 0);

  for (const auto& path : {std::string("-"), in("pipe"), std::string("/dev/null")}) {
    INFO(path);
    CHECK(fleet::is_read_once(path));
  }
  for (const auto& path : {in("list"), in("link"), in("absent"), place.path().native()}) {
    INFO(path);
    CHECK_FALSE(fleet::is_read_once(path));
  }
}

TEST_CASE("the directories that matter are those that are there, and above a missing one the nearest") {
  const tests::temporary_directory place;
  const auto in = [&](const char* name) { return (place.path() / name).native(); };
  write(in("north/c.json"));
  write(in("south/d.json"));

  CHECK(fleet::directories_of(in("nodes.json")) == paths{place.path()});
  CHECK(fleet::directories_of(in("north/*.json")) == paths{in("north")});
  CHECK(fleet::directories_of(in("*/*.json")) == paths{place.path(), in("north"), in("south")});
  CHECK(fleet::directories_of(in("not/yet/nodes.json")) == paths{place.path()});
  CHECK(fleet::directories_of(in("not/*/nodes.json")) == paths{place.path()});
  CHECK(fleet::directories_of("nodes.json") == paths{"."});
}

TEST_CASE("a file that cannot be read says why") {
  const tests::temporary_directory place;
  CHECK(fleet::read_list_file(place.path() / "absent").error().kind == error_kind::no_input);
  CHECK(fleet::read_list_file(place.path()).error().kind == error_kind::no_input);
  write(place.path() / "list", "http://10.0.0.1\n");
  CHECK(fleet::read_list_file(place.path() / "list") == "http://10.0.0.1\n");
}
