#include "daemon/admin/scrape.hpp"

#include "runtime/task_scope.hpp"
#include "support/virtual_clock.hpp"

#include <boost/asio/io_context.hpp>
#include <catch2/catch_test_macros.hpp>

#include <memory>
#include <set>
#include <string>
#include <vector>

using namespace edge_rollup;

namespace {

using text = std::shared_ptr<const std::string>;

struct bench {
  /// What so many who ask at once are given.
  std::vector<text> ask_at_once(int askers) {
    std::vector<text> given;
    for (int i = 0; i < askers; ++i) tasks.spawn(keep(given));
    loop.restart();
    loop.run();
    return given;
  }

  runtime::task<void> keep(std::vector<text>& given) {
    auto told = co_await metrics.text();
    given.push_back(std::move(told));
  }

  boost::asio::io_context loop;
  tests::virtual_clock time{loop};
  observe::metrics registry;
  serve::node_board nodes;
  daemon::loop_lag lag{time, [] { return model::mono_time::min(); }};
  daemon::scrape metrics{{time, registry, nodes, lag, [] { return net::certificate_expiries(); }, "/"}};
  runtime::task_scope tasks{loop.get_executor(), time};
};

}  // namespace

TEST_CASE("Who asks for metrics at once is given one text, which nobody has a copy of") {
  bench at;
  at.registry.get<observe::metric::rounds_total>().add();
  const auto given = at.ask_at_once(256);
  REQUIRE(given.size() == 256);
  CHECK(std::set<text>(given.begin(), given.end()).size() == 1);
  CHECK(given.front()->contains("edge_rollup_rounds_total 1\n"));
  CHECK(given.front().use_count() == 257);  // theirs, and that for the next one who asks
}

TEST_CASE("Metrics are written anew for who asks a second later") {
  bench at;
  const auto first = at.ask_at_once(1).front();
  at.registry.get<observe::metric::rounds_total>().add();
  CHECK(at.ask_at_once(1).front() == first);
  at.time.advance(daemon::scrape::shortest_pause);
  CHECK(at.ask_at_once(1).front()->contains("edge_rollup_rounds_total 1\n"));
}
