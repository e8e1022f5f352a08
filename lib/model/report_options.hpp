// What a rollup tells of single nodes, and how large its body may become (`report` in the settings).
#pragma once

#include "model/rollup.hpp"

#include <cstddef>

namespace edge_rollup::model {

/// What stands as `node_url` in a node's entry: its URL, or its name where addresses are not to leave the site.
enum class node_url_content { url, name };

struct report_options {
  node_detail node_data = node_detail::full;          ///< "all", "errors" or "none" in the settings
  node_url_content node_url = node_url_content::url;  ///< "full" or "name"
  std::size_t max_body = 8'388'608;                   ///< bytes; a larger body steps down to less detail
};

}  // namespace edge_rollup::model
