// What a check learns of nodes, certificates and the cloud, and what it makes of that.
#pragma once

#include "daemon/check/finding.hpp"
#include "daemon/command/command_line.hpp"
#include "deliver/verdict.hpp"
#include "model/failure.hpp"
#include "model/node.hpp"
#include "model/poll_outcome.hpp"
#include "model/rollup.hpp"
#include "model/time.hpp"
#include "model/url.hpp"

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace edge_rollup::daemon {

/// Of so many troubled nodes each is named; the rest is counted.
inline constexpr std::size_t most_nodes_named = 10;
/// A certificate that ends sooner is worth a warning.
inline constexpr model::milliseconds certificate_notice = std::chrono::days{21};

/// One round, asked as `once` asks.
[[nodiscard]] findings judge_nodes(const model::rollup& made, std::span<const model::node> nodes,
                                   std::span<const model::poll_outcome> outcomes);

struct certificate_fact {
  std::string whose;  ///< "10.0.0.5:8443", or the file of a certificate of our own
  model::wall_time expires;
};

/// Nothing where there are none.
[[nodiscard]] findings judge_certificates(std::vector<certificate_fact> certificates, model::wall_time now);

struct cloud_facts {
  model::url url;
  deliver::endpoint_trust trust = deliver::endpoint_trust::certain;
  network_use network = network_use::asked;
  std::optional<model::failure> unreachable;  ///< why no connection came about
  std::optional<deliver::judgement> test;     ///< of the rollup that was sent as a test
};

[[nodiscard]] findings judge_cloud(const cloud_facts& cloud);

}  // namespace edge_rollup::daemon
