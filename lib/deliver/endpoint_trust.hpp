// Whether an answer can only come from the endpoint itself.
#pragma once

#include "model/url.hpp"

namespace edge_rollup::deliver {

enum class endpoint_trust {
  certain,  ///< https, or a loopback address: nobody on the way can answer in its place
  open      ///< plain http over a network: a captive portal may answer
};

[[nodiscard]] endpoint_trust trust_in(const model::url& endpoint);

}  // namespace edge_rollup::deliver
