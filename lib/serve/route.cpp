#include "serve/route.hpp"

#include "serve/answers.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <span>
#include <string_view>
#include <utility>

namespace edge_rollup::serve {
namespace {

struct address {
  std::string_view path;  ///< a '*' in it, after a '/', stands for anything that is not empty
  page to;
  demand demands;
  std::span<const std::string_view> parameters = {};
};

constexpr std::array<std::string_view, 5> of_nodes{"state", "q", "sort", "limit", "cursor"};
constexpr std::array<std::string_view, 1> of_grid{"names"};
constexpr std::array<std::string_view, 1> of_history{"range"};
constexpr std::array<std::string_view, 1> of_rollups{"limit"};

/// The first that fits counts.
constexpr std::array addresses = {
    address{"/", page::asset, demand::token_if_set},
    address{"/page/*", page::asset, demand::token_if_set},
    address{"/livez", page::live, demand::nothing},
    address{"/healthz", page::live, demand::nothing},
    address{"/readyz", page::ready, demand::nothing},
    address{"/metrics", page::metrics, demand::token_if_set},
    address{"/api/v1/status", page::status, demand::token_if_set},
    address{"/api/v1/nodes", page::nodes, demand::token_if_set, of_nodes},
    address{"/api/v1/nodes/*/polls", page::polls, demand::token_if_set},
    address{"/api/v1/nodes/*", page::node, demand::token_if_set},
    address{"/api/v1/grid", page::grid, demand::token_if_set, of_grid},
    address{"/api/v1/history", page::history, demand::token_if_set, of_history},
    address{"/api/v1/events", page::events, demand::token_if_set},
    address{"/api/v1/rollups", page::rollups, demand::token_if_set, of_rollups},
    address{"/api/v1/rollups/*", page::rollup, demand::token_if_set},
    address{"/api/v1/outbox", page::outbox, demand::token_if_set},
    address{"/openapi.json", page::description, demand::token_if_set},
    address{"/-/reload", page::reload, demand::token},
    address{"/-/round", page::round, demand::token},
};

/// What stands in a path for the '*' of an address; nothing where the address has none.
std::optional<std::string_view> argument_of(const address& known, std::string_view path) {
  const auto star = known.path.find('*');
  if (star == std::string_view::npos) return path == known.path ? std::optional(std::string_view()) : std::nullopt;
  const auto begin = known.path.substr(0, star), end = known.path.substr(star + 1);
  if (path.size() <= begin.size() + end.size() || !path.starts_with(begin) || !path.ends_with(end)) return std::nullopt;
  return path.substr(begin.size(), path.size() - begin.size() - end.size());
}

net::http_response not_allowed(demand demands) {
  const bool is_post = demands == demand::token;
  auto made = problem(405, is_post ? "this takes POST only" : "this takes GET and HEAD only");
  made.fields.emplace_back("Allow", is_post ? "POST" : "GET, HEAD");
  return made;
}

/// Being told what is wrong is reading, also where something would be done.
std::unexpected<no_route> refused(const address& known, net::http_response answer) {
  const auto demands = known.demands == demand::nothing ? demand::nothing : demand::token_if_set;
  return std::unexpected(no_route{demands, std::move(answer)});
}

}  // namespace

std::expected<route, no_route> find_route(const net::received_request& request) {
  const std::string_view target = request.target;
  const auto path_end = std::min(target.find('?'), target.size());
  for (const auto& known : addresses) {
    const auto rest = argument_of(known, target.substr(0, path_end));
    if (!rest) continue;
    const bool is_read = request.method == "GET" || request.method == "HEAD";
    const bool fits = known.demands == demand::token ? request.method == "POST" : is_read;
    if (!fits) return refused(known, not_allowed(known.demands));
    auto argument = percent_decoded(*rest);
    if (!argument) return refused(known, problem(400, "the path is not percent-encoded"));
    const bool is_health = known.demands == demand::nothing;
    const auto parameters = is_health ? "" : target.substr(std::min(path_end + 1, target.size()));
    auto given = query::read(parameters, known.parameters);
    if (!given) return refused(known, problem(400, given.error().text));
    return route{known.to, known.demands, std::move(*argument), std::move(*given)};
  }
  return std::unexpected(
      no_route{demand::token_if_set, problem(404, "nothing is here; /openapi.json describes what there is")});
}

}  // namespace edge_rollup::serve
