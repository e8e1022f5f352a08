#include "fleet/node_lists.hpp"

#include "fleet/read_list.hpp"
#include "support/listed_node.hpp"
#include "support/temporary_directory.hpp"
#include "wire/url.hpp"

#include <catch2/catch_test_macros.hpp>

#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

using namespace edge_rollup;
using namespace std::chrono_literals;
using fleet::empty_list;
using fleet::fleet_news;
using fleet::node_lists;

namespace {

using names = std::vector<std::string>;

names names_of(const fleet::node_list& nodes) {
  names all;
  if (nodes) {
    for (const auto& node : *nodes) all.push_back(node.name.substr(0, node.name.find(':')));
  }
  return all;
}

std::string messages(const fleet_news& news) {
  std::string all;
  for (const auto& line : news.lines) all += line.message + "\n";
  return all;
}

struct bench {
  void write(const char* name, const std::string& text) const { std::ofstream(place.path() / name) << text; }
  std::string path(const char* name) const { return (place.path() / name).native(); }
  node_lists start() const { return {options, nullptr, fleet::list_store(place.path()), nullptr}; }

  tests::temporary_directory place;
  fleet::fleet_options options;
  model::wall_time now{1'000'000h};
};

const model::result<std::string> unreachable = model::fail(model::error_kind::unavailable, "inventory: refused");

model::result<std::string> says(const char* text) {
  return std::string(text);
}

}  // namespace

TEST_CASE("the fleet is the fixed nodes, then files by their order and paths, then the http list") {
  bench b;
  b.options.fixed = {tests::listed_node("http://fixed")};
  b.options.node_files = {b.path("*.json"), b.path("last")};
  b.options.node_http.emplace(fleet::http_list{*wire::parse_url("http://inventory/sd")});
  b.write("b.json", R"([{"targets": ["b1", "b2"]}])");
  b.write("a.json", R"([{"targets": ["a1"], "labels": {"site": "north"}}])");
  b.write("last", "http://last\n");
  auto lists = b.start();
  CHECK_FALSE(lists.nodes());
  const auto first = lists.look_at_files(b.now);
  CHECK(names_of(first.nodes) == names{"fixed", "a1", "b1", "b2", "last"});
  CHECK(first.nodes->at(1).labels == std::vector<std::pair<std::string, std::string>>{{"site", "north"}});
  CHECK(first.good == 3);
  CHECK(first.broken == 1);  // the http list was not asked yet
  const auto then = lists.take_http(says(R"([{"targets": ["web"]}])"), b.now);
  CHECK(names_of(then.nodes) == names{"fixed", "a1", "b1", "b2", "last", "web"});
  CHECK(messages(then) == "nodes changed: 1 added (web:80)\n");
  CHECK(then.broken == 0);
}

TEST_CASE("a look at unchanged files has nothing to say") {
  bench b;
  b.options.node_files = {b.path("*.json")};
  b.write("a.json", R"([{"targets": ["a1"]}])");
  auto lists = b.start();
  REQUIRE(lists.look_at_files(b.now).nodes);
  const auto again = lists.look_at_files(b.now + 1min);
  CHECK_FALSE(again.nodes);
  CHECK(again.lines.empty());
  CHECK(again.good == 1);
}

