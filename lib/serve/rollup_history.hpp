// The last rollups of this process and what became of them.
#pragma once

#include "model/time.hpp"
#include "serve/daemon_facts.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>

namespace edge_rollup::serve {

/// A rollup that was made, and where it got to.
struct made_rollup {
  round_facts round;
  std::optional<std::uint64_t> sequence;  ///< empty where it could not be stored
  std::optional<std::string> id;
  std::optional<std::string_view> last_verdict;
  std::optional<model::wall_time> delivered;
};

/// Operation:   keeps the newest `max_rollups`.
/// Concurrency: a value.
class rollup_history {
 public:
  static constexpr std::size_t max_rollups = 100;

  void made(made_rollup rollup);
  /// `verdict` lives as long as the program. `delivered`: when the cloud accepted it, if it did.
  void tried(std::uint64_t sequence, std::string_view verdict, std::optional<model::wall_time> delivered);

  [[nodiscard]] std::optional<round_facts> last_round() const;
  /// The newest `limit`, the newest first.
  [[nodiscard]] std::string to_json(std::size_t limit) const;

 private:
  std::deque<made_rollup> newest_first_;
};

}  // namespace edge_rollup::serve
