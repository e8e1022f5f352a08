#include "net/eviction.hpp"

#include <catch2/catch_test_macros.hpp>

#include <string>
#include <vector>

using namespace edge_rollup;
using net::held_connection;
using work = held_connection::work;

namespace {

model::mono_time second(int number) {
  return model::mono_time{} + model::seconds(number);
}

struct row {
  std::string label;
  std::vector<held_connection> held;
  std::size_t ends;
};

}  // namespace

TEST_CASE("A full server ends the connection that is missed least") {
  const std::vector<row> rows = {
      {"the only one", {{"a", work::request, second(1)}}, 0},
      {"the one idle for the longest time",
       {{"a", work::idle, second(5)}, {"b", work::idle, second(3)}, {"c", work::idle, second(9)}},
       1},
      {"an idle one before any request, however slow",
       {{"a", work::request, second(1)}, {"a", work::request, second(2)}, {"b", work::idle, second(9)}},
       2},
      {"of the address with the most connections, though another's request is older",
       {{"b", work::request, second(1)}, {"a", work::request, second(2)}, {"a", work::request, second(3)}},
       1},
      {"the slowest request of one address",
       {{"a", work::request, second(7)}, {"a", work::request, second(2)}, {"a", work::request, second(3)}},
       1},
  };
  for (const auto& [label, held, ends] : rows) {
    INFO(label);
    CHECK(net::connection_to_end(held) == ends);
  }
}
