// Compares values that are shared, or absent, by what they say.
#pragma once

#include <memory>

namespace edge_rollup::model {

template <class T>
[[nodiscard]] bool says_the_same(const std::shared_ptr<const T>& a, const std::shared_ptr<const T>& b) {
  return a == b || (a && b && *a == *b);
}

}  // namespace edge_rollup::model