TEST_CASE("an edit, a broken edit and a mended one of a file") {
  bench b;
  b.options.node_files = {b.path("*.json")};
  b.write("a.json", R"([{"targets": ["a1", "a2"]}])");
  auto lists = b.start();
  REQUIRE(lists.look_at_files(b.now).nodes);

  b.write("a.json", R"([{"targets": ["a2", "a3"]}])");
  const auto edited = lists.look_at_files(b.now);
  CHECK(names_of(edited.nodes) == names{"a2", "a3"});
  CHECK(messages(edited) == "nodes changed: 1 added (a3:80), 1 removed (a1:80)\n");

  b.write("a.json", R"([{"targets": ["a2",)");
  const auto broken = lists.look_at_files(b.now);
  CHECK_FALSE(broken.nodes);
  REQUIRE(broken.lines.size() == 1);
  CHECK(broken.lines[0].message.starts_with("a node list cannot be used, the last good one stays (2 nodes): "));
  CHECK(broken.broken == 1);
  CHECK(lists.look_at_files(b.now).lines.empty());

  b.write("a.json", "");
  CHECK(messages(lists.look_at_files(b.now)).find("names no node") != std::string::npos);

  b.write("a.json", R"([{"targets": ["a2", "a3"]}])");
  const auto mended = lists.look_at_files(b.now);
  CHECK_FALSE(mended.nodes);
  CHECK(messages(mended).find("is good again") != std::string::npos);
  CHECK(mended.broken == 0);
}

TEST_CASE("a file that a pattern does not match any more takes its nodes with it, but never the last") {
  bench b;
  b.options.node_files = {b.path("*.json")};
  b.write("a.json", R"([{"targets": ["a1"]}])");
  b.write("b.json", R"([{"targets": ["b1"]}])");
  auto lists = b.start();
  REQUIRE(lists.look_at_files(b.now).nodes);

  std::filesystem::remove(b.path("a.json"));
  const auto gone = lists.look_at_files(b.now);
  CHECK(names_of(gone.nodes) == names{"b1"});
  CHECK(messages(gone) ==
        "the nodes file " + b.path("a.json") + " is gone, and with it its 1 node\nnodes changed: 1 removed (a1:80)\n");

  std::filesystem::remove(b.path("b.json"));
  const auto none = lists.look_at_files(b.now);
  CHECK_FALSE(none.nodes);
  CHECK(messages(none).find("the lists name no node any more; the fleet of before stays (1 node)") !=
        std::string::npos);
  CHECK(lists.look_at_files(b.now).lines.empty());

  b.write("c.json", R"([{"targets": ["c1"]}])");
  CHECK(names_of(lists.look_at_files(b.now).nodes) == names{"c1"});
}

TEST_CASE("a file that was named keeps its nodes while it is away") {
  bench b;
  b.options.named_files = {{b.path("nodes"), tests::listing_of({tests::listed_node("http://n1")})}};
  b.write("nodes", "http://n1\n");
  auto lists = b.start();
  CHECK(names_of(lists.nodes()) == names{"n1"});
  CHECK_FALSE(lists.look_at_files(b.now).nodes);
  std::filesystem::remove(b.path("nodes"));
  const auto away = lists.look_at_files(b.now);
  CHECK_FALSE(away.nodes);
  CHECK(messages(away).find("No such file") != std::string::npos);
  b.write("nodes", "http://n1\nhttp://n2\n");
  const auto back = lists.look_at_files(b.now);
  CHECK(names_of(back.nodes) == names{"n1", "n2"});
}

TEST_CASE("a file that was named is read again at the first look only where its text is another one by then") {
  bench b;
  b.write("nodes", "http://n1\n");
  const auto listing = tests::listing_of({tests::listed_node("http://as-first-read")});
  b.options.named_files = {{b.path("nodes"), listing, fleet::fingerprint_of("http://n1\n")}};
  auto lists = b.start();
  const auto same = lists.look_at_files(b.now);
  CHECK_FALSE(same.nodes);
  CHECK(same.good == 1);
  b.write("nodes", "http://n2\n");
  CHECK(names_of(lists.look_at_files(b.now).nodes) == names{"n2"});
}

TEST_CASE("a pipe is not read again: there may be no one left who writes") {
  bench b;
  REQUIRE(::mkfifo(b.path("pipe").c_str(), 0600) == 0);
  b.options.named_files = {{b.path("pipe"), tests::listing_of({tests::listed_node("http://n1")})}};
  auto named = b.start();
  const auto look = named.look_at_files(b.now);
  CHECK(look.lines.empty());
  CHECK(look.broken == 0);
  CHECK(names_of(named.nodes()) == names{"n1"});

  b.options.named_files.clear();
  b.options.node_files = {b.path("pipe")};
  auto watched = b.start();
  CHECK(messages(watched.look_at_files(b.now)).find("pipe is no regular file") != std::string::npos);
}

