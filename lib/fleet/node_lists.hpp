// All lists of nodes, as the thread that reads them sees them: reads what changed, keeps what is good, and puts the
// fleet together.
#pragma once

#include "fleet/directory_watch.hpp"
#include "fleet/fleet_options.hpp"
#include "fleet/list_state.hpp"
#include "fleet/list_store.hpp"
#include "fleet/node_changes.hpp"
#include "model/node.hpp"
#include "model/result.hpp"
#include "model/time.hpp"
#include "observe/log_entry.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace edge_rollup::fleet {

using model::node_list;

/// What one look at the lists came to.
struct fleet_news {
  node_list nodes;  ///< null: those of before
  node_changes changes;
  std::vector<observe::log_entry> lines;
  std::size_t good = 0;    ///< lists whose last reading is in use
  std::size_t broken = 0;  ///< the others; at least one while no list names a node, and one must
  bool http_is_good = true;
  bool look_again = false;  ///< soon: a file was being written
};

/// Operation:   `look_at_files` and `take_http` take the lists over that can be read, and give the new fleet if it is
///              another one. A file that a pattern no longer matches takes its nodes with it; a file named by its path
///              that cannot be read keeps them. A fleet is never left without a node by lists, unless an empty http
///              list is allowed: then the fleet of before stays. A text list that changed just now and does not end in
///              a newline is left as it was until it has rested, except at the first look.
/// Concurrency: one thread at a time. Blocks; where a file's server is away, for ever.
/// Limits:      max_nodes, max_list_files for each pattern, and the size of the lists in memory: about 1 KiB a node.
class node_lists {
 public:
  /// `known`: what the options come to, from whom has put that together already; else null. `watch` is given the
  /// directories before their files are read; null: nobody watches.
  node_lists(fleet_options options, node_list known, std::optional<list_store> store,
             std::shared_ptr<watched_directories> watch);

  /// The fleet is known at once where no list must be read for it.
  [[nodiscard]] const node_list& nodes() const noexcept { return nodes_; }

  [[nodiscard]] fleet_news look_at_files(model::wall_time now);
  /// `answer` is the text that the server sent.
  [[nodiscard]] fleet_news take_http(const model::result<std::string>& answer, model::wall_time now);

 private:
  struct list {
    list_state state;
    std::string kept_as;                             ///< its name in the store
    std::optional<std::uint64_t> fingerprint{};      ///< of the text read last
    std::optional<model::wall_time> confirmed_at{};  ///< in the store; none while it is not kept there
  };
  struct pattern {
    std::string text;
    std::vector<std::string> found{};
    std::string told{};  ///< why it is not followed, said last
  };
  using reader = list_reading (*)(std::string_view, std::string_view);

  void watch_directories();
  void find_files(fleet_news& news);
  void drop_files_not_in(const std::vector<std::string>& present, fleet_news& news);
  void take(list& from, const model::result<std::string>& text, reader read, model::wall_time now, fleet_news& news);
  void keep(list& from, const std::string& text, model::wall_time now, fleet_news& news);
  void fall_back(list& from, reader read, model::wall_time now, fleet_news& news);
  void put_together(fleet_news& news);
  void make_fleet(fleet_news& news);
  [[nodiscard]] bool may_be_empty() const noexcept;

  fleet_options options_;
  std::optional<list_store> store_;
  std::shared_ptr<watched_directories> watch_;
  std::vector<pattern> patterns_;
  std::map<std::string, list> files_;
  std::vector<std::string> order_;  ///< of files_ in the fleet
  std::optional<list> http_;
  node_list nodes_;  ///< null until known
  bool changed_ = false;
  bool names_none_ = false;  ///< the lists, and so the fleet of before stays
  bool has_looked_ = false;
  bool told_store_ = false;
  std::vector<std::string> told_left_out_;
};

}  // namespace edge_rollup::fleet
