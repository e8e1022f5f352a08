#include "serve/round_archive.hpp"

#include "support/property.hpp"
#include "support/served_nodes.hpp"

#include <catch2/catch_test_macros.hpp>

#include <cstdint>
#include <string>
#include <vector>

using namespace edge_rollup;
using model::failure_kind;
using model::freshness;
using serve::node_part;
using serve::round_archive;
using tests::nodes_named;

namespace {

/// A fleet whose nodes all failed with a message of that size.
void keep_failed(round_archive& archive, std::uint64_t sequence, const model::node_list& nodes,
                 std::size_t message_bytes) {
  auto outcome = tests::failed(failure_kind::connect);
  outcome.answer.error().message.assign(message_bytes, 'x');
  archive.keep(sequence, nodes, std::vector(nodes->size(), outcome), std::vector(nodes->size(), freshness::unknown));
}

model::node_list fleet_of(std::size_t count, const std::string& prefix = "node-") {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < count; ++i) names.push_back(prefix + std::to_string(i));
  return nodes_named(names);
}

}  // namespace

TEST_CASE("What nodes gave comes back as it was") {
  round_archive archive;
  CHECK_FALSE(archive.find(1));
  auto refused = tests::failed(failure_kind::connect);
  refused.answer.error().message = "connect to 10.0.0.7:8080: refused";
  archive.keep(
      1, nodes_named({"a", "b", "c", "d"}),
      std::vector{tests::ok(UINT64_MAX, 0.1), refused, tests::failed(failure_kind::skipped), tests::ok(0, 1.0)},
      std::vector{freshness::stale, freshness::unknown, freshness::unknown, freshness::fresh});
  const auto found = archive.find(1);
  REQUIRE(found);
  REQUIRE(found->size() == 4);
  CHECK((*found)[0] == node_part{"a", node_part::success{UINT64_MAX, 0.1, freshness::stale}});
  CHECK((*found)[1] ==
        node_part{"b", std::unexpected(node_part::error{failure_kind::connect, "connect to 10.0.0.7:8080: refused"})});
  CHECK((*found)[2].gave.error().kind == failure_kind::skipped);
  CHECK((*found)[3] == node_part{"d", node_part::success{0, 1.0, freshness::fresh}});
}

TEST_CASE("Any number of records and any quality comes back exactly") {
  tests::holds_for_all("for a node of any summary", [](std::uint64_t records, double quality) {
    round_archive archive;
    archive.keep(7, nodes_named({"a"}), std::vector{tests::ok(records, quality)}, std::vector{freshness::unchanged});
    return archive.find(7)->front() == node_part{"a", node_part::success{records, quality, freshness::unchanged}};
  });
}

TEST_CASE("Messages are cut and mended as in the rollup") {
  round_archive archive;
  auto hostile = tests::failed(failure_kind::bad_json);
  hostile.answer.error().message = "\xFF" + std::string(1'000, '\n');
  archive.keep(1, nodes_named({"a"}), std::vector{hostile}, std::vector{freshness::unknown});
  const auto message = archive.find(1)->front().gave.error().message;
  CHECK(message.starts_with("\xEF\xBF\xBD\n"));
  CHECK(message.size() == 256);
}

TEST_CASE("A rollup of before is told with the names of its own nodes") {
  round_archive archive;
  archive.keep(1, nodes_named({"a", "b"}), std::vector{tests::ok(1, 1.0), tests::ok(2, 1.0)},
               std::vector{freshness::fresh, freshness::fresh});
  archive.keep(2, nodes_named({"b"}), std::vector{tests::ok(3, 1.0)}, std::vector{freshness::fresh});
  CHECK(archive.find(1)->size() == 2);
  CHECK(archive.find(1)->back().name == "b");
  CHECK(archive.find(2)->front().name == "b");
}

TEST_CASE("The newest rollups are kept within the room there is") {
  round_archive archive;
  const auto nodes = fleet_of(1'000);
  for (std::uint64_t sequence = 1; sequence <= 20; ++sequence) {
    keep_failed(archive, sequence, nodes, 200);
    CHECK(archive.bytes() <= round_archive::most_bytes);
  }
  CHECK(archive.find(20));
  CHECK(archive.find(14));
  CHECK_FALSE(archive.find(12));
  keep_failed(archive, 21, fleet_of(10'000), 256);
  CHECK_FALSE(archive.find(21));
  CHECK(archive.find(20));
}

TEST_CASE("Lists that change each time take their room, too") {
  round_archive archive;
  const std::string long_name(100, 'n');
  for (std::uint64_t sequence = 1; sequence <= 20; ++sequence) {
    keep_failed(archive, sequence, fleet_of(1'000, long_name), 20);
    CHECK(archive.bytes() <= round_archive::most_bytes);
  }
  CHECK(archive.find(20));
  CHECK_FALSE(archive.find(1));
}

TEST_CASE("Of small fleets so many rollups are kept as others tell of") {
  round_archive archive;
  const auto nodes = fleet_of(3);
  for (std::uint64_t sequence = 1; sequence <= 101; ++sequence) keep_failed(archive, sequence, nodes, 10);
  CHECK_FALSE(archive.find(1));
  CHECK(archive.find(2));
}
