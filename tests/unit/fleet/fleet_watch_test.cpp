// Real directories and the real inotify, on the loop; the http list is scripted. Time is real too: nothing waits for
// longer than it must, and nothing is taken for granted after a while.
#include "fleet/fleet_watch.hpp"

#include "runtime/system_clock.hpp"
#include "support/listed_node.hpp"
#include "support/no_more_threads.hpp"
#include "support/scripted_http_client.hpp"
#include "support/seeded_entropy.hpp"
#include "support/temporary_directory.hpp"
#include "wire/url.hpp"

#include <boost/asio/io_context.hpp>
#include <catch2/catch_test_macros.hpp>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <functional>
#include <string>
#include <vector>

using namespace edge_rollup;
using namespace std::chrono_literals;
namespace fs = std::filesystem;

namespace {

using names = std::vector<std::string>;

constexpr auto patience = 20s;

class bench {
 public:
  ~bench() {
    if (!watch_) return;
    watch_->stop();
    run_until([this] { return tasks_.running() == 0; });
  }

  void start() {
    watch_.emplace(parts(), options, nullptr);
    tasks_.spawn(begin());
  }

  /// Turns the loop until `condition` holds.
  bool run_until(const std::function<bool()>& condition) {
    const auto limit = std::chrono::steady_clock::now() + patience;
    while (!condition()) {
      if (std::chrono::steady_clock::now() > limit) return false;
      loop_.restart();
      loop_.run_one_for(100ms);
    }
    return true;
  }
  bool become(const names& expected) {
    return run_until([&] { return nodes == expected; });
  }
  bool will_say(const std::string& part) {
    return run_until([&] { return said.find(part) != std::string::npos; });
  }

  void write(const std::string& name, const std::string& text) const {
    fs::create_directories(path(name).parent_path());
    std::ofstream(path(name)) << text;
  }
  void replace(const std::string& name, const std::string& text) const {
    std::ofstream(path("fresh.tmp")) << text;
    fs::rename(path("fresh.tmp"), path(name));
  }
  fs::path path(const std::string& name) const { return place.path() / name; }

  tests::temporary_directory place;
  fleet::fleet_options options;
  tests::scripted_http_client http;
  names nodes;
  std::string said;
  std::size_t looks = 0;
  model::result<void> first;

 private:
  fleet::fleet_watch_parts parts() {
    auto told = [this](const fleet::fleet_news& news) {
      ++looks;
      for (const auto& line : news.lines) said += line.message + "\n";
      if (!news.nodes) return;
      nodes.clear();
      for (const auto& node : *news.nodes) nodes.push_back(node.base.host);
    };
    return {loop_.get_executor(), time_, chance_, http, {}, std::move(told)};
  }
  runtime::task<void> begin() {
    first = co_await watch_->read_all();
    co_await watch_->watch();
  }

  boost::asio::io_context loop_;
  runtime::system_clock time_{loop_.get_executor()};
  tests::seeded_entropy chance_{1};
  runtime::task_scope tasks_{loop_.get_executor(), time_};
  std::optional<fleet::fleet_watch> watch_;
};

}  // namespace

TEST_CASE("every way to change a file of a list is seen") {
  bench b;
  b.options.node_files = {b.path("*.json").native()};
  b.write("a.json", R"([{"targets": ["a1"]}])");
  b.start();
  REQUIRE(b.become({"a1"}));
  b.write("a.json", R"([{"targets": ["a1", "a2"]}])");
  REQUIRE(b.become({"a1", "a2"}));
  b.replace("a.json", R"([{"targets": ["a3"]}])");
  REQUIRE(b.become({"a3"}));
  b.write("b.json", R"([{"targets": ["b1"]}])");
  REQUIRE(b.become({"a3", "b1"}));
  fs::rename(b.path("b.json"), b.path("b.off"));
  REQUIRE(b.become({"a3"}));
  fs::rename(b.path("b.off"), b.path("b.json"));
  REQUIRE(b.become({"a3", "b1"}));
  fs::remove(b.path("a.json"));
  REQUIRE(b.become({"b1"}));
  b.write("b.json", "[{");
  REQUIRE(b.will_say("a node list cannot be used, the last good one stays (1 node)"));
  CHECK(b.nodes == names{"b1"});
  b.write("b.json", R"([{"targets": ["b1"]}])");
  REQUIRE(b.will_say("is good again"));
}

