// What the outbox says of a stored rollup without opening its body, and how one delivery try changes it.
#pragma once

#include "model/rollup.hpp"
#include "model/time.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace edge_rollup::outbox {

enum class entry_state {
  pending,  ///< waits for its turn
  aside,    ///< the cloud refused it; it dies once a later one is accepted
  dead      ///< given up on evidence that the cloud works; kept for the operator
};

struct entry {
  std::uint64_t sequence = 0;
  entry_state state = entry_state::pending;
  std::uint32_t tries = 0;           ///< delivery tries so far, over restarts
  std::uint32_t troubled_tries = 0;  ///< of these, the ones that count towards stepping aside
  model::milliseconds troubled{0};   ///< the time that ended in such tries

  friend bool operator==(const entry&, const entry&) = default;
};

inline constexpr std::size_t answer_words_max_bytes = 256;

/// What came back when a rollup was last offered in vain.
struct last_answer {
  std::optional<int> status;  ///< of HTTP; empty where the cloud gave none
  std::string words;          ///< for people: one line, safe to show, at most `answer_words_max_bytes`

  friend bool operator==(const last_answer&, const last_answer&) = default;
};

/// A stored rollup, body and all.
struct record {
  std::uint64_t sequence = 0;
  std::string id;  ///< UUIDv7
  model::wall_time stored_at;
  std::string body;  ///< exactly the bytes that are sent, every time
  /// The body as one gzip member (RFC 1952), where a store that keeps it so has loaded the record.
  std::string packed;

  /// `packed` says nothing that `body` does not say.
  friend bool operator==(const record& a, const record& b) {
    return a.sequence == b.sequence && a.id == b.id && a.stored_at == b.stored_at && a.body == b.body;
  }
};

/// What a delivery try changes, applied in one transaction.
struct settlement {
  std::optional<std::uint64_t> delivered;  ///< leaves the outbox
  std::optional<entry> tried;              ///< new state and counts of the one that was offered and not delivered
  std::vector<std::uint64_t> dead;         ///< become dead letters
  std::vector<std::uint64_t> pending;      ///< come back from aside
  std::optional<last_answer> answer = {};  ///< to the offer of `tried`

  friend bool operator==(const settlement&, const settlement&) = default;
};

/// The store at a glance; kept in memory, so that reading it costs nothing.
struct overview {
  std::string stream;  ///< UUIDv4
  std::uint64_t next_sequence = 1;
  std::optional<model::stream_reason> reason;  ///< until a rollup that carries it is delivered
  std::optional<std::string> previous_stream;
  std::string gateway;  ///< the name kept with the store
  model::loss lost;
  std::uint64_t pending = 0;  ///< waiting for delivery, those aside included
  std::uint64_t dead = 0;
  std::uint64_t bytes = 0;                 ///< stored bytes of bodies, dead letters included
  std::optional<model::wall_time> oldest;  ///< of those waiting
  std::uint64_t file_bytes = 0;            ///< what the store takes of the disk, its write-ahead log not counted
  std::uint64_t limit_bytes = 0;           ///< what it may take, 0 where there is no limit
  std::uint64_t newest_bytes = 0;          ///< stored bytes of the newest body, 0 where none was stored yet
  std::optional<std::uint64_t> disk_room;  ///< what the disk takes before it is left to others; empty: not known
  model::milliseconds max_age{0};          ///< what waits longer is discarded; 0 where there is no such limit
  model::milliseconds oldest_age{0};       ///< of those waiting, in the store's own time
  /// Discarded unsent while this process ran, by operators too, by the reason, in the order of model::loss_reason.
  std::array<std::uint64_t, 5> discarded{};
  std::uint64_t salvaged = 0;   ///< from damaged stores, while this process ran
  bool in_memory_only = false;  ///< the disk takes nothing: the newest rollup is in memory, and lost with the process
};

}  // namespace edge_rollup::outbox
