#include "observe/exposition.hpp"

#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <cstddef>
#include <string>

using namespace edge_rollup::observe;

TEST_CASE("Metrics are written as Prometheus reads them") {
  metrics registry;
  registry.get<metric::rounds_total>().add(3);
  registry.get<metric::nodes>("ok").set(2);
  registry.get<metric::quality_ratio>().set(0.5);
  auto& seconds = registry.get<metric::round_duration_seconds>();
  seconds.observe(0.01);
  seconds.observe(0.02);
  seconds.observe(1'000);
  const auto text = exposition(registry.snapshot());
  CAPTURE(text);
  CHECK(text.contains("# TYPE edge_rollup_rounds_total counter\nedge_rollup_rounds_total 3\n"));
  CHECK(text.contains("# HELP edge_rollup_nodes Nodes of the last round by how they ended it.\n"));
  CHECK(text.contains("edge_rollup_nodes{state=\"ok\"} 2\n"));
  CHECK(text.contains("edge_rollup_quality_ratio 0.5\n"));
  CHECK(text.contains("edge_rollup_round_duration_seconds_bucket{le=\"0.01\"} 1\n"));
  CHECK(text.contains("edge_rollup_round_duration_seconds_bucket{le=\"60\"} 2\n"));
  CHECK(text.contains("edge_rollup_round_duration_seconds_bucket{le=\"+Inf\"} 3\n"));
  CHECK(text.contains("edge_rollup_round_duration_seconds_count 3\n"));
  CHECK(text.contains("edge_rollup_round_duration_seconds_sum 1000.03\n"));
  CHECK_FALSE(text.contains("edge_rollup_records"));
}

TEST_CASE("Label values are escaped") {
  metrics registry;
  auto all = registry.snapshot();
  all[static_cast<std::size_t>(metric::node_up)].lines.push_back({"a\"b\\c\nd", 1.0});
  CHECK(exposition(all).contains(R"(edge_rollup_node_up{node="a\"b\\c\nd"} 1)"));
}

TEST_CASE("No help text needs an escape, which the serializer would not write") {
  for (const auto& row : metric_families) {
    INFO(row.name);
    CHECK(row.help.find_first_of("\\\n") == std::string_view::npos);
  }
}
