#include "daemon/check/box_facts.hpp"

#include "daemon/machine.hpp"
#include "fleet/list_file.hpp"
#include "outbox/claim_holder.hpp"
#include "outbox/state_directory.hpp"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <algorithm>
#include <cerrno>
#include <memory>
#include <set>
#include <system_error>
#include <utility>

namespace edge_rollup::daemon {
namespace {

using std::filesystem::path;

void add_all_files(const std::shared_ptr<const model::tls_options>& of, std::set<std::string>& into) {
  if (!of) return;
  for (const auto& file : {of->ca, of->certificate, of->key}) {
    if (!file.empty()) into.insert(file);
  }
}

std::vector<model::error> unreadable_files_of(const config::config& settings) {
  std::set<std::string> files;
  add_all_files(settings.fleet.defaults.tls, files);
  for (const auto& node : settings.fleet.fixed) add_all_files(node.tls, files);
  if (settings.cloud) add_all_files(settings.cloud->tls, files);
  std::vector<model::error> found;
  for (const auto& file : files) {
    if (::access(file.c_str(), R_OK) == 0) continue;
    const auto kind = errno == EACCES ? model::error_kind::permission : model::error_kind::no_input;
    found.push_back({kind, fmt::format("cannot read {}: {}", file, std::system_category().message(errno))});
  }
  return found;
}

std::vector<std::string> empty_lists_of(const config::config& settings) {
  std::vector<std::string> found;
  for (const auto& path : settings.fleet.node_files) {
    if (!fleet::is_pattern(path)) continue;
    const auto files = fleet::matching_files(path);
    if (files && files->empty()) found.push_back(path);
  }
  return found;
}

/// Takes the address for a moment, as the daemon would.
std::optional<model::error> no_listening_on(const serve::listen_address& address) {
  using boost::asio::ip::tcp;
  boost::system::error_code failed;
  boost::asio::io_context unused;
  tcp::acceptor acceptor(unused);
  const tcp::endpoint where(boost::asio::ip::make_address(address.host, failed), address.port);
  if (!failed) acceptor.open(where.protocol(), failed);
  if (!failed) acceptor.set_option(tcp::acceptor::reuse_address(true), failed);
  if (!failed) acceptor.bind(where, failed);
  if (!failed) return std::nullopt;
  const auto kind =
      failed == boost::asio::error::access_denied ? model::error_kind::permission : model::error_kind::unavailable;
  return model::error{kind, fmt::format("cannot listen on {}: {}", serve::to_string(address), failed.message())};
}

/// The directory itself, or what is there of the way to it.
path nearest_existing(path wanted) {
  std::error_code failed;
  while (wanted.has_relative_path() && !std::filesystem::exists(wanted, failed)) wanted = wanted.parent_path();
  return wanted;
}

void look_where_it_will_be(state_facts& state) {
  const auto above = nearest_existing(state.directory);
  state.is = state_facts::presence::to_be_made;
  state.disk = runtime::disk_space_at(above);
  if (::access(above.c_str(), W_OK | X_OK) == 0) return;
  state.refused =
      model::error{model::error_kind::permission, fmt::format("{} cannot be made: {} in {}", state.directory.native(),
                                                              std::system_category().message(errno), above.native())};
}

void look_into(const path& directory, state_facts& state) {
  state.directory = directory;
  state.used_by = outbox::claim_holder(directory);
  state.disk = runtime::disk_space_at(directory);
  struct stat found {};
  if (::stat(directory.c_str(), &found) == 0 && found.st_uid != ::geteuid()) state.owner = found.st_uid;
  if (const auto checked = outbox::check_rights_of_others(directory); !checked) state.refused = checked.error();
}

state_facts state_facts_of(const config::config& settings) {
  state_facts state;
  const auto wanted = wanted_state_directory(settings.state_dir);
  if (!wanted) {
    state.refused = wanted.error();
    return state;
  }
  state.directory = *wanted;
  const auto visited = outbox::visit_state_directory(*wanted);
  if (visited) {
    look_into(*visited, state);
  } else if (visited.error().kind == model::error_kind::no_input) {
    look_where_it_will_be(state);
  } else {
    state.refused = visited.error();
  }
  return state;
}

}  // namespace

box_facts box_facts_of(const config::config& settings, const std::string& kept_gateway,
                       std::size_t descriptors_for_nodes) {
  box_facts facts;
  facts.gateway = settings.gateway.value_or(kept_gateway);
  facts.gateway_is_configured = settings.gateway.has_value();
  facts.state = state_facts_of(settings);
  facts.unreadable = unreadable_files_of(settings);
  facts.empty_lists = empty_lists_of(settings);
  // A daemon that runs there has the address, too.
  if (settings.admin.listen && !facts.state.used_by) facts.no_listening = no_listening_on(*settings.admin.listen);
  facts.outbox = settings.outbox;
  facts.descriptors_for_nodes = descriptors_for_nodes;
  facts.poll = settings.poll;
  return facts;
}

}  // namespace edge_rollup::daemon
