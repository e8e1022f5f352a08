#include "config/settings.hpp"

#include "wire/url.hpp"

#include <catch2/catch_test_macros.hpp>

#include <string>

using namespace edge_rollup;
using namespace std::chrono_literals;
using model::error_kind;

namespace {

config::node_setting node(const char* url, const char* place = "argument 1",
                          config::node_origin origin = config::node_origin::argument) {
  return {*wire::parse_node_url(url), {}, {}, place, origin};
}

config::settings some_settings() {
  config::settings asked;
  asked.nodes.push_back(node("http://10.0.0.5:8080"));
  return asked;
}

}  // namespace

TEST_CASE("defaults are those that the documentation names") {
  const auto made = config::make_config(some_settings());
  REQUIRE(made);
  CHECK(made->poll.interval == 300s);
  CHECK(made->poll.parallel == 1024);
  CHECK(made->poll.retries == 1);
  CHECK(made->poll.max_body == 64 * 1024);
  CHECK_FALSE(made->poll.keep_alive);
  CHECK_FALSE(made->poll.breaker);
  CHECK(made->shutdown_grace == 10s);
  CHECK_FALSE(made->cloud);
  REQUIRE(made->nodes->size() == 1);
  const auto& only = made->nodes->front();
  CHECK(only.name == "10.0.0.5:8080");
  CHECK(only.url == "http://10.0.0.5:8080");
  CHECK(only.path == "/data/summary");
  CHECK(only.timeout == 5s);
  CHECK(only.max_age == 15min);
}

TEST_CASE("an unset timeout is the lesser of 5 s and the interval, a set one must not pass it") {
  auto asked = some_settings();
  asked.interval = 2s;
  CHECK(config::make_config(asked)->nodes->front().timeout == 2s);
  CHECK(config::make_config(asked)->poll.keep_alive);
  CHECK(config::make_config(asked)->poll.breaker);
  asked.timeout = 2s;
  CHECK(config::make_config(asked)->nodes->front().timeout == 2s);
  asked.timeout = 3s;
  const auto refused = config::make_config(asked);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().kind == error_kind::usage);
  CHECK(refused.error().text.starts_with("the timeout 3s is above the interval 2s"));
  asked.interval = 0s;
  CHECK(config::make_config(asked)->nodes->front().timeout == 3s);
}

TEST_CASE("values out of range say what the range is") {
  auto asked = some_settings();
  asked.interval = 50ms;
  CHECK(config::make_config(asked).error().text.find("at least 100ms") != std::string::npos);
  asked = some_settings();
  asked.parallel = 100'001;
  CHECK(config::make_config(asked).error().text == "parallel is 100001: it must be in 1..100000");
  asked = some_settings();
  asked.timeout = 0s;
  CHECK(config::make_config(asked).error().text.find("0s lets no node answer") != std::string::npos);
  asked.nodes.clear();
  asked.timeout.reset();
  CHECK(config::make_config(asked).error().text.starts_with("no nodes"));
}

TEST_CASE("the same node twice names both places, however it is written") {
  auto asked = some_settings();
  asked.nodes.push_back(node("HTTP://10.0.0.5:8080/", "nodes.txt:7", config::node_origin::file));
  const auto refused = config::make_config(asked);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().kind == error_kind::bad_data);
  CHECK(refused.error().text == "http://10.0.0.5:8080 is listed twice: argument 1 and nodes.txt:7; remove one");
}

TEST_CASE("two nodes do not share a name") {
  auto asked = some_settings();
  asked.nodes.push_back(node("https://10.0.0.5:8080", "argument 2"));
  CHECK(config::make_config(asked).error().text.starts_with("two nodes would both be called 10.0.0.5:8080"));
}
