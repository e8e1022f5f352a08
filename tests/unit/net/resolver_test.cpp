#include "net/resolver.hpp"

#include "runtime/system_clock.hpp"
#include "runtime/task_scope.hpp"
#include "support/virtual_clock.hpp"

#include <boost/asio/io_context.hpp>
#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <condition_variable>
#include <cstddef>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

using namespace edge_rollup;
using namespace std::chrono_literals;
using model::failure_kind;

namespace {

using outcome = std::expected<net::address_list, model::failure>;

net::address_list some_address(const char* text) {
  return {boost::asio::ip::tcp::endpoint(boost::asio::ip::make_address(text), 0)};
}

/// Name servers of a test: names that are not here do not exist; a name that hangs answers when it is let go. Shared
/// with the lookup threads, which may outlive the test.
class name_servers {
 public:
  net::lookup_result answer(const std::string& host) {
    std::unique_lock lock(mutex_);
    ++asked_[host];
    changed_.notify_all();
    changed_.wait(lock, [&] { return !hanging_.contains(host) && (addresses_.contains(host) || denials_left_ > 0); });
    const auto found = addresses_.find(host);
    if (found != addresses_.end()) return found->second;
    --denials_left_;
    return std::unexpected(model::failure{failure_kind::dns, "unknown", {}});
  }
  void set(const std::string& host, const char* address) {
    with_lock([&] { addresses_[host] = some_address(address); });
  }
  void forget(const std::string& host) {
    with_lock([&] { addresses_.erase(host); });
  }
  void hang(const std::string& host) {
    with_lock([&] { hanging_[host] = true; });
  }
  /// Only so many names are found not to exist from now on; the next ones wait.
  void deny_only(std::size_t denials) {
    with_lock([&] { denials_left_ = denials; });
  }
  void let_go() {
    with_lock([&] {
      hanging_.clear();
      denials_left_ = unlimited;
    });
  }
  int asked(const std::string& host) {
    const std::lock_guard guard(mutex_);
    return asked_[host];
  }

 private:
  template <class Change>
  void with_lock(Change change) {
    const std::lock_guard guard(mutex_);
    change();
    changed_.notify_all();
  }

  static constexpr std::size_t unlimited = 1'000'000;
  std::size_t denials_left_ = unlimited;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<std::string, net::address_list> addresses_;
  std::map<std::string, bool> hanging_;
  std::map<std::string, int> asked_;
};

struct fixture {
  std::shared_ptr<name_servers> servers = std::make_shared<name_servers>();
  boost::asio::io_context loop;
  runtime::system_clock clock{loop.get_executor()};
  net::resolver names{loop.get_executor(), clock,
                      [servers = servers](const std::string& host) { return servers->answer(host); }};
  runtime::task_scope scope{loop.get_executor(), clock};

  ~fixture() { servers->let_go(); }

  template <class Fixture>
  static runtime::task<void> ask(Fixture& f, std::string host, std::chrono::milliseconds patience,
                                 std::optional<outcome>& came) {
    const auto deadline = f.clock.now() + patience;
    auto found = co_await f.names.resolve(host, deadline);
    came = std::move(found);
  }

  /// With this very object, which cancels it.
  static runtime::task<void> ask_with(fixture& f, const std::string& host, std::optional<outcome>& came) {
    const auto deadline = f.clock.now() + 20s;
    auto found = co_await f.names.resolve(host, deadline);
    came = std::move(found);
  }

  outcome resolve(const std::string& host, std::chrono::milliseconds patience = 20s) {
    std::optional<outcome> came;
    scope.spawn(ask(*this, host, patience, came));
    loop.restart();
    loop.run();
    return came.value();
  }
};

/// Asks for the same names round by round, with time that moves between rounds only.
struct rounds {
  static constexpr auto patience = 1s;

  std::shared_ptr<name_servers> servers = std::make_shared<name_servers>();
  boost::asio::io_context loop;
  tests::virtual_clock clock{loop};
  net::resolver names{loop.get_executor(), clock,
                      [servers = servers](const std::string& host) { return servers->answer(host); }};
  runtime::task_scope scope{loop.get_executor(), clock};

  ~rounds() { servers->let_go(); }

  /// One round: `answers` of the hosts are answered before the others lose their patience.
  std::vector<outcome> ask_all(const std::vector<std::string>& hosts, std::size_t answers) {
    std::vector<std::optional<outcome>> came(hosts.size());
    for (std::size_t at = 0; at < hosts.size(); ++at) scope.spawn(fixture::ask(*this, hosts[at], patience, came[at]));
    const auto answered = [&] {
      return std::ranges::count_if(came, [](const auto& each) { return each.has_value(); });
    };
    loop.restart();
    while (std::cmp_less(answered(), answers) && loop.run_one_for(10s) > 0) continue;
    clock.advance(patience);
    std::vector<outcome> all;
    for (auto& each : came) all.push_back(std::move(each).value());
    return all;
  }
  outcome ask_one(const std::string& host) { return ask_all({host}, 1).front(); }
};

std::vector<std::string> dead_names(int count) {
  std::vector<std::string> names;
  for (int at = 0; at < count; ++at) names.push_back("dead-" + std::to_string(at));
  return names;
}

}  // namespace

TEST_CASE("a name is looked up once and then known") {
  fixture f;
  f.servers->set("node-1", "10.0.0.1");
  CHECK(f.resolve("node-1") == some_address("10.0.0.1"));
  CHECK(f.resolve("node-1") == some_address("10.0.0.1"));
  CHECK(f.servers->asked("node-1") == 1);
}

