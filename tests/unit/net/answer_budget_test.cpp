#include "net/answer_budget.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace edge_rollup;

namespace {

net::http_response with_own_body(std::size_t bytes) {
  net::http_response made;
  made.body.assign(bytes, 'x');
  return made;
}

net::http_response with(std::shared_ptr<const std::string> body) {
  net::http_response made;
  made.shared_body = std::move(body);
  return made;
}

}  // namespace

TEST_CASE("Answers are admitted until their bodies fill the budget, and again when some were given back") {
  net::answer_budget budget(10);
  const auto six = with_own_body(6);
  const auto five = with_own_body(5);
  CHECK(budget.admit(six));
  CHECK_FALSE(budget.admit(five));
  CHECK(budget.taken() == 6);
  budget.give_back(six);
  CHECK(budget.admit(five));
  CHECK(budget.admit(five));
  CHECK(budget.taken() == 10);
}

TEST_CASE("A body that answers have in common counts once, from the first to the last of them") {
  net::answer_budget budget(10);
  const auto common = with(std::make_shared<const std::string>(8, 'x'));
  for (int i = 0; i < 256; ++i) REQUIRE(budget.admit(common));
  CHECK(budget.taken() == 8);
  CHECK_FALSE(budget.admit(with(std::make_shared<const std::string>(8, 'x'))));
  for (int i = 0; i < 255; ++i) budget.give_back(common);
  CHECK(budget.taken() == 8);
  budget.give_back(common);
  CHECK(budget.taken() == 0);
}
