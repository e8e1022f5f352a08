// The settings of delivery.
#pragma once

#include "deliver/backoff.hpp"
#include "model/time.hpp"

#include <cstddef>
#include <cstdint>

namespace edge_rollup::deliver {

struct deliver_options {
  backoff_range retry{model::milliseconds{1'000}, model::milliseconds{300'000}};
  backoff_range hold{model::milliseconds{1'000}, model::milliseconds{900'000}};
  model::milliseconds retry_after_max{3'600'000};  ///< longest `Retry-After` that is obeyed

  std::size_t aside_limit = 3;                 ///< so many rollups aside mean that not they are wrong
  std::uint32_t aside_tries = 20;              ///< a rollup is worn out after so many tries ...
  model::milliseconds aside_after{3'600'000};  ///< ... and so much trouble
  model::milliseconds aside_moment{1'000};     ///< pause in an occasion that a cloud hardly comes back in
  model::milliseconds aside_pace{30'000};      ///< wait after an occasion, for each offer beyond `aside_limit`

  friend bool operator==(const deliver_options&, const deliver_options&) = default;
};

}  // namespace edge_rollup::deliver
