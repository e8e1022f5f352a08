#include "daemon/admin/first_to_end.hpp"

#include "support/served_nodes.hpp"

#include <catch2/catch_test_macros.hpp>

#include <string>
#include <vector>

using namespace edge_rollup;
using tests::at_second;

TEST_CASE("Of too many certificates those that end first are kept, and that of the cloud") {
  const net::certificate_expiries all{
      {"a", at_second(3)}, {"b", at_second(1)}, {"cloud", at_second(9)}, {"d", at_second(2)}};
  struct row {
    const char* label;
    std::size_t most;
    std::string always;
    std::vector<std::string> kept;
  };
  const std::vector<row> rows = {
      {"room for all", 4, "cloud", {"a", "b", "cloud", "d"}},
      {"one too many, the cloud ends last", 3, "cloud", {"b", "cloud", "d"}},
      {"one too many, there is no cloud", 3, "", {"a", "b", "d"}},
      {"two too many", 2, "cloud", {"b", "cloud"}},
      {"the cloud is among the first anyway", 2, "b", {"b", "d"}},
      {"room for one", 1, "cloud", {"cloud"}},
  };
  for (const auto& [label, most, always, kept] : rows) {
    INFO(label);
    std::vector<std::string> peers;
    for (const auto& [peer, end] : daemon::first_to_end(all, always, most)) peers.push_back(peer);
    CHECK(peers == kept);
  }
}
