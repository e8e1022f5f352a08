// One row of the hostile table: what a peer does, and what its node is to come to. Each is a test case of its own name.
#pragma once

#include "hostile/neighbourhood.hpp"
#include "hostile/scripted_peer.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace edge_rollup::tests {

struct row {
  std::string name;
  script peer;  ///< empty: nobody listens
  expectation expected;
  std::size_t max_body = poll::poll_options{}.max_body;
};

/// Every row of every table that has been registered.
[[nodiscard]] const std::vector<row>& all_rows();

/// Makes a test case of each row, named "GROUP: NAME". Tables are registered before main begins.
class registered_rows {
 public:
  registered_rows(const std::string& group, const std::vector<row>& table);
};

/// A node whose poll can only end by its timeout gets a short one.
void set_timeout(model::node& node, const expectation& expected);

[[nodiscard]] std::string repeated(std::string_view piece, std::size_t times);

}  // namespace edge_rollup::tests
