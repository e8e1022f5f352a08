// The events that a machine may want to hear of, whatever the words of their lines are: an alert on a stable name, an
// entry of the journal's catalog (systemd/edge-rollup.catalog).
#pragma once

#include "observe/log.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

namespace edge_rollup::observe {

/// Names a row of `events`.
enum class event {
  service_started,
  service_stopping,
  service_stopped,
  settings_reloaded,
  reload_failed,
  no_node_ok,
  delivery_holds,
  delivery_goes_on,
  dead_letter,
  rollups_lost,
  outbox_salvaged,
  outbox_in_memory,
  clock_unsynchronized
};

struct event_row {
  event id;
  std::string_view name;
  std::string_view message_id;  ///< 128 bits that no other program uses, for ever (sd_journal_print(3), MESSAGE_ID=)
};

inline constexpr std::array events = {
    event_row{event::service_started, "service_started", "ce7d9c6f70a8436894c140d3c087b1d0"},
    event_row{event::service_stopping, "service_stopping", "b5c428be76704e5c99520d0bf92108ef"},
    event_row{event::service_stopped, "service_stopped", "e8f21e56a97245e1b1fa24a82489a846"},
    event_row{event::settings_reloaded, "settings_reloaded", "cd48b34f23ea42d88065dda978d94d45"},
    event_row{event::reload_failed, "reload_failed", "8851dd99240d43d6b6a051149d77083d"},
    event_row{event::no_node_ok, "no_node_ok", "20161bfa3301460d8d0d6e5723452609"},
    event_row{event::delivery_holds, "delivery_holds", "3fe787861c8447f0bf3bdf1620918f40"},
    event_row{event::delivery_goes_on, "delivery_goes_on", "28c9f6bb46d043a68d7dce61c8aa030c"},
    event_row{event::dead_letter, "dead_letter", "fe52247e2eb1481db2207fd0225ba5b5"},
    event_row{event::rollups_lost, "rollups_lost", "0b7c5c8b82d34575884391ac1823b3e7"},
    event_row{event::outbox_salvaged, "outbox_salvaged", "379640d4dbe34160b59368fd2a8b11b9"},
    event_row{event::outbox_in_memory, "outbox_in_memory", "647094eefec646ed8d1bfad047506db0"},
    event_row{event::clock_unsynchronized, "clock_unsynchronized", "dceb6f53cf2748699d8e4874b6c44734"},
};

static_assert(
    std::ranges::all_of(events, [](const event_row& row) { return &events[static_cast<std::size_t>(row.id)] == &row; }),
    "rows stand in the order of the enumeration");

/// The field that says which event a line is about.
inline constexpr std::string_view event_field_name = "event";

[[nodiscard]] inline log_field event_field(event what) {
  return {event_field_name, std::string(events[static_cast<std::size_t>(what)].name)};
}

}  // namespace edge_rollup::observe
