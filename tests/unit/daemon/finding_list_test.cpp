#include "daemon/check/finding_list.hpp"

#include "support/golden.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace edge_rollup;
using namespace edge_rollup::daemon;
using namespace std::chrono_literals;

namespace {

const findings some{
    {finding_level::ok, "gateway", "this box is north-7 for the cloud", ""},
    {finding_level::warning, "secrets", "every user of this machine may read /etc/edge-rollup/a/rather/long/path/token",
     "chmod o-rwx '/etc/edge-rollup/a/rather/long/path/token'"},
    {finding_level::error, "state", "/var/lib/edge-rollup belongs to user 7", "run it as its owner", exit_code::state},
    {finding_level::error, "cloud", "https://ingest.example.com: \"dns\": no such host", "check the name",
     exit_code::unavailable}};

}  // namespace

TEST_CASE("findings are listed with their remedies in lines that fit a terminal") {
  CHECK(tests::matches_golden("check_table.txt", finding_table(some)));
}

TEST_CASE("findings as JSON say the worst level first and what the set-up costs") {
  CHECK(tests::matches_golden("check.json", findings_json(some, setup_cost{3'000, 25'920'000, 288, 24h})));
  CHECK(findings_json({}, {}) == "{\"verdict\":\"ok\",\"findings\":[],\"cost\":null}\n");
}

TEST_CASE("a check ends with the code of its first error") {
  CHECK(code_of(some) == exit_code::state);
  CHECK(code_of({some[0], some[1]}) == exit_code::ok);
  CHECK(code_of({}) == exit_code::ok);
}

TEST_CASE("where nothing is wrong the table says so") {
  CHECK(finding_table({some[0]}).ends_with("\ncheck  nothing to mend\n"));
}
