// How a stub node treats its peer: well, or in one of the ways in which real peers misbehave. One table names them all.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace edge_rollup::stub {

enum class answer_source {
  summary,          ///< a fresh summary with a Content-Length
  chunked_summary,  ///< the same in two chunks
  old_summary,      ///< the same, last updated a day ago
  canned,           ///< the bytes of `behaviour::canned`
  none              ///< no byte at all
};

enum class answer_pace { at_once, first_one_late, byte_a_second };

enum class answer_end { keep_alive, close, reset, wait_for_peer };

struct behaviour {
  std::string_view name;
  std::string_view description;  ///< fits beside the name on an 80-column terminal
  answer_source source = answer_source::summary;
  answer_pace pace = answer_pace::at_once;
  answer_end end = answer_end::keep_alive;
  std::string_view canned = {};
  std::uint64_t filler_bytes = 0;  ///< spaces that follow the canned bytes
};

/// The body of `huge`, in bytes.
inline constexpr std::uint64_t huge_body = 100'000'000;

inline constexpr std::array behaviours = {
    behaviour{.name = "ok", .description = "answers as a node should"},
    behaviour{.name = "chunked", .description = "answers well, in chunks", .source = answer_source::chunked_summary},
    behaviour{.name = "stale",
              .description = "answers well, but was last updated a day ago",
              .source = answer_source::old_summary},
    behaviour{.name = "slow-start",
              .description = "the first answer of a connection comes a second late",
              .pace = answer_pace::first_one_late},
    behaviour{.name = "drip", .description = "answers one byte a second", .pace = answer_pace::byte_a_second},
    behaviour{.name = "hang",
              .description = "accepts, reads and never answers",
              .source = answer_source::none,
              .end = answer_end::wait_for_peer},
    behaviour{.name = "close",
              .description = "closes the connection instead of answering",
              .source = answer_source::none,
              .end = answer_end::close},
    behaviour{.name = "reset",
              .description = "resets the connection instead of answering",
              .source = answer_source::none,
              .end = answer_end::reset},
    behaviour{.name = "truncated",
              .description = "closes the connection in the middle of the body",
              .source = answer_source::canned,
              .end = answer_end::close,
              .canned = "HTTP/1.1 200 OK\r\nContent-Length: 512\r\n\r\n{\"record_count\": 12, \"qual"},
    behaviour{.name = "huge",
              .description = "announces and sends a body of 100 MB",
              .source = answer_source::canned,
              .canned = "HTTP/1.1 200 OK\r\nContent-Length: 100000000\r\n\r\n",
              .filler_bytes = huge_body},
    behaviour{.name = "garbage",
              .description = "sends bytes that are not HTTP",
              .source = answer_source::canned,
              .end = answer_end::close,
              .canned = "\x16\x03\x01 this is not HTTP\r\n\r\n"},
    behaviour{.name = "redirect",
              .description = "answers 302",
              .source = answer_source::canned,
              .canned = "HTTP/1.1 302 Found\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n"},
    behaviour{.name = "bad-json",
              .description = "answers 200 with half a JSON object",
              .source = answer_source::canned,
              .canned = "HTTP/1.1 200 OK\r\nContent-Length: 21\r\n\r\n{\"record_count\": 12, "},
    behaviour{.name = "bad-summary",
              .description = "answers 200 with a negative record count",
              .source = answer_source::canned,
              .canned = "HTTP/1.1 200 OK\r\nContent-Length: 42\r\n\r\n{\"record_count\": -1, \"quality_score\": 0.5}"},
};

inline constexpr const behaviour& good_behaviour = behaviours.front();

[[nodiscard]] constexpr const behaviour* behaviour_named(std::string_view name) noexcept {
  for (const behaviour& known : behaviours) {
    if (known.name == name) return &known;
  }
  return nullptr;
}

}  // namespace edge_rollup::stub
