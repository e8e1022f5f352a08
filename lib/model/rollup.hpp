// The sum of one round, and what labels it on its way to the cloud. wire/rollup_json.hpp writes both as the body.
#pragma once

#include "model/round.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace edge_rollup::model {

enum class freshness { fresh, stale, unchanged, unknown };

/// What counts mean to the cloud (`poll.record_kind`). Only `interval` may be summed over rounds.
enum class record_kind { level, interval, counter };

/// Which node entries the body carries. A body over its size limit steps down by itself.
enum class node_detail { full, errors, totals };

/// expected = ok + failed + skipped; stale, unchanged and unknown are parts of ok.
struct coverage {
  std::uint64_t expected = 0, ok = 0, failed = 0, skipped = 0, stale = 0, unchanged = 0, unknown = 0;
  friend bool operator==(const coverage&, const coverage&) = default;
};

/// Means and extremes of quality_score; a value that does not exist (no ok node, no records) is empty.
struct quality {
  std::optional<double> mean_ok, mean_all, record_weighted, min, max;
  friend bool operator==(const quality&, const quality&) = default;
};

struct rollup {
  round_facts round;
  std::uint64_t total_records = 0;  ///< exact; stays at 2^64-1 when saturated
  bool records_saturated = false;
  double data_quality_score = 0.0;  ///< mean over the ok nodes, 0.0 if none
  model::coverage coverage;
  model::quality quality;
  std::vector<freshness> node_freshness;  ///< one for each node; `unknown` where the node is not ok
};

/// A run of sequences that were discarded unsent.
enum class loss_reason { max_bytes, max_age, disk, damage, operator_request };

struct lost_range {
  std::uint64_t from = 0, to = 0;
  loss_reason reason = loss_reason::max_bytes;
  friend bool operator==(const lost_range&, const lost_range&) = default;
};

struct loss {
  std::uint64_t total = 0;         ///< rollups ever discarded unsent in this stream
  std::vector<lost_range> ranges;  ///< those not yet declared in a delivered rollup
  friend bool operator==(const loss&, const loss&) = default;
};

/// Why a stream began.
enum class stream_reason { fresh, salvaged, moved, operator_request };

/// What names a rollup for ever. Empty where nothing is stored (a dry run).
struct identity {
  std::string id;                       ///< UUIDv7, the idempotency key
  std::string stream;                   ///< UUIDv4 of the store
  std::uint64_t sequence = 0;           ///< counts up by one; a stream that follows another goes on after it
  std::optional<stream_reason> reason;  ///< why the stream began: in every rollup until one is delivered
  std::optional<std::string> previous_stream;
  friend bool operator==(const identity&, const identity&) = default;
};

/// How the daemon itself is, told with every rollup.
struct health {
  std::string version;
  std::uint64_t uptime_s = 0, rounds_skipped = 0, pending = 0, dead = 0;
  std::optional<std::uint64_t> disk_free_bytes;
  friend bool operator==(const health&, const health&) = default;
};

/// Everything in a rollup body that is not the sum of the round.
struct rollup_label {
  std::optional<model::identity> identity;
  std::string gateway;
  std::string instance;  ///< UUIDv4 of this process
  milliseconds interval{300'000};
  model::record_kind record_kind = model::record_kind::level;
  model::loss lost;
  model::health health;
};

}  // namespace edge_rollup::model
