#include "fleet/directory_watch.hpp"

#include "support/await.hpp"
#include "support/temporary_directory.hpp"

#include <boost/asio/io_context.hpp>
#include <catch2/catch_test_macros.hpp>

using namespace edge_rollup;

TEST_CASE("a watch that was cancelled between two waits does not wait again") {
  const tests::temporary_directory place;
  boost::asio::io_context loop;
  fleet::directory_watch watch(loop.get_executor());
  watch.directories()->watch({place.path().native()});
  watch.cancel();
  CHECK_FALSE(tests::await(loop, watch.changed()));
}
