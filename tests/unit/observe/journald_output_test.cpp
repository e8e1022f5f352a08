#include "observe/journald_output.hpp"

#include "support/datagram_receiver.hpp"

#include <catch2/catch_test_macros.hpp>

#include <string>

using namespace edge_rollup;
using namespace edge_rollup::observe;

TEST_CASE("an entry of the journal is a datagram of one line for each field") {
  const tests::datagram_receiver journal;
  journald_output output(journal.address());
  CHECK(output.put(log_level::warn, "two lines\nin one", {{"node", std::string("pump-1")}}) == put_result::written);
  CHECK(journal.received() ==
        "MESSAGE=two lines\\nin one\nPRIORITY=4\nSYSLOG_IDENTIFIER=edge-rollup\nEDGE_ROLLUP_NODE=pump-1\n");
  CHECK(output.put(log_level::info, std::string(100'000, 'x'), {}) == put_result::written);
  CHECK(journal.received().size() < 4096);
}

TEST_CASE("what no journal takes counts as lost") {
  journald_output nobody("/nonexistent/socket");
  CHECK(nobody.put(log_level::info, "unheard", {}) == put_result::lost);
  journald_output nowhere(std::string(200, 'x'));
  CHECK(nowhere.put(log_level::info, "unheard", {}) == put_result::lost);
}

TEST_CASE("a journal that hangs is waited for once, and is told more when it goes on") {
  const tests::datagram_receiver journal;
  journald_output output(journal.address());
  constexpr int more_than_any_queue = 100'000;  // a wait for each would take hours
  int taken = 0;
  for (int told = 0; told < more_than_any_queue; ++told) {
    if (output.put(log_level::info, "round ended", {}) == put_result::written) ++taken;
  }
  CHECK(taken > 0);
  CHECK(taken < more_than_any_queue);
  while (!journal.received().empty()) --taken;
  CHECK(taken == 0);
  CHECK(output.put(log_level::info, "round ended", {}) == put_result::written);
}
