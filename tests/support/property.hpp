// rapidcheck inside Catch2 3: a failed property shows its smallest counterexample and the seed that repeats it
// (RC_PARAMS="seed=...").
#pragma once

#include <rapidcheck.h>
#include <catch2/catch_test_macros.hpp>

#include <sstream>
#include <string>
#include <utility>

namespace edge_rollup::tests {

/// Checks a property inside a TEST_CASE. `property` takes generated arguments and returns bool, or uses RC_ASSERT.
template <class Property>
void holds_for_all(const std::string& sentence, Property&& property) {
  const auto outcome =
      rc::detail::checkTestable(std::forward<Property>(property), rc::detail::TestMetadata{sentence, sentence});
  std::ostringstream told;
  rc::detail::printResultMessage(outcome, told);
  INFO(sentence << "\n" << told.str());
  CHECK(outcome.template is<rc::detail::SuccessResult>());
}

}  // namespace edge_rollup::tests
