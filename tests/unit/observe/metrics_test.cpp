#include "observe/metrics.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_floating_point.hpp>

#include <type_traits>

using namespace edge_rollup::observe;

namespace {

const std::vector<series>& lines_of(const std::vector<family_snapshot>& all, metric id) {
  return all.at(static_cast<std::size_t>(id)).lines;
}

}  // namespace

TEST_CASE("A handle has the type of its family's row") {
  metrics held;
  STATIC_CHECK(std::is_same_v<decltype(held.get<metric::rounds_total>()), counter&>);
  STATIC_CHECK(std::is_same_v<decltype(held.get<metric::nodes>("ok")), gauge&>);
  STATIC_CHECK(std::is_same_v<decltype(held.get<metric::poll_duration_seconds>()), histogram&>);
}

TEST_CASE("Asking twice for a series gives the same handle, another label value another one") {
  metrics held;
  counter& ok = held.get<metric::polls_total>("ok");
  CHECK(&ok == &held.get<metric::polls_total>("ok"));
  CHECK(&ok != &held.get<metric::polls_total>("timeout"));
}

TEST_CASE("A snapshot holds every family in table order and does not follow later changes") {
  metrics held;
  counter& rounds = held.get<metric::rounds_total>();
  rounds.add();
  rounds.add(41);
  const auto before = held.snapshot();
  rounds.add();

  REQUIRE(before.size() == metric_families.size());
  for (std::size_t at = 0; at < before.size(); ++at) CHECK(static_cast<std::size_t>(before[at].family) == at);
  CHECK(lines_of(before, metric::rounds_total) == std::vector<series>{{"", std::uint64_t{42}}});
  CHECK(lines_of(held.snapshot(), metric::rounds_total) == std::vector<series>{{"", std::uint64_t{43}}});
  CHECK(lines_of(before, metric::polls_total).empty());
}

TEST_CASE("Series of a family are ordered by label value") {
  metrics held;
  held.get<metric::nodes>("skipped").set(1);
  held.get<metric::nodes>("failed").set(2);
  CHECK(lines_of(held.snapshot(), metric::nodes) == std::vector<series>{{"failed", 2.0}, {"skipped", 1.0}});
}

TEST_CASE("A gauge that was never set or was cleared is absent") {
  metrics held;
  gauge& oldest = held.get<metric::outbox_oldest_timestamp_seconds>();
  CHECK(lines_of(held.snapshot(), metric::outbox_oldest_timestamp_seconds).empty());
  oldest.set(0);
  CHECK(lines_of(held.snapshot(), metric::outbox_oldest_timestamp_seconds).size() == 1);
  oldest.clear();
  CHECK(lines_of(held.snapshot(), metric::outbox_oldest_timestamp_seconds).empty());
}

TEST_CASE("A histogram counts a value into the first bucket whose bound is not below it") {
  static constexpr std::array bounds = {0.1, 1.0};
  histogram measured(bounds);
  for (const double seconds : {0.0, 0.1, 0.2, 1.0, 1.5, 99.0}) measured.observe(seconds);
  CHECK(measured.value().buckets == std::vector<std::uint64_t>{2, 2, 2});
  CHECK_THAT(measured.value().sum, Catch::Matchers::WithinRel(101.8));
}

TEST_CASE("Exactly the histograms have buckets, and their bounds ascend") {
  for (const metric_family& row : metric_families) {
    INFO(row.name);
    CHECK(row.buckets.empty() == (row.type != metric_type::histogram));
    CHECK(std::ranges::is_sorted(row.buckets));
  }
}
