// Nodes as they stand in lists, for tests of the fleet.
#pragma once

#include "fleet/fleet_options.hpp"
#include "wire/url.hpp"

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace edge_rollup::tests {

inline fleet::node_setting listed_node(const std::string& url, std::string place = "argument 1",
                                       fleet::node_origin origin = fleet::node_origin::argument) {
  fleet::node_setting made;
  made.url = *wire::parse_node_url(url);
  made.place = std::move(place);
  made.origin = origin;
  return made;
}

/// http://10.0.0.FIRST, and so on.
inline std::vector<fleet::node_setting> listed_nodes(int first, int count) {
  std::vector<fleet::node_setting> made;
  for (int number = first; number < first + count; ++number) {
    made.push_back(listed_node("http://10.0.0." + std::to_string(number), "list:" + std::to_string(number),
                               fleet::node_origin::file));
  }
  return made;
}

inline fleet::node_listing listing_of(std::vector<fleet::node_setting> nodes) {
  return std::make_shared<const std::vector<fleet::node_setting>>(std::move(nodes));
}

}  // namespace edge_rollup::tests