TEST_CASE("in lists that are watched the first of two twins counts, told while it is so") {
  bench b;
  b.options.fixed = {tests::listed_node("http://n1")};
  b.options.node_files = {b.path("*.json")};
  b.write("a.json", R"([{"targets": ["n1", "n2"]}])");
  auto lists = b.start();
  const auto first = lists.look_at_files(b.now);
  CHECK(names_of(first.nodes) == names{"n1", "n2"});
  const auto twin = "http://n1 is listed twice: argument 1 and " + b.path("a.json") + ":1; the first counts\n";
  CHECK(messages(first).find(twin) != std::string::npos);
  b.write("a.json", R"([{"targets": ["n1", "n2", "n3"]}])");
  CHECK(messages(lists.look_at_files(b.now)) == "nodes changed: 1 added (n3:80)\n");
}

TEST_CASE("the http list keeps what it has while its server fails or says nothing") {
  bench b;
  b.options.node_http.emplace(fleet::http_list{*wire::parse_url("http://inventory/sd")});
  auto lists = b.start();
  CHECK_FALSE(lists.take_http(unreachable, b.now).nodes);
  CHECK(names_of(lists.take_http(says(R"([{"targets": ["n1"]}])"), b.now).nodes) == names{"n1"});
  CHECK(lists.take_http(unreachable, b.now).lines.size() == 1);
  const auto still = lists.take_http(unreachable, b.now);
  CHECK(still.lines.empty());
  CHECK_FALSE(still.http_is_good);
  for (const char* refused : {"[]", "", "http://n1", "<html>"}) {
    INFO(refused);
    const auto news = lists.take_http(says(refused), b.now);
    CHECK_FALSE(news.nodes);
    CHECK_FALSE(news.http_is_good);
  }
  CHECK(names_of(lists.nodes()) == names{"n1"});
}

TEST_CASE("an empty http list empties the fleet where that is allowed") {
  bench b;
  b.options.node_http.emplace(fleet::http_list{*wire::parse_url("http://inventory/sd"), 60s, empty_list::allowed});
  auto lists = b.start();
  REQUIRE(lists.take_http(says(R"([{"targets": ["n1"]}])"), b.now).nodes);
  const auto emptied = lists.take_http(says("[]"), b.now);
  REQUIRE(emptied.nodes);
  CHECK(emptied.nodes->empty());
  CHECK(messages(emptied) == "nodes changed: 1 removed (n1:80)\n");
}

TEST_CASE("the last good lists stand in at the next start, with a warning that says how old they are") {
  bench b;
  b.options.node_files = {b.path("*.json")};
  b.options.node_http.emplace(fleet::http_list{*wire::parse_url("http://inventory/sd")});
  b.write("a.json", R"([{"targets": ["a1"]}])");
  const auto now = std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
  {
    auto lists = b.start();
    REQUIRE(lists.look_at_files(now).nodes);
    REQUIRE(lists.take_http(says(R"([{"targets": ["web"]}])"), now).nodes);
  }
  b.write("a.json", "[{");
  auto lists = b.start();
  const auto files = lists.look_at_files(now + 50h);
  CHECK(names_of(files.nodes) == names{"a1"});
  CHECK(messages(files).find("is taken from an earlier run: 1 node, 2 days old") != std::string::npos);
  CHECK(names_of(lists.take_http(unreachable, now + 50h).nodes) == names{"a1", "web"});

  b.write("a.json", R"([{"targets": ["a2"]}])");
  CHECK(names_of(lists.look_at_files(now + 50h).nodes) == names{"a2", "web"});
}

