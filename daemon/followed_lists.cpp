#include "daemon/followed_lists.hpp"

#include "fleet/http_list_client.hpp"
#include "fleet/list_file.hpp"
#include "net/authorization.hpp"
#include "runtime/secret_files.hpp"

#include <algorithm>
#include <utility>

namespace edge_rollup::daemon {
namespace {

std::optional<fleet::list_store> store_in(const storage& kept) {
  if (kept.store == nullptr) return std::nullopt;
  return fleet::list_store(kept.directory);
}

}  // namespace

bool followed_lists::are_needed(const fleet::fleet_options& options) {
  const auto may_change = [](const fleet::named_file& file) { return !fleet::is_read_once(file.path); };
  return options.has_lists() || std::ranges::any_of(options.named_files, may_change);
}

followed_lists::followed_lists(const fleet::fleet_options& options, fleet::node_list known, const surroundings& around,
                               const storage& kept, listener told)
    : listed_nodes_(options.has_lists() ? options.defaults : fleet::node_defaults{}),
      url_(options.node_http ? std::optional(options.node_http->url) : std::nullopt),
      server_(around.loop, around.time, around.network, fleet::http_list_limits()),
      watch_({around.loop, around.time, around.chance, server_, store_in(kept), std::move(told)}, options,
             std::move(known)) {}

model::result<void> followed_lists::prepare(net::network& network) {
  runtime::secret_files secrets;
  model::result<void> ready;
  if (listed_nodes_.tls) ready = network.prepare(*listed_nodes_.tls);
  if (ready && listed_nodes_.auth) {
    const auto value = net::authorization_value(*listed_nodes_.auth, secrets);
    if (!value) ready = std::unexpected(value.error());
  }
  if (ready && url_) ready = server_.prepare(*url_);
  return ready;
}

std::shared_ptr<fleet::fleet_watch> followed_lists::watch_of(std::shared_ptr<followed_lists> lists) {
  auto* const watch = &lists->watch_;
  return {std::move(lists), watch};
}

}  // namespace edge_rollup::daemon
