// What the stub cloud notes of one request: a line for people, and a JSON line for the store.
#pragma once

#include "model/time.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace edge_rollup::stub {

struct rollup_facts {
  std::optional<std::uint64_t> sequence;
  std::uint64_t nodes_ok = 0;
  std::uint64_t nodes = 0;
  std::uint64_t records = 0;
  double quality = 0.0;

  friend bool operator==(const rollup_facts&, const rollup_facts&) = default;
};

struct receipt {
  model::wall_time received_at;
  int status = 0;                      ///< what it was answered with
  std::string idempotency_key;         ///< the header's value as it came, with its quotes
  std::string body;                    ///< as it came
  std::optional<rollup_facts> rollup;  ///< none if the body is no rollup
  std::string problem;                 ///< why it could not be stored, mostly empty
};

/// Nothing for a body that is not JSON or lacks what every rollup has.
[[nodiscard]] std::optional<rollup_facts> read_rollup(std::string_view body);

/// "#42  4 of 5 nodes, 4 012 records, quality 0.951 -> 503", without an end of line.
[[nodiscard]] std::string summary_line(const receipt& noted);

/// {"received_at", "status", "idempotency_key", "sequence"?, "body"} on one line with its end. A JSON body stands in it
/// as it came but for line breaks between its tokens; any other body is a string.
[[nodiscard]] std::string store_line(const receipt& noted);

}  // namespace edge_rollup::stub
