// The answers that are functions of what the daemon knows at this moment.
#pragma once

#include "net/http_message.hpp"
#include "serve/answers.hpp"
#include "serve/daemon_facts.hpp"
#include "serve/node_board.hpp"
#include "serve/rollup_history.hpp"
#include "serve/route.hpp"

#include <vector>

namespace edge_rollup::serve {

/// A look at the daemon; board and history are not copied and must not change meanwhile.
struct snapshot {
  daemon_facts facts;
  std::vector<check> checks;  ///< of readiness
  const node_board& nodes;
  const rollup_history& rollups;
};

/// For every page but `metrics`, `reload` and `round`, which are not about a snapshot, and `nodes`.
[[nodiscard]] net::http_response answer_from(const snapshot& now, const route& asked);

/// For `nodes`. Takes tens of milliseconds where there are ten thousand of them: not for the loop.
[[nodiscard]] net::http_response nodes_page(const node_board& board, const query& given);

}  // namespace edge_rollup::serve
