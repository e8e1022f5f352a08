// A floating point sum whose error does not grow with the number of terms (Neumaier's variant of Kahan summation).
#pragma once

#include <cmath>

namespace edge_rollup::aggregate {

class compensated_sum {
 public:
  void add(long double term) noexcept {
    const long double next = sum_ + term;
    const bool term_is_smaller = std::fabs(sum_) >= std::fabs(term);
    lost_ += term_is_smaller ? (sum_ - next) + term : (term - next) + sum_;
    sum_ = next;
  }

  [[nodiscard]] long double value() const noexcept { return sum_ + lost_; }

 private:
  long double sum_ = 0.0L;
  long double lost_ = 0.0L;  // what rounding took from sum_
};

}  // namespace edge_rollup::aggregate
