// What a check learns of the box itself, without asking anybody, and what it makes of that.
#pragma once

#include "config/config.hpp"
#include "daemon/check/file_rights.hpp"
#include "daemon/check/finding.hpp"
#include "model/result.hpp"
#include "model/time.hpp"
#include "runtime/disk_space.hpp"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace edge_rollup::daemon {

/// The state directory as it is now; nothing was made or claimed.
struct state_facts {
  enum class presence { there, to_be_made };

  std::filesystem::path directory;
  std::optional<model::error> refused;  ///< why a daemon of this user could not use it
  presence is = presence::there;
  std::optional<long> used_by;    ///< the process that has claimed it
  std::optional<unsigned> owner;  ///< another user than this process runs as
  std::optional<runtime::disk_space> disk;
};

struct box_facts {
  std::string gateway;
  bool gateway_is_configured = false;
  file_rights rights;
  std::vector<std::string> passed_over;      ///< keys whose credential is not here
  std::vector<model::error> unreadable;      ///< files of TLS
  std::vector<std::string> empty_lists;      ///< patterns of `node_files` that match no file
  std::vector<std::string> list_troubles;    ///< why lists, or nodes in them, are left out
  std::optional<model::error> no_listening;  ///< why a daemon could not listen
  state_facts state;
  outbox::outbox_options outbox;
  std::size_t descriptors_for_nodes = 0;
  std::optional<std::size_t> nodes;  ///< empty while lists have not been read
  poll::poll_options poll;
  model::clock_state clock = model::clock_state::unknown;
};

/// Pure.
[[nodiscard]] findings judge_box(const box_facts& facts);

/// Looks at files and limits of this machine. `kept_gateway` is its name where the settings have none. What it says of
/// rights, credentials, lists, nodes and clock is for the caller to fill in.
[[nodiscard]] box_facts box_facts_of(const config::config& settings, const std::string& kept_gateway,
                                     std::size_t descriptors_for_nodes);

}  // namespace edge_rollup::daemon
