// What happens in the daemon, told to those who listen: one kind and one line of JSON each.
#pragma once

#include "model/time.hpp"
#include "serve/daemon_facts.hpp"
#include "serve/node_board.hpp"
#include "serve/rollup_history.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace edge_rollup::serve {

enum class event_kind { round, node, delivery, hold, reload, loss };

inline constexpr std::array event_kind_names = {std::string_view{"round"},    std::string_view{"node"},
                                                std::string_view{"delivery"}, std::string_view{"hold"},
                                                std::string_view{"reload"},   std::string_view{"loss"}};

[[nodiscard]] constexpr std::string_view to_string(event_kind kind) noexcept {
  return event_kind_names[static_cast<std::size_t>(kind)];
}

struct live_event {
  event_kind kind = event_kind::round;
  std::string data;  ///< a JSON object without line breaks

  friend bool operator==(const live_event&, const live_event&) = default;
};

/// Texts of others are cut to so many bytes, before what JSON escapes of them.
inline constexpr std::size_t max_event_text_bytes = 256;

/// The nodes that a round has changed, as far as the board tells them, then the round itself.
[[nodiscard]] std::vector<live_event> events_of_round(const made_rollup& made, const node_board& after,
                                                      model::wall_time at);

[[nodiscard]] live_event event_of_try(const ended_try& ended);

/// Empty: it has ended.
[[nodiscard]] live_event event_of_hold(const std::optional<hold_facts>& hold, model::wall_time at);

/// How settings that were read again were taken.
struct reload_facts {
  bool successful = true;
  std::string text;  ///< what has changed, or why nothing has

  friend bool operator==(const reload_facts&, const reload_facts&) = default;
};

[[nodiscard]] live_event event_of_reload(const reload_facts& reload, model::wall_time at);

/// `total` rollups were ever discarded unsent.
[[nodiscard]] live_event event_of_loss(std::uint64_t total, model::wall_time at);

}  // namespace edge_rollup::serve
