#include "fleet/list_store.hpp"

#include "support/temporary_directory.hpp"

#include <catch2/catch_test_macros.hpp>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

using namespace edge_rollup;
using namespace std::chrono_literals;
namespace fs = std::filesystem;

TEST_CASE("a list that was kept is found again under its name, byte for byte") {
  const tests::temporary_directory place;
  const fleet::list_store store(place.path());
  const std::string text = "[{\"targets\": [\"a:1\"]}]\n# \xc3\xbc\t\x01 \\ \"quoted\"\n";
  CHECK_FALSE(store.find("nodes.json"));
  REQUIRE(store.keep("nodes.json", text));
  REQUIRE(store.keep("other.json", "http://10.0.0.1\n"));
  const auto found = fleet::list_store(place.path()).find("nodes.json");
  REQUIRE(found);
  CHECK(found->text == text);
  CHECK(store.find("other.json")->text == "http://10.0.0.1\n");

  REQUIRE(store.keep("nodes.json", "new"));
  CHECK(store.find("nodes.json")->text == "new");
  store.forget("nodes.json");
  CHECK_FALSE(store.find("nodes.json"));
}

TEST_CASE("kept lists are for nobody else's eyes") {
  const tests::temporary_directory place;
  const fleet::list_store store(place.path());
  REQUIRE(store.keep("nodes.json", "text"));
  CHECK(fs::status(place.path() / "lists").permissions() == fs::perms::owner_all);
  int files = 0;
  for (const auto& file : fs::directory_iterator(place.path() / "lists")) {
    CHECK(file.status().permissions() == (fs::perms::owner_read | fs::perms::owner_write));
    ++files;
  }
  CHECK(files == 1);
}

TEST_CASE("a kept list says when it was good last") {
  const tests::temporary_directory place;
  const fleet::list_store store(place.path());
  REQUIRE(store.keep("nodes.json", "text"));
  const auto file = *fs::directory_iterator(place.path() / "lists");
  fs::last_write_time(file, fs::file_time_type::clock::now() - 48h);
  const auto now = std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
  CHECK(now - store.find("nodes.json")->good_at > 47h);
  store.confirm("nodes.json");
  CHECK(now - store.find("nodes.json")->good_at < 1h);
}

TEST_CASE("what is not a kept list of that name is none") {
  const tests::temporary_directory place;
  const fleet::list_store store(place.path());
  REQUIRE(store.keep("nodes.json", "text"));
  const auto file = fs::directory_iterator(place.path() / "lists")->path();
  for (const char* content : {"", "{", "[]", "{}", R"({"source": "nodes.json"})",
                              R"({"source": "nodes.json", "text": 5})", R"({"source": "another", "text": "text"})"}) {
    INFO(content);
    std::ofstream(file) << content;
    CHECK_FALSE(store.find("nodes.json"));
  }
}

TEST_CASE("a list that cannot be kept says so") {
  const fleet::list_store store("/nowhere");
  CHECK(store.keep("nodes.json", "text").error().kind == model::error_kind::disk);
}

TEST_CASE("a list that cannot be put in place leaves nothing behind") {
  const tests::temporary_directory place;
  const fleet::list_store store(place.path());
  REQUIRE(store.keep("nodes.json", "text"));
  const auto file = fs::directory_iterator(place.path() / "lists")->path();
  fs::remove(file);
  fs::create_directory(file);
  CHECK_FALSE(store.keep("nodes.json", "text"));
  CHECK(std::distance(fs::directory_iterator(place.path() / "lists"), {}) == 1);
}
