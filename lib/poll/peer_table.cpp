#include "poll/peer_table.hpp"

#include "model/says_the_same.hpp"
#include "net/http_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace edge_rollup::poll {
namespace {

using index_by_url = std::unordered_map<std::string_view, std::size_t>;

index_by_url index_of(const std::vector<model::node>& nodes) {
  index_by_url found;
  found.reserve(nodes.size());
  for (std::size_t index = 0; index < nodes.size(); ++index) found.emplace(nodes[index].url, index);
  return found;
}

/// What is taken over of a node that stays in the list.
peer kept_peer(peer&& before, const model::node& was, const model::node& is) {
  if (tls_of(was) != tls_of(is)) before.kept.reset();
  if (was.path != is.path || !model::says_the_same(was.auth, is.auth)) before.request.clear();
  return std::move(before);
}

peer new_peer(const model::node& node) {
  peer added;
  added.literal = net::literal_endpoint(node.base);
  return added;
}

}  // namespace

const model::tls_options& tls_of(const model::node& node) {
  static const model::tls_options system_authorities;
  return node.tls ? *node.tls : system_authorities;
}

void peer_table::change(node_list nodes) {
  const auto before = std::exchange(nodes_, std::move(nodes));
  auto known = std::exchange(peers_, {});
  const auto index_before = index_of(*before);
  peers_.reserve(nodes_->size());
  for (const model::node& node : *nodes_) {
    const auto found = index_before.find(node.url);
    peers_.push_back(found == index_before.end()
                         ? new_peer(node)
                         : kept_peer(std::move(known[found->second]), (*before)[found->second], node));
  }
  find_shared_servers();
  logins_.use_for(*nodes_);
  const net::pool_policy pool({options_.keep_alive ? net::keep_alive::on : net::keep_alive::off, options_.interval,
                               nodes_->size(), descriptors_});
  in_use_ = pool.in_use();
  for (std::size_t index = 0; index < peers_.size(); ++index) {
    set_use(index, index < pool.keeping() ? connection_use::keep : connection_use::close);
  }
}

void peer_table::change(const poll_options& options) {
  options_ = options;
  change(nodes_);
}

void peer_table::find_shared_servers() {
  struct seen {
    std::size_t first;
    server_index number = no_shared_server;
  };
  std::unordered_map<std::string, seen> servers;
  servers.reserve(peers_.size());
  server_index shared = first_shared_server;
  for (std::size_t index = 0; index < peers_.size(); ++index) {
    if ((*nodes_)[index].base.scheme == model::url_scheme::https) {
      peers_[index].server = tls_handshakes;
      continue;
    }
    const auto [found, is_new] = servers.try_emplace(net::host_field((*nodes_)[index].base), seen{index});
    peers_[index].server = no_shared_server;
    if (is_new) continue;
    seen& server = found->second;
    if (server.number == no_shared_server) peers_[server.first].server = server.number = shared++;
    peers_[index].server = server.number;
  }
}

void peer_table::set_use(std::size_t index, connection_use use) {
  peer& one = peers_[index];
  if (use == connection_use::close) one.kept.reset();
  if (!one.request.empty() && one.use == use) return;
  one.use = use;
  write_request(index);
}

void peer_table::write_request(std::size_t index) {
  const model::node& node = (*nodes_)[index];
  const auto* login = logins_.of(node);
  peers_[index].request = request_text(node, peers_[index].use, login == nullptr ? std::string_view{} : login->header);
}

void peer_table::note(node_index index, const std::expected<model::summary, model::failure>& came,
                      model::mono_time started) {
  peer& asked = peers_[index];
  if (came) {
    asked.record = node_record::healthy;
    asked.breaker.succeeded();
    asked.last_error.clear();
    return;
  }
  if (came.error().kind == model::failure_kind::cancelled) return;  // says nothing about the node
  asked.record = node_record::suspect;
  if (!options_.breaker) return;
  asked.breaker.failed(started, options_.interval);
  asked.last_error = came.error().message;
}

std::optional<model::failure> peer_table::skipped(node_index index, model::mono_time now) const {
  const peer& asked = peers_[index];
  if (!options_.breaker || asked.breaker.allows(now)) return std::nullopt;
  const auto pause = std::chrono::ceil<model::seconds>(asked.breaker.next_probe() - now);
  return model::failure{
      model::failure_kind::skipped,
      fmt::format("not asked for another {} s, it keeps failing: {}", pause.count(), asked.last_error),
      {}};
}

std::vector<node_logins::trouble> peer_table::read_logins() {
  auto troubles = logins_.read_again();
  for (std::size_t index = 0; index < peers_.size(); ++index) {
    const auto* login = logins_.of((*nodes_)[index]);
    if (login != nullptr && login->changed) write_request(index);
  }
  return troubles;
}

}  // namespace edge_rollup::poll
