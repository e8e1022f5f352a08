// Every metric of the daemon in one table: name, type, label, help, buckets. docs/telemetry.md says when each changes,
// and a test holds the two against each other.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>
#include <string_view>

namespace edge_rollup::observe {

enum class metric_type { counter, gauge, histogram };

[[nodiscard]] constexpr std::string_view to_string(metric_type type) noexcept {
  constexpr std::array<std::string_view, 3> names{"counter", "gauge", "histogram"};
  return names[static_cast<std::size_t>(type)];
}

/// Names a row of `metric_families`.
enum class metric {
  build_info,
  config_last_reload_successful,
  config_last_reload_success_timestamp_seconds,
  nodes,
  nodes_by_freshness,
  node_lists,
  node_lists_last_success_timestamp_seconds,
  node_changes_total,
  polls_total,
  poll_duration_seconds,
  poll_received_bytes_total,
  round_duration_seconds,
  rounds_total,
  rounds_skipped_total,
  last_round_timestamp_seconds,
  records,
  quality_ratio,
  node_up,
  node_quality_ratio,
  node_last_success_timestamp_seconds,
  deliveries_total,
  delivery_duration_seconds,
  delivery_hold,
  last_delivery_timestamp_seconds,
  cloud_sent_bytes_total,
  outbox_entries,
  outbox_dead_entries,
  outbox_bytes,
  outbox_limit_bytes,
  outbox_discarded_total,
  outbox_salvaged_total,
  outbox_runway_seconds,
  outbox_oldest_timestamp_seconds,
  state_disk_free_bytes,
  clock_synchronized,
  event_loop_lag_seconds,
  tls_certificate_expiry_timestamp_seconds,
  process_cpu_seconds_total,
  process_max_fds,
  process_open_fds,
  process_resident_memory_bytes,
  process_start_time_seconds,
  process_virtual_memory_bytes
};

/// Upper bounds in seconds, ascending; the bucket without a bound comes on top by itself.
inline constexpr std::array poll_buckets = {0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1,
                                            0.25,  0.5,    1.0,   2.5,  5.0,   10.0};
inline constexpr std::array round_buckets = {0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0};
inline constexpr std::array delivery_buckets = {0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 120.0};

struct metric_family {
  metric id;
  std::string_view name;  ///< as Prometheus sees it, with unit and prefix
  metric_type type;
  std::string_view label;  ///< name of its one label, empty if it has none
  std::string_view help;
  std::span<const double> buckets = {};  ///< of a histogram
};

inline constexpr std::array metric_families = {
    metric_family{metric::build_info, "edge_rollup_build_info", metric_type::gauge, "version",
                  "Always 1; the version of the running program is in the label."},
    metric_family{metric::config_last_reload_successful, "edge_rollup_config_last_reload_successful",
                  metric_type::gauge, "", "1 if the settings read last are in effect, 0 if they were refused."},
    metric_family{metric::config_last_reload_success_timestamp_seconds,
                  "edge_rollup_config_last_reload_success_timestamp_seconds", metric_type::gauge, "",
                  "Unix time when settings were last taken over, at the start or by a reload."},
    metric_family{metric::nodes, "edge_rollup_nodes", metric_type::gauge, "state",
                  "Nodes of the last round by how they ended it."},
    metric_family{metric::nodes_by_freshness, "edge_rollup_nodes_by_freshness", metric_type::gauge, "freshness",
                  "Ok nodes of the last round by the age of their data."},
    metric_family{metric::node_lists, "edge_rollup_node_lists", metric_type::gauge, "state",
                  "Lists of nodes by whether their last reading is in use."},
    metric_family{metric::node_lists_last_success_timestamp_seconds,
                  "edge_rollup_node_lists_last_success_timestamp_seconds", metric_type::gauge, "",
                  "Unix time of the last look at which every list of nodes was good."},
    metric_family{metric::node_changes_total, "edge_rollup_node_changes_total", metric_type::counter, "change",
                  "Nodes that came, went or were changed by lists."},
    metric_family{metric::polls_total, "edge_rollup_polls_total", metric_type::counter, "outcome",
                  "Polls that ended, by ok or the kind of error."},
    metric_family{metric::poll_duration_seconds, "edge_rollup_poll_duration_seconds", metric_type::histogram, "",
                  "Time from the start of a poll to its end.", poll_buckets},
    metric_family{metric::poll_received_bytes_total, "edge_rollup_poll_received_bytes_total", metric_type::counter, "",
                  "Bytes read from nodes."},
    metric_family{metric::round_duration_seconds, "edge_rollup_round_duration_seconds", metric_type::histogram, "",
                  "Time from the start of a round to its last node.", round_buckets},
    metric_family{metric::rounds_total, "edge_rollup_rounds_total", metric_type::counter, "", "Rounds that ended."},
    metric_family{metric::rounds_skipped_total, "edge_rollup_rounds_skipped_total", metric_type::counter, "",
                  "Slots of the clock that passed without a round of their own."},
    metric_family{metric::last_round_timestamp_seconds, "edge_rollup_last_round_timestamp_seconds", metric_type::gauge,
                  "", "Unix time of the end of the last round."},
    metric_family{metric::records, "edge_rollup_records", metric_type::gauge, "", "Total records of the last rollup."},
    metric_family{metric::quality_ratio, "edge_rollup_quality_ratio", metric_type::gauge, "",
                  "Data quality score of the last rollup, 0 to 1; absent without an ok node."},
    metric_family{metric::node_up, "edge_rollup_node_up", metric_type::gauge, "node",
                  "1 if the node was ok in the last round, 0 if not; absent above 1000 nodes."},
    metric_family{
        metric::node_quality_ratio, "edge_rollup_node_quality_ratio", metric_type::gauge, "node",
        "Quality score of the node in the last round, 0 to 1; absent if it was not ok, and above 1000 nodes."},
    metric_family{metric::node_last_success_timestamp_seconds, "edge_rollup_node_last_success_timestamp_seconds",
                  metric_type::gauge, "node",
                  "Unix time of the end of the last round in which the node was ok; absent above 1000 nodes."},
    metric_family{metric::deliveries_total, "edge_rollup_deliveries_total", metric_type::counter, "verdict",
                  "Delivery tries that ended, by verdict."},
    metric_family{metric::delivery_duration_seconds, "edge_rollup_delivery_duration_seconds", metric_type::histogram,
                  "", "Time from the start of a delivery try to its verdict.", delivery_buckets},
    metric_family{metric::delivery_hold, "edge_rollup_delivery_hold", metric_type::gauge, "reason",
                  "1 while delivery holds for this reason; absent otherwise."},
    metric_family{metric::last_delivery_timestamp_seconds, "edge_rollup_last_delivery_timestamp_seconds",
                  metric_type::gauge, "", "Unix time of the last delivered rollup; absent before the first."},
    metric_family{metric::cloud_sent_bytes_total, "edge_rollup_cloud_sent_bytes_total", metric_type::counter, "",
                  "Bytes of rollup bodies offered to the cloud, repeats included."},
    metric_family{metric::outbox_entries, "edge_rollup_outbox_entries", metric_type::gauge, "",
                  "Rollups that wait for the cloud."},
    metric_family{metric::outbox_dead_entries, "edge_rollup_outbox_dead_entries", metric_type::gauge, "",
                  "Dead letters kept for the operator."},
    metric_family{metric::outbox_bytes, "edge_rollup_outbox_bytes", metric_type::gauge, "",
                  "Bytes of stored rollup bodies, dead letters included."},
    metric_family{metric::outbox_limit_bytes, "edge_rollup_outbox_limit_bytes", metric_type::gauge, "",
                  "Bytes that the outbox may take of the disk; above, the oldest rollups are discarded."},
    metric_family{metric::outbox_discarded_total, "edge_rollup_outbox_discarded_total", metric_type::counter, "reason",
                  "Rollups discarded unsent, by reason."},
    metric_family{metric::outbox_salvaged_total, "edge_rollup_outbox_salvaged_total", metric_type::counter, "",
                  "Rollups carried over from damaged outboxes."},
    metric_family{metric::outbox_runway_seconds, "edge_rollup_outbox_runway_seconds", metric_type::gauge, "",
                  "How long the cloud can be away before rollups are discarded; absent before the first rollup."},
    metric_family{metric::outbox_oldest_timestamp_seconds, "edge_rollup_outbox_oldest_timestamp_seconds",
                  metric_type::gauge, "",
                  "Unix time when the oldest waiting rollup was stored; absent when none waits."},
    metric_family{metric::state_disk_free_bytes, "edge_rollup_state_disk_free_bytes", metric_type::gauge, "",
                  "Bytes that may still be written where the outbox stands; absent when the system does not say."},
    metric_family{metric::clock_synchronized, "edge_rollup_clock_synchronized", metric_type::gauge, "",
                  "1 if the system says its clock is synchronized, 0 if not; absent when it does not say."},
    metric_family{metric::event_loop_lag_seconds, "edge_rollup_event_loop_lag_seconds", metric_type::gauge, "",
                  "Longest time in the last minute that the event loop was late."},
    metric_family{
        metric::tls_certificate_expiry_timestamp_seconds, "edge_rollup_tls_certificate_expiry_timestamp_seconds",
        metric_type::gauge, "peer",
        "Unix time when the certificate that the peer showed last ends; of more than 1000 peers those that end first."},
    metric_family{metric::process_cpu_seconds_total, "process_cpu_seconds_total", metric_type::counter, "",
                  "Total user and system CPU time spent in seconds."},
    metric_family{metric::process_max_fds, "process_max_fds", metric_type::gauge, "",
                  "Maximum number of open file descriptors."},
    metric_family{metric::process_open_fds, "process_open_fds", metric_type::gauge, "",
                  "Number of open file descriptors."},
    metric_family{metric::process_resident_memory_bytes, "process_resident_memory_bytes", metric_type::gauge, "",
                  "Resident memory size in bytes."},
    metric_family{metric::process_start_time_seconds, "process_start_time_seconds", metric_type::gauge, "",
                  "Start time of the process since unix epoch in seconds."},
    metric_family{metric::process_virtual_memory_bytes, "process_virtual_memory_bytes", metric_type::gauge, "",
                  "Virtual memory size in bytes."},
};

[[nodiscard]] constexpr const metric_family& family_of(metric id) noexcept {
  return metric_families[static_cast<std::size_t>(id)];
}

static_assert(std::ranges::all_of(metric_families, [](const metric_family& row) { return &family_of(row.id) == &row; }),
              "rows stand in the order of the enumeration");

}  // namespace edge_rollup::observe
