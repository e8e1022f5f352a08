#include "fleet/list_file.hpp"

#include "support/temporary_directory.hpp"

#include <catch2/catch_test_macros.hpp>

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

TEST_CASE("a pattern gives the files it matches, sorted, without directories") {
  const tests::temporary_directory place;
  const auto in = [&](const char* name) { return (place.path() / name).native(); };
  write(in("b.json"));
  write(in("a.json"));
  write(in("a.txt"));
  write(in("north/c.json"));
  write(in("south/d.json"));
  std::filesystem::create_directory(in("dir.json"));

  CHECK(fleet::matching_files(in("*.json")) == paths{in("a.json"), in("b.json")});
  CHECK(fleet::matching_files(in("*/*.json")) == paths{in("north/c.json"), in("south/d.json")});
  CHECK(fleet::matching_files(in("*.yaml")) == paths{});
  CHECK(fleet::matching_files(in("absent.json")) == paths{in("absent.json")});
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
