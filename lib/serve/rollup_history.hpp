// The last rollups of this process and what became of them.
#pragma once

#include "model/time.hpp"
#include "outbox/entry.hpp"
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
  std::optional<outbox::last_answer> last_answer;  ///< empty where the cloud has taken it, too
  std::optional<model::wall_time> delivered;
};

/// Operation:   keeps the newest `max_rollups`.
/// Concurrency: a value.
class rollup_history {
 public:
  static constexpr std::size_t max_rollups = 100;

  void made(made_rollup rollup);
  /// `verdict` lives as long as the program.
  void delivered(std::uint64_t sequence, std::string_view verdict, model::wall_time when);
  void failed(std::uint64_t sequence, std::string_view verdict, outbox::last_answer answer);

  [[nodiscard]] std::optional<round_facts> last_round() const;
  /// The newest `limit`, the newest first.
  [[nodiscard]] std::string to_json(std::size_t limit) const;

 private:
  [[nodiscard]] made_rollup* find(std::uint64_t sequence);

  std::deque<made_rollup> newest_first_;
};

}  // namespace edge_rollup::serve
