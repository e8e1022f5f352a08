// The last rollups of this process and what became of them.
#pragma once

#include "model/time.hpp"
#include "outbox/entry.hpp"
#include "serve/daemon_facts.hpp"
#include "wire/json_writer.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

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

/// An offer of a rollup to the cloud that has its verdict.
struct ended_try {
  model::wall_time at;
  std::uint64_t sequence = 0;
  std::string id;
  std::string_view verdict;  ///< lives as long as the program
  std::optional<int> status;
  model::nanoseconds took{0};
  std::optional<std::string> text;  ///< what came back; empty where the cloud has taken it
};

/// What came of a try, inside an object.
void write_try_members(wire::json_writer& out, const ended_try& ended);

/// Operation:   keeps the newest `max_rollups`, and of all tries the newest `max_tries`.
/// Concurrency: a value.
class rollup_history {
 public:
  static constexpr std::size_t max_rollups = 100;
  static constexpr std::size_t max_tries = 256;

  void made(made_rollup rollup);
  /// `verdict` lives as long as the program.
  void delivered(std::uint64_t sequence, std::string_view verdict, model::wall_time when);
  void failed(std::uint64_t sequence, std::string_view verdict, outbox::last_answer answer);

  void tried(ended_try ended);

  [[nodiscard]] std::optional<round_facts> last_round() const;
  /// Null where it is not kept.
  [[nodiscard]] const made_rollup* find(std::uint64_t sequence) const;
  /// To deliver that rollup, the newest first.
  [[nodiscard]] std::vector<ended_try> tries_of(std::uint64_t sequence, std::size_t limit) const;
  /// The newest `limit`, the newest first.
  [[nodiscard]] std::string to_json(std::size_t limit) const;

 private:
  [[nodiscard]] made_rollup* find(std::uint64_t sequence);

  std::deque<made_rollup> newest_first_;
  std::deque<ended_try> newest_tries_first_;
};

/// What is told of one rollup, inside an object.
void write_rollup_members(wire::json_writer& out, const made_rollup& rollup);

}  // namespace edge_rollup::serve
