// The answers that are functions of what the daemon knows at this moment.
#pragma once

#include "model/time.hpp"
#include "net/http_message.hpp"
#include "serve/answers.hpp"
#include "serve/daemon_facts.hpp"
#include "serve/node_board.hpp"
#include "serve/poll_columns.hpp"
#include "serve/rollup_history.hpp"
#include "serve/round_archive.hpp"
#include "serve/round_history.hpp"
#include "serve/route.hpp"

#include <string_view>
#include <vector>

namespace edge_rollup::serve {

/// A look at the daemon; board and histories are not copied and must not change meanwhile.
struct snapshot {
  daemon_facts facts;
  std::vector<check> checks;  ///< of readiness
  const node_board& nodes;
  const rollup_history& rollups;
  const round_history& history;
  const poll_columns& polls;
  const round_archive& archive;
  model::mono_time now;
  model::wall_time wall_now;
};

/// Whether a page takes milliseconds where there are ten thousand nodes: not for the loop.
[[nodiscard]] bool takes_long(const route& asked);

/// For pages that take long. `instance` is the daemon's.
[[nodiscard]] net::http_response answer_from(const node_board& board, std::string_view instance, const route& asked);

/// For every other page but `asset`, `events`, `metrics`, `reload` and `round`, which are not about a snapshot.
[[nodiscard]] net::http_response answer_from(const snapshot& seen, const route& asked);

}  // namespace edge_rollup::serve
