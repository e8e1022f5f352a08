// Reads what tells this machine from others.
#pragma once

#include "outbox/fingerprint.hpp"

#include <filesystem>

namespace edge_rollup::daemon {

/// The machine id, and the addresses of network cards that carry one of their own: those of bridges, containers and
/// virtual networks are made up at each start. What cannot be read below `root` is left out.
[[nodiscard]] outbox::fingerprint read_machine_fingerprint(const std::filesystem::path& root = "/");

}  // namespace edge_rollup::daemon
