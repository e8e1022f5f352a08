// What the admin server needs to know; filled by config.
#pragma once

#include "model/secret.hpp"
#include "serve/listen_address.hpp"

#include <optional>
#include <string>
#include <vector>

namespace edge_rollup::serve {

struct admin_options {
  std::optional<listen_address> listen;  ///< empty: nothing is served
  std::optional<model::secret> token;    ///< never empty where others than this machine reach the address
  std::vector<std::string> hosts;        ///< more names that it is reached by, as canonical_host writes them

  friend bool operator==(const admin_options&, const admin_options&) = default;
};

}  // namespace edge_rollup::serve
