#include "daemon/check/expected_rollup.hpp"

#include <catch2/catch_test_macros.hpp>

#include <string>
#include <vector>

using namespace edge_rollup;

namespace {

std::vector<model::node> some_nodes(std::size_t count) {
  std::vector<model::node> nodes(count);
  for (std::size_t i = 0; i < count; ++i) nodes[i].name = nodes[i].base.host = "10.0.0." + std::to_string(i);
  return nodes;
}

std::string expected(const config::config& settings, std::size_t count) {
  const model::wall_time now{model::milliseconds{1'764'000'000'000}};
  return daemon::expected_rollup(settings, "north-7", some_nodes(count), now);
}

}  // namespace

TEST_CASE("a rollup that is to be expected has an entry of each node, and what identifies it") {
  const auto body = expected({}, 3);
  for (const auto* part : {R"("node":"10.0.0.0")", R"("node":"10.0.0.2")", R"("ok":3)", R"("freshness":"fresh")",
                           R"("gateway":"north-7")", R"("sequence":1000)"}) {
    INFO(body);
    CHECK(body.contains(part));
  }
}

TEST_CASE("a rollup that is to be expected leaves out what the settings leave out") {
  config::config settings;
  settings.report.node_data = model::node_detail::errors;
  CHECK_FALSE(expected(settings, 3).contains("10.0.0.0"));
}
