// The daemon as its admin server shows it: puts together what the stages know, when somebody asks.
#pragma once

#include "daemon/pipeline.hpp"
#include "daemon/reloader.hpp"
#include "daemon/stages.hpp"
#include "daemon/text/told_wall_time.hpp"
#include "deliver/delivery_try.hpp"
#include "outbox/outbox.hpp"
#include "serve/change_watch.hpp"
#include "serve/event_feed.hpp"
#include "serve/node_board.hpp"
#include "serve/pages.hpp"
#include "serve/poll_columns.hpp"
#include "serve/rollup_history.hpp"
#include "serve/round_archive.hpp"
#include "serve/round_history.hpp"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace edge_rollup::daemon {

/// What a view looks at; everything outlives it.
struct view_parts {
  const stages& all;
  const reloader& reloads;
  const outbox::outbox& store;
  std::filesystem::path state_directory;
  std::optional<std::string> settings_file;
};

/// Operation:   is given each round and each try that ended. A round is taken over as it is; but for its events and
///              what history keeps of it, nothing is counted or written before somebody looks.
/// Concurrency: loop thread only.
class daemon_view {
 public:
  explicit daemon_view(view_parts parts);

  void round_ended(finished_round round);
  void try_ended(const deliver::delivery_try& ended);
  /// Something may have changed: tells those who listen what has.
  void look_around();

  [[nodiscard]] serve::snapshot look();
  [[nodiscard]] serve::event_feed& events() noexcept { return events_; }
  [[nodiscard]] const serve::node_board& nodes() const noexcept { return nodes_; }

 private:
  [[nodiscard]] serve::daemon_facts facts();
  [[nodiscard]] serve::delivery_facts delivery();
  [[nodiscard]] std::vector<serve::check> checks() const;
  [[nodiscard]] std::uint64_t waiting_before(const finished_round& round) const;
  [[nodiscard]] model::wall_time start_of(const pipeline::planned_round& next);
  [[nodiscard]] model::wall_time on_the_wall(told_wall_time& told, model::mono_time when) const;

  view_parts parts_;
  serve::node_board nodes_;
  serve::rollup_history rollups_;
  serve::round_history history_;
  serve::poll_columns polls_;
  serve::round_archive archive_;
  serve::event_feed events_;
  serve::change_watch changes_;
  std::optional<model::wall_time> last_delivered_;
  std::optional<serve::failed_try> last_failure_;
  told_wall_time next_round_;
  told_wall_time next_try_;
  told_wall_time hold_since_;
};

}  // namespace edge_rollup::daemon
