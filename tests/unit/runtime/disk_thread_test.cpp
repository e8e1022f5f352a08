#include "runtime/disk_thread.hpp"

#include "runtime/system_clock.hpp"
#include "runtime/task_scope.hpp"

#include <boost/asio/io_context.hpp>
#include <catch2/catch_test_macros.hpp>

#include <thread>
#include <vector>

using namespace edge_rollup;

namespace {

runtime::task<void> note_threads(runtime::disk_thread& disk, int number, std::vector<int>& order,
                                 std::vector<std::thread::id>& ids) {
  auto work = [number] { return std::pair(number, std::this_thread::get_id()); };
  auto [given, worker] = co_await disk.run(std::move(work));
  order.push_back(given);
  ids.push_back(worker);
  ids.push_back(std::this_thread::get_id());
}

}  // namespace

TEST_CASE("work runs on the disk thread in call order and completes on the loop, which does not end before") {
  boost::asio::io_context loop;
  runtime::system_clock clock(loop.get_executor());
  runtime::disk_thread disk;
  runtime::task_scope scope(loop.get_executor(), clock);
  std::vector<int> order;
  std::vector<std::thread::id> ids;
  for (int number = 0; number < 100; ++number) scope.spawn(note_threads(disk, number, order, ids));
  loop.run();
  REQUIRE(order.size() == 100);
  for (int number = 0; number < 100; ++number) {
    const auto at = static_cast<std::size_t>(number);
    CHECK(order[at] == number);
    CHECK(ids[2 * at] != std::this_thread::get_id());
    CHECK(ids[2 * at + 1] == std::this_thread::get_id());
  }
}
