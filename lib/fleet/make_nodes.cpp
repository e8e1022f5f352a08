#include "fleet/make_nodes.hpp"

#include "wire/url.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace edge_rollup::fleet {
namespace {

using model::error_kind;

error_kind kind_of(node_origin origin) {
  switch (origin) {
    case node_origin::argument: return error_kind::usage;
    case node_origin::file: return error_kind::bad_data;
    case node_origin::config: return error_kind::config;
  }
  return error_kind::internal;
}

model::node resolved(const node_setting& from, const node_defaults& defaults) {
  model::node node;
  node.url = wire::to_string(from.url);
  node.name = from.name ? *from.name : wire::default_node_name(from.url);
  node.base = from.url;
  node.path = from.path.value_or(defaults.path);
  node.labels = from.labels;
  node.timeout = from.timeout.value_or(defaults.timeout);
  node.max_age = from.max_age.value_or(defaults.max_age);
  node.auth = from.auth ? from.auth : defaults.auth;
  node.tls = from.tls ? from.tls : defaults.tls;
  return node;
}

/// Takes nodes in one by one. The maps refer to strings of the nodes, which therefore never move.
class collection {
 public:
  collection(std::size_t expected, const node_defaults& defaults) : defaults_(defaults) {
    made_.nodes.reserve(expected);
    by_url_.reserve(expected);
    by_name_.reserve(expected);
  }

  /// Why the node cannot be taken in, or nothing.
  std::string add(const node_setting& from) {
    if (made_.nodes.size() == max_nodes) return fmt::format("{}: more than {} nodes", from.place, max_nodes);
    model::node node = resolved(from, defaults_);
    if (const auto twin = by_url_.find(node.url); twin != by_url_.end()) {
      return fmt::format("{} is listed twice: {} and {}", node.url, twin->second->place, from.place);
    }
    if (const auto twin = by_name_.find(node.name); twin != by_name_.end()) {
      return fmt::format("two nodes would both be called {}: {} and {}", node.name, twin->second->place, from.place);
    }
    const model::node& added = made_.nodes.emplace_back(std::move(node));
    by_url_.emplace(added.url, &from);
    by_name_.emplace(added.name, &from);
    return {};
  }

  void leave_out(std::string why) {
    if (made_.left_out.size() < max_told_twins) {
      made_.left_out.push_back(std::move(why));
    } else {
      ++made_.left_out_untold;
    }
  }

  made_nodes finish() && { return std::move(made_); }

 private:
  const node_defaults& defaults_;
  made_nodes made_;
  std::unordered_map<std::string_view, const node_setting*> by_url_;
  std::unordered_map<std::string_view, const node_setting*> by_name_;
};

}  // namespace

model::result<made_nodes> make_nodes(std::span<const node_source> sources, const node_defaults& defaults) {
  std::size_t listed = 0;
  for (const node_source& source : sources) listed += source.nodes.size();
  collection collected(std::min(listed, max_nodes), defaults);
  for (const node_source& source : sources) {
    for (const node_setting& each : source.nodes) {
      auto why_not = collected.add(each);
      if (why_not.empty()) continue;
      if (source.twins == twin_rule::refuse) return model::fail(kind_of(each.origin), why_not + "; remove one");
      collected.leave_out(std::move(why_not));
    }
  }
  return std::move(collected).finish();
}

model::result<std::vector<model::node>> static_nodes(const fleet_options& options) {
  std::vector<node_source> sources{{options.fixed, twin_rule::refuse}};
  for (const named_file& file : options.named_files) sources.push_back({*file.nodes, twin_rule::refuse});
  auto made = make_nodes(sources, options.defaults);
  if (!made) return std::unexpected(std::move(made.error()));
  if (made->nodes.empty() && !options.has_lists()) {
    return model::fail(error_kind::usage, "no nodes: name at least one, or give a list with --nodes FILE");
  }
  return std::move(made->nodes);
}

}  // namespace edge_rollup::fleet
