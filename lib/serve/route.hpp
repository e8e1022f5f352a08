// Which page a request is for. The table of all addresses stands in route.cpp.
#pragma once

#include "net/http_message.hpp"
#include "serve/access.hpp"
#include "serve/query.hpp"

#include <expected>
#include <string>

namespace edge_rollup::serve {

enum class page {
  asset,
  live,
  ready,
  metrics,
  status,
  nodes,
  node,
  polls,
  grid,
  history,
  events,
  rollups,
  rollup,
  outbox,
  description,
  reload,
  round
};

struct route {
  page to = page::asset;
  demand demands = demand::token_if_set;
  std::string argument;  ///< a part of the path, decoded, where the address has one
  serve::query query;    ///< with parameters that the page knows
};

struct no_route {
  demand demands = demand::token_if_set;  ///< to be told so: where nothing is, a stranger is not
  net::http_response answer;
};

/// HEAD goes where GET goes. The answer of an error is 404, 405 with Allow, or 400 for a target that cannot be decoded
/// or has a parameter that its page does not know: a filter with a slip in its name must not seem to let all pass.
/// Health has nothing to filter and takes every query: probes add some to get past caches.
[[nodiscard]] std::expected<route, no_route> find_route(const net::received_request& request);

}  // namespace edge_rollup::serve
