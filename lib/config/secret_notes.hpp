// What is noticed of secrets while settings are read, and is no mistake by itself.
#pragma once

#include <string>
#include <vector>

namespace edge_rollup::config {

struct secret_notes {
  std::vector<std::string> written_out;  ///< places in a file where a token or password itself stands
  std::vector<std::string> unavailable;  ///< keys that refer to a credential that was passed over
};

}  // namespace edge_rollup::config
