#include "daemon/beside/node_pages.hpp"

#include <fmt/format.h>

#include <cstddef>
#include <utility>

namespace edge_rollup::daemon {
namespace {

constexpr std::size_t nodes_on_a_page = 1'000;
/// Of a daemon that never says that a page is the last.
constexpr std::size_t most_pages = 1'000;

}  // namespace

model::result<std::vector<std::string>> node_pages(daemon_client& daemon) {
  std::vector<std::string> pages;
  std::string cursor;
  while (pages.size() < most_pages) {
    auto body = daemon.get(fmt::format("/api/v1/nodes?limit={}{}", nodes_on_a_page, cursor));
    if (!body) return std::unexpected(std::move(body.error()));
    const auto page = wire::json_view::over(*body);
    if (!page)
      return model::fail(model::error_kind::unavailable, "what answers is no edge-rollup: its nodes are no JSON");
    const auto next = page->at("next").text();
    pages.push_back(std::move(*body));
    if (!next) return pages;
    cursor = "&cursor=" + *next;
  }
  return pages;
}

std::vector<wire::json_view> nodes_on(const std::vector<std::string>& pages) {
  std::vector<wire::json_view> nodes;
  for (const auto& page : pages) {
    const auto entries = wire::json_view::over(page)->at("nodes").elements();
    nodes.insert(nodes.end(), entries.begin(), entries.end());
  }
  return nodes;
}

}  // namespace edge_rollup::daemon
