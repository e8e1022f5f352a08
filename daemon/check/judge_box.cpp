#include "daemon/check/box_facts.hpp"
#include "daemon/text/bytes_text.hpp"
#include "model/grouped.hpp"
#include "net/http_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>

namespace edge_rollup::daemon {
namespace {

constexpr std::uint64_t most_left_to_others = 100ULL * 1024 * 1024;  // outbox.min_free_disk: auto

/// Names that images and installers give to every box.
constexpr std::array<std::string_view, 12> common_names{"localhost", "raspberrypi", "debian",    "ubuntu",
                                                        "linux",     "gateway",     "openwrt",   "armbian",
                                                        "orangepi",  "beaglebone",  "buildroot", "(none)"};

/// Domains that many networks have, so that they make no name another: RFC 6762, RFC 6761, RFC 8375, and what routers
/// and installers write.
constexpr std::array<std::string_view, 7> common_domains{"local", "localhost", "localdomain", "home.arpa",
                                                         "lan",   "home",      "internal"};

bool is_common(std::string_view name) {
  const auto dot = name.find('.');
  if (std::ranges::find(common_names, name.substr(0, dot)) == common_names.end()) return false;
  return dot == std::string_view::npos ||
         std::ranges::find(common_domains, name.substr(dot + 1)) != common_domains.end();
}

finding ok(const char* topic, std::string what) {
  return {finding_level::ok, topic, std::move(what), ""};
}

finding warning(const char* topic, std::string what, std::string remedy) {
  return {finding_level::warning, topic, std::move(what), std::move(remedy)};
}

finding judge_gateway(const box_facts& facts) {
  auto what = fmt::format("this box is {} for the cloud", facts.gateway);
  if (!is_common(net::lower_case(facts.gateway))) return ok("gateway", std::move(what));
  return warning("gateway", what + ", and so may be others",
                 facts.gateway_is_configured ? "give each box a `gateway` of its own in the settings"
                                             : "set `gateway`, or the host name, before the first start");
}

findings judge_secrets(const box_facts& facts) {
  findings found;
  for (const auto& path : facts.rights.open_secrets) {
    found.push_back(warning("secrets", fmt::format("every user of this machine may read {}", path),
                            "hand it over as a credential (LoadCredential=, ${cred:NAME}), or chown it to the user "
                            "that the daemon runs as, and chmod 0600"));
  }
  for (const auto& place : facts.rights.open_places) {
    found.push_back(warning("secrets", fmt::format("every user of this machine may read the secret in {}", place),
                            "hand it over as a credential (LoadCredential=) and write ${cred:NAME} there"));
  }
  for (const auto& path : facts.rights.closed_secrets) {
    found.push_back(warning("secrets", fmt::format("root alone may read {}, the service's user cannot", path),
                            "hand it over as a credential (LoadCredential=, ${cred:NAME}), or chown it to the user "
                            "that the daemon runs as"));
  }
  if (const auto& path = facts.rights.closed_settings) {
    found.push_back(warning("secrets", fmt::format("root alone may read {}, the service's user cannot", *path),
                            "chown it to the user that the daemon runs as; or hand its secrets over as credentials "
                            "(LoadCredential=, ${cred:NAME}) and let everybody read the rest"));
  }
  for (const auto& key : facts.passed_over) {
    found.push_back(warning("secrets", fmt::format("the credential of {} is not here and was passed over", key),
                            "to look at it too: CREDENTIALS_DIRECTORY=/etc/edge-rollup edge-rollup check ..."));
  }
  return found;
}

std::uint64_t left_to_others(const box_facts& facts, const runtime::disk_space& disk) {
  constexpr std::uint64_t twentieth = 20;
  return facts.outbox.min_free_disk.value_or(std::min(most_left_to_others, disk.total / twentieth));
}

finding judge_disk(const box_facts& facts) {
  const auto& disk = *facts.state.disk;
  const auto others = left_to_others(facts, disk);
  auto what = fmt::format("{} are free on its disk, of which the outbox leaves {} to others", bytes_text(disk.free),
                          bytes_text(others));
  if (disk.free <= others) {
    return {finding_level::error, "disk", what + ": nothing can be stored",
            "free some space, or lower outbox.min_free_disk", exit_code::disk};
  }
  if (disk.free - others >= facts.outbox.max_bytes) return ok("disk", std::move(what));
  return warning("disk", fmt::format("{}: the outbox cannot grow to its {}", what, bytes_text(facts.outbox.max_bytes)),
                 "free some space, or lower outbox.max_bytes to what is there");
}

findings judge_state(const box_facts& facts) {
  const auto& state = facts.state;
  const auto place = state.directory.native();
  if (state.refused) {
    return {{finding_level::error, "state", state.refused->text,
             "give the directory to the user that the daemon runs as, or name another one with state_dir",
             exit_code_of(state.refused->kind)}};
  }
  findings found;
  if (state.used_by) {
    found.push_back(ok("state", fmt::format("{} is in use by process {}", place, *state.used_by)));
  } else if (state.is == state_facts::presence::to_be_made) {
    found.push_back(ok("state", fmt::format("{} is not there yet and can be made", place)));
  } else {
    found.push_back(ok("state", fmt::format("{} is there and not in use", place)));
  }
  if (state.owner && !state.used_by) {
    found.push_back(warning("state", fmt::format("{} belongs to user {}", place, *state.owner),
                            "only that user can run the daemon there: start it as the service does"));
  }
  if (state.disk) found.push_back(judge_disk(facts));
  return found;
}

findings judge_files(const box_facts& facts) {
  findings found;
  for (const auto& path : facts.rights.closed_files) {
    found.push_back(warning("files", fmt::format("root alone may read {}, the service's user cannot", path),
                            fmt::format("chmod a+r '{}'", path)));
  }
  for (const auto& why : facts.unreadable) {
    found.push_back({finding_level::error, "tls", why.text, "mend the path in the settings, or put the file there",
                     exit_code_of(why.kind)});
  }
  for (const auto& path : facts.empty_lists) {
    found.push_back(warning("lists", fmt::format("no file is there for {} of node_files", path),
                            "put the list there, or mend the path; it is read as soon as it appears"));
  }
  for (const auto& why : facts.list_troubles) {
    found.push_back(warning("lists", why, "mend the list, or its path; it is read as soon as it changes"));
  }
  return found;
}

findings judge_listening(const box_facts& facts) {
  if (!facts.no_listening) return {};
  return {{finding_level::error, "listen", facts.no_listening->text,
           "stop what listens there, or set `listen` to another port or to off; if it is the service, check with sudo",
           exit_code_of(facts.no_listening->kind)}};
}

finding judge_descriptors(const box_facts& facts) {
  const auto nodes = facts.nodes.value_or(0);
  const auto wanted = facts.poll.keep_alive ? nodes : std::min(nodes, facts.poll.parallel);
  auto what =
      fmt::format("{} may be open to nodes at a time", model::counted(facts.descriptors_for_nodes, "connection"));
  if (wanted <= facts.descriptors_for_nodes) return ok("descriptors", std::move(what));
  return warning("descriptors", fmt::format("{}, {} would be", what, model::grouped(wanted)),
                 "raise the limit of open files (LimitNOFILE= of the unit, ulimit -n), or lower poll.parallel");
}

finding judge_clock(model::clock_state clock) {
  switch (clock) {
    case model::clock_state::synchronized: return ok("clock", "the clock is synchronized");
    case model::clock_state::unknown: return ok("clock", "the system does not say whether the clock is synchronized");
    case model::clock_state::unsynchronized: break;
  }
  return warning("clock", "the clock is not synchronized: times in rollups may be wrong",
                 "let systemd-timesyncd, chrony or another NTP client run");
}

}  // namespace

findings judge_box(const box_facts& facts) {
  findings found{judge_gateway(facts)};
  for (auto& each : judge_secrets(facts)) found.push_back(std::move(each));
  for (auto& each : judge_state(facts)) found.push_back(std::move(each));
  for (auto& each : judge_files(facts)) found.push_back(std::move(each));
  for (auto& each : judge_listening(facts)) found.push_back(std::move(each));
  found.push_back(judge_descriptors(facts));
  found.push_back(judge_clock(facts.clock));
  return found;
}

}  // namespace edge_rollup::daemon
