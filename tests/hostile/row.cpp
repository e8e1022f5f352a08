#include "hostile/row.hpp"

#include <catch2/catch_test_macros.hpp>

#include <utility>

namespace edge_rollup::tests {
namespace {

std::vector<row>& registry() {
  static std::vector<row> rows;
  return rows;
}

void check_row(const row& row) {
  const scripted_peer peer(row.peer);
  poll::poll_options options;
  options.max_body = row.max_body;
  neighbourhood nodes(options);
  set_timeout(nodes.add(peer.url()), row.expected);
  nodes.check_round({row.expected});
}

class row_invoker final : public Catch::ITestInvoker {
 public:
  explicit row_invoker(row checked) : row_(std::move(checked)) {}
  void invoke() const override { check_row(row_); }

 private:
  row row_;
};

}  // namespace

const std::vector<row>& all_rows() {
  return registry();
}

registered_rows::registered_rows(const std::string& group, const std::vector<row>& table) {
  for (const row& each : table) {
    registry().push_back(each);
    const auto name = group + ": " + each.name;
    const Catch::AutoReg added(Catch::Detail::make_unique<row_invoker>(each), CATCH_INTERNAL_LINEINFO, {},
                               {name, "[hostile]"});
  }
}

void set_timeout(model::node& node, const expectation& expected) {
  if (expected.failure == model::failure_kind::timeout) node.timeout = short_timeout;
}

std::string repeated(std::string_view piece, std::size_t times) {
  std::string all;
  all.reserve(piece.size() * times);
  for (std::size_t i = 0; i < times; ++i) all += piece;
  return all;
}

TEST_CASE("every row at once: all hostile nodes in one round", "[hostile]") {
  neighbourhood nodes;
  std::vector<std::unique_ptr<scripted_peer>> peers;
  std::vector<expectation> expected;
  for (const row& each : all_rows()) {
    if (each.max_body != poll::poll_options{}.max_body) continue;  // one limit holds for all nodes of a round
    peers.push_back(std::make_unique<scripted_peer>(each.peer));
    set_timeout(nodes.add(peers.back()->url()), each.expected);
    expected.push_back(each.expected);
  }
  nodes.check_round(expected);
}

}  // namespace edge_rollup::tests