TEST_CASE("directories that come later are watched then") {
  bench b;
  b.options.node_files = {b.path("sites/*/nodes.json").native()};
  b.start();
  REQUIRE(b.run_until([&] { return b.looks > 0; }));
  CHECK(b.first.error().kind == model::error_kind::unavailable);
  fs::create_directory(b.path("sites"));
  const auto looks = b.looks;
  REQUIRE(b.run_until([&] { return b.looks > looks; }));
  b.write("sites/north/nodes.json", R"([{"targets": ["n1"]}])");
  REQUIRE(b.become({"n1"}));
  b.write("sites/south/nodes.json", R"([{"targets": ["s1"]}])");
  REQUIRE(b.become({"n1", "s1"}));
  b.write("sites/north/nodes.json", R"([{"targets": ["n1", "n2"]}])");
  REQUIRE(b.become({"n1", "n2", "s1"}));
  fs::remove_all(b.path("sites/south"));
  REQUIRE(b.become({"n1", "n2"}));
}

TEST_CASE("a file that was named is watched from the start, and read for what changed before") {
  bench b;
  b.write("nodes", "http://n1\nhttp://n2\n");
  fleet::node_setting n1;
  n1.url = *wire::parse_node_url("http://n1");
  b.options.named_files = {{b.path("nodes").native(), tests::listing_of({n1})}};
  b.start();
  REQUIRE(b.become({"n1", "n2"}));
  b.replace("nodes", "http://n3\n");
  REQUIRE(b.become({"n3"}));
  CHECK(b.first);
}

TEST_CASE("where the system starts no thread, lists are read when it does again") {
  bench b;
  b.options.node_files = {b.path("*.json").native()};
  b.write("a.json", R"([{"targets": ["a1"]}])");
  {
    const tests::no_more_threads full;
    b.start();
    REQUIRE(b.will_say("node lists are not read: the system starts no more threads"));
  }
  CHECK(b.first.error().kind == model::error_kind::unavailable);
  b.write("a.json", R"([{"targets": ["a2"]}])");
  REQUIRE(b.become({"a2"}));
}

TEST_CASE("an http list is asked for again and again") {
  bench b;
  b.options.node_http.emplace(fleet::http_list{*wire::parse_url("http://inventory/sd"), 50ms});
  b.http.will_say(200, R"([{"targets": ["w1"]}])");
  b.http.will_fail("refused");
  b.http.will_say(200, R"([{"targets": ["w2"]}])");
  b.start();
  REQUIRE(b.become({"w1"}));
  REQUIRE(b.become({"w2"}));
  REQUIRE(b.said.contains("refused"));
  REQUIRE(b.said.contains("is good again"));
  CHECK(b.said.find("refused") < b.said.find("is good again"));
  CHECK(b.first);
}

TEST_CASE("a server that does not answer at first is tried until it does") {
  bench b;
  b.options.node_http.emplace(fleet::http_list{*wire::parse_url("http://inventory/sd"), 50ms});
  b.http.will_fail("connection refused");
  b.http.will_fail("connection refused");
  b.http.will_say(200, R"([{"targets": ["w1"]}])");
  b.start();
  REQUIRE(b.become({"w1"}));
  CHECK(b.first.error().kind == model::error_kind::unavailable);
  CHECK(b.first.error().text.find("http://inventory/sd: connection refused") != std::string::npos);
}