TEST_CASE("a list that could not be kept is kept at a later look, whatever the clock says") {
  for (const model::wall_time now : {model::wall_time{1'000'000h}, model::wall_time{5min}}) {
    CAPTURE(now.time_since_epoch().count());
    bench b;
    b.options.node_files = {b.path("a.json")};
    b.write("a.json", R"([{"targets": ["a1"]}])");
    b.write("lists", "in the way of the directory");
    {
      auto lists = b.start();
      CHECK(messages(lists.look_at_files(now)).find("node lists are not kept for the next start") != std::string::npos);
      CHECK(lists.look_at_files(now + 1s).lines.empty());
      std::filesystem::remove(b.path("lists"));
      CHECK(lists.look_at_files(now + 2s).lines.empty());
    }
    std::filesystem::remove(b.path("a.json"));
    CHECK(names_of(b.start().look_at_files(now + 3s).nodes) == names{"a1"});
  }
}

TEST_CASE("a kept http list is not used for another query") {
  bench b;
  const auto start_with = [&b](const char* url) {
    b.options.node_http.emplace(fleet::http_list{*wire::parse_url(url)});
    return b.start();
  };
  REQUIRE(start_with("http://inventory/sd?site=1").take_http(says(R"([{"targets": ["n1"]}])"), b.now).nodes);
  CHECK_FALSE(start_with("http://inventory/sd?site=2").take_http(unreachable, b.now).nodes);
  CHECK(names_of(start_with("http://inventory/sd?site=1").take_http(unreachable, b.now).nodes) == names{"n1"});
}

TEST_CASE("a text list whose last line may lack its end is taken over once it has rested") {
  bench b;
  b.options.node_files = {b.path("nodes")};
  const auto now = std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now()) + 200ms;
  b.write("nodes", "http://n1");
  auto lists = b.start();
  CHECK(names_of(lists.look_at_files(now).nodes) == names{"n1"});  // the first look waits for nothing

  b.write("nodes", "http://n1\nhttp://n2");
  const auto early = lists.look_at_files(now);
  CHECK_FALSE(early.nodes);
  CHECK(early.lines.empty());
  CHECK(early.look_again);
  const auto rested = lists.look_at_files(now + 1h);
  CHECK(names_of(rested.nodes) == names{"n1", "n2"});
  CHECK_FALSE(rested.look_again);

  b.write("nodes", "http://n1\nhttp://n23\n");
  CHECK(names_of(lists.look_at_files(now).nodes) == names{"n1", "n23"});
}

TEST_CASE("lists that name no node count as broken, though no file of theirs is left") {
  bench b;
  b.options.node_files = {b.path("*.json")};
  auto lists = b.start();
  CHECK(lists.look_at_files(b.now).broken == 1);
  b.write("a.json", R"([{"targets": ["a1"]}])");
  CHECK(lists.look_at_files(b.now).broken == 0);
  std::filesystem::remove(b.path("a.json"));
  CHECK(lists.look_at_files(b.now).broken == 1);
  CHECK(lists.look_at_files(b.now).broken == 1);
}

TEST_CASE("a directory that cannot be looked into keeps the nodes of its files, and what was kept of them") {
  bench b;
  std::filesystem::create_directory(b.path("nodes.d"));
  b.options.node_files = {b.path("nodes.d/*.json")};
  b.write("nodes.d/a.json", R"([{"targets": ["a1"]}])");
  auto lists = b.start();
  REQUIRE(lists.look_at_files(b.now).nodes);
  std::filesystem::rename(b.path("nodes.d"), b.path("away"));
  std::filesystem::create_directory_symlink("nodes.d", b.path("nodes.d"));  // leads nowhere, for root too
  const auto closed = lists.look_at_files(b.now);
  CHECK_FALSE(closed.nodes);
  CHECK(closed.broken == 1);
  CHECK(messages(closed).find("the last good one stays (1 node)") != std::string::npos);
  CHECK(fleet::list_store(b.place.path()).find(b.path("nodes.d/a.json")));
}
