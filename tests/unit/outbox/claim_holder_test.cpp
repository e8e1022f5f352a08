#include "outbox/claim_holder.hpp"

#include "outbox/state_directory.hpp"
#include "support/temporary_directory.hpp"

#include <catch2/catch_test_macros.hpp>

#include <unistd.h>

using namespace edge_rollup;
using outbox::lock_holder;

TEST_CASE("the holder of a lock is found by kind and inode") {
  constexpr const char* locks =
      "1: POSIX  ADVISORY  WRITE 100 08:01:131 0 EOF\n"
      "2: FLOCK  ADVISORY  WRITE 4711 08:01:1131 0 EOF\n"
      "2: -> FLOCK  ADVISORY  WRITE 4712 08:01:131 0 EOF\n"
      "3: FLOCK  ADVISORY  WRITE 815 fe:00:131 0 EOF\n";
  CHECK(lock_holder(locks, 131) == 815);
  CHECK(lock_holder(locks, 1131) == 4711);
  CHECK_FALSE(lock_holder(locks, 31));
  CHECK_FALSE(lock_holder("", 131));
}

TEST_CASE("a claim is seen while it stands, by who has it") {
  const tests::temporary_directory above;
  const auto directory = above.path() / "state";
  CHECK_FALSE(outbox::claim_holder(directory));
  {
    const auto claimed = outbox::state_directory::claim(directory);
    REQUIRE(claimed);
    CHECK(outbox::claim_holder(directory) == ::getpid());
  }
  CHECK_FALSE(outbox::claim_holder(directory));
}
