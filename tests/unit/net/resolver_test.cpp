#include "net/resolver.hpp"

#include "runtime/system_clock.hpp"
#include "runtime/task_scope.hpp"

#include <boost/asio/io_context.hpp>
#include <catch2/catch_test_macros.hpp>

#include <atomic>
#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

using namespace edge_rollup;
using namespace std::chrono_literals;
using model::failure_kind;

namespace {

using outcome = std::expected<net::address_list, model::failure>;

net::address_list some_address(const char* text) {
  return {boost::asio::ip::tcp::endpoint(boost::asio::ip::make_address(text), 0)};
}

/// Name servers of a test: names that are not here do not exist; a name that hangs answers when it is let go. Shared with the
/// lookup threads, which may outlive the test.
class name_servers {
 public:
  net::lookup_result answer(const std::string& host) {
    std::unique_lock lock(mutex_);
    ++asked_[host];
    changed_.notify_all();
    changed_.wait(lock, [&] { return !hanging_.contains(host); });
    const auto found = addresses_.find(host);
    if (found == addresses_.end()) return std::unexpected(model::failure{failure_kind::dns, "unknown", {}});
    return found->second;
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
  void let_go() {
    with_lock([&] { hanging_.clear(); });
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

  static runtime::task<void> ask(fixture& f, std::string host, std::chrono::milliseconds patience,
                                 std::optional<outcome>& came) {
    const auto deadline = f.clock.now() + patience;
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

TEST_CASE("an unknown name fails with dns and is asked for again") {
  fixture f;
  CHECK(f.resolve("nobody").error().kind == failure_kind::dns);
  f.servers->set("nobody", "10.0.0.9");
  CHECK(f.resolve("nobody") == some_address("10.0.0.9"));
}

TEST_CASE("a lookup that hangs is abandoned at the deadline and does not keep the loop running") {
  fixture f;
  f.servers->hang("slow");
  const auto came = f.resolve("slow", 20ms);
  REQUIRE_FALSE(came);
  CHECK(came.error().kind == failure_kind::timeout);
  CHECK(came.error().message.find("looking up the name slow") != std::string::npos);
}

TEST_CASE("names that hang do not delay others once they are known to be slow") {
  fixture f;
  for (const auto* slow : {"slow-1", "slow-2", "slow-3"}) {
    CHECK(f.resolve(slow).error().kind == failure_kind::dns);  // failed: from now on in the slow lane
    f.servers->hang(slow);
  }
  std::vector<std::optional<outcome>> waiting(3);
  f.scope.spawn(fixture::ask(f, "slow-1", 50ms, waiting[0]));
  f.scope.spawn(fixture::ask(f, "slow-2", 50ms, waiting[1]));
  f.scope.spawn(fixture::ask(f, "slow-3", 50ms, waiting[2]));
  f.servers->set("node-1", "10.0.0.1");
  CHECK(f.resolve("node-1") == some_address("10.0.0.1"));
  for (const auto& each : waiting) CHECK(each->error().kind == failure_kind::timeout);
  CHECK(f.servers->asked("slow-3") == 1);  // withdrawn from the queue, not left for later
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
