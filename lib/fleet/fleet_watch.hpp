// Follows the lists of nodes while the daemon runs: reads them when they change, and tells of each new fleet.
#pragma once

#include "fleet/directory_watch.hpp"
#include "fleet/fleet_options.hpp"
#include "fleet/node_lists.hpp"
#include "net/http_client.hpp"
#include "runtime/clock.hpp"
#include "runtime/entropy.hpp"
#include "runtime/errand.hpp"
#include "runtime/task_scope.hpp"

#include <cstdint>
#include <expected>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

namespace edge_rollup::fleet {

/// What a fleet watch works with; everything outlives it.
struct fleet_watch_parts {
  runtime::asio::any_io_executor loop;
  runtime::clock& time;
  runtime::entropy& chance;
  net::http_client& http;           ///< for the http list alone
  std::optional<list_store> store;  ///< none: lists are not kept for the next start
  /// Called on the loop after each look, also where there is nothing new.
  std::function<void(const fleet_news&)> told;
};

/// After a change, this long is waited for its end: editors and copies change a directory several times.
inline constexpr model::milliseconds settle_time{150};
/// Looks are at least this far apart, however busy a directory is.
inline constexpr model::milliseconds least_between_looks{500};
/// File systems on the network do not tell of changes, so files are looked at without a sign too.
inline constexpr model::milliseconds look_anyway_after{60'000};

/// Operation:    `read_all` reads every list once, for a first round that is about all of them. `watch` follows them
///               until `stop`.
/// Concurrency:  loop thread only. Files are read, and lists understood, on threads that live as long as that takes:
///               100 000 nodes take about a second.
/// Timeout:      an http list that does not answer is given up as http_list_client.hpp has it. A file has none: where
///               its server is away, no list is taken over until that is back.
/// Cancellation: `stop` also ends a request under way; a look that has begun is abandoned.
class fleet_watch {
 public:
  /// `known`: see node_lists.
  fleet_watch(fleet_watch_parts parts, const fleet_options& options, node_list known);

  /// Fails with unavailable, and what was wrong, where it is not known after that which nodes there are.
  [[nodiscard]] runtime::task<model::result<void>> read_all();
  [[nodiscard]] runtime::task<void> watch();
  void stop() noexcept;
  /// Whether the thread of an abandoned look may be reading still: see runtime::errand.
  [[nodiscard]] bool left_thread() const noexcept { return looking_.left_thread() || taking_.left_thread(); }

 private:
  using outcome = std::expected<fleet_news, runtime::errand_failure>;
  /// What the threads work on; one that was abandoned keeps it.
  struct shared_lists {
    shared_lists(const fleet_options& options, node_list known, std::optional<list_store> store,
                 std::shared_ptr<watched_directories> watch)
        : lists(options, std::move(known), std::move(store), std::move(watch)) {}

    std::mutex turn;
    node_lists lists;
  };

  runtime::task<void> listen();
  runtime::task<void> follow_files();
  runtime::task<void> follow_http();
  runtime::task<void> look_at_files();
  runtime::task<void> ask_http();
  void tell_outcome(const outcome& came);
  void tell(const fleet_news& news);

  fleet_watch_parts parts_;
  std::optional<http_list> http_;
  bool has_files_;
  directory_watch directories_;
  std::shared_ptr<shared_lists> lists_;
  runtime::task_scope tasks_;
  std::unique_ptr<runtime::timer> next_look_;
  std::unique_ptr<runtime::timer> next_refresh_;
  std::optional<model::mono_time> looked_at_;
  std::uint32_t http_failures_ = 0;  ///< in a row
  bool nodes_known_ = false;
  std::string trouble_;  ///< the first warning while no nodes are known
  bool dirty_ = false;   ///< something changed since the last look
  bool stopping_ = false;
  bool lacks_thread_ = false;            ///< the last look got none, and so much was told
  runtime::errand<fleet_news> looking_;  ///< at files
  runtime::errand<fleet_news> taking_;   ///< an http list over
};

}  // namespace edge_rollup::fleet