TEST_CASE("many who ask for one name at a time share one lookup") {
  fixture f;
  f.servers->set("node-1", "10.0.0.1");
  std::vector<std::optional<outcome>> came(50);
  for (auto& each : came) f.scope.spawn(fixture::ask(f, "node-1", 20s, each));
  f.loop.run();
  for (const auto& each : came) CHECK(each == some_address("10.0.0.1"));
  CHECK(f.servers->asked("node-1") == 1);
}

TEST_CASE("a name that does not exist is asked for again after a time, and found when it has come alive") {
  rounds r;
  CHECK(r.ask_one("nobody").error().kind == failure_kind::dns);
  r.servers->set("nobody", "10.0.0.9");
  const auto failed_at = r.clock.now() - rounds::patience;
  r.clock.advance_to(failed_at + net::failed_lookup_lifetime - 1ms);
  CHECK(r.ask_one("nobody").error().kind == failure_kind::dns);
  CHECK(r.servers->asked("nobody") == 1);
  CHECK(r.ask_one("nobody") == some_address("10.0.0.9"));
}

TEST_CASE("a name that does not exist goes on failing with dns when its next lookup hangs") {
  rounds r;
  const auto first = r.ask_one("nobody");
  r.clock.advance(net::failed_lookup_lifetime);
  r.servers->hang("nobody");
  CHECK(r.ask_all({"nobody"}, 0).front() == first);
}

TEST_CASE("dead names do not keep a live one from its turn") {
  rounds r;
  std::vector<std::string> hosts = dead_names(100);
  hosts.emplace_back("live");
  r.servers->set("live", "10.0.0.1");

  constexpr std::size_t answers_a_round = 60;
  r.servers->deny_only(answers_a_round);
  const auto first = r.ask_all(hosts, answers_a_round);
  CHECK(
      std::ranges::any_of(first, [](const auto& each) { return !each && each.error().kind == failure_kind::timeout; }));

  r.servers->deny_only(answers_a_round);
  const auto second = r.ask_all(hosts, hosts.size());
  CHECK(second.back() == some_address("10.0.0.1"));
  for (const auto& host : hosts) CHECK(r.servers->asked(host) == 1);
}

TEST_CASE("who asks last, as for the cloud after a round, does not wait for all who asked before") {
  rounds r;
  std::vector<std::string> hosts = dead_names(100);
  hosts.emplace_back("cloud");
  r.servers->set("cloud", "10.0.0.1");
  r.servers->deny_only(0);
  r.ask_all(hosts, 0);
  r.servers->deny_only(2);  // those that are under way
  CHECK(r.ask_one("cloud") == some_address("10.0.0.1"));
}

TEST_CASE("a lookup that was given up goes on, and who asks later finds its answer") {
  rounds r;
  r.servers->set("node-1", "10.0.0.1");
  r.servers->hang("node-1");
  CHECK(r.ask_all({"node-1"}, 0).front().error().kind == failure_kind::timeout);
  r.servers->let_go();
  CHECK(r.ask_one("node-1") == some_address("10.0.0.1"));
  CHECK(r.servers->asked("node-1") == 1);
}

TEST_CASE("a name that failed does not delay names that nobody has asked for yet") {
  rounds r;
  const std::vector<std::string> dead{"dead-1", "dead-2", "dead-3"};
  CHECK(r.ask_all(dead, dead.size()).back().error().kind == failure_kind::dns);
  r.clock.advance(net::failed_lookup_lifetime);
  for (const auto& each : dead) r.servers->hang(each);
  r.servers->set("new", "10.0.0.1");
  CHECK(r.ask_all({"dead-1", "dead-2", "dead-3", "new"}, 1).back() == some_address("10.0.0.1"));
}

TEST_CASE("addresses outlive lookups that fail") {
  rounds r;
  r.servers->set("node-1", "10.0.0.1");
  CHECK(r.ask_one("node-1") == some_address("10.0.0.1"));
  r.servers->forget("node-1");
  for (int round = 0; round < 3; ++round) {
    r.clock.advance(net::address_lifetime);
    CHECK(r.ask_one("node-1") == some_address("10.0.0.1"));
  }
}

TEST_CASE("a lookup that hangs is abandoned at the deadline and does not keep the loop running") {
  fixture f;
  f.servers->hang("slow");
  const auto came = f.resolve("slow", 20ms);
  REQUIRE_FALSE(came);
  CHECK(came.error().kind == failure_kind::timeout);
  CHECK(came.error().message.find("looking up the name slow") != std::string::npos);
}

TEST_CASE("cancel ends every wait") {
  fixture f;
  f.servers->hang("slow");
  std::optional<outcome> came;
  f.scope.spawn(fixture::ask(f, "slow", 20s, came));
  f.loop.poll();
  REQUIRE_FALSE(came);
  f.names.cancel();
  f.loop.restart();
  f.loop.run();
  REQUIRE(came);
  CHECK(came->error().kind == failure_kind::cancelled);
}

TEST_CASE("one wait can be ended alone, also among several for the same name") {
  fixture f;
  f.servers->hang("box");
  const std::string cloud = "box", node = "box", nobody = "box", stranger = "unheard-of";
  std::optional<outcome> cloud_came, node_came;
  f.scope.spawn(fixture::ask_with(f, cloud, cloud_came));
  f.scope.spawn(fixture::ask_with(f, node, node_came));
  f.loop.poll();
  for (const auto* each : {&cloud, &nobody, &stranger}) f.names.cancel(*each);
  f.loop.restart();
  f.loop.poll();
  REQUIRE(cloud_came);
  CHECK(cloud_came->error().kind == failure_kind::cancelled);
  CHECK_FALSE(node_came);
  f.names.cancel();
  f.loop.restart();
  f.loop.run();
}
