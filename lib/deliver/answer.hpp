// What came back from one delivery try, as far as the verdict depends on it.
#pragma once

#include "model/failure.hpp"
#include "model/time.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace edge_rollup::deliver {

struct answer {
  std::optional<int> status;                  ///< of the final header, if one came
  std::optional<model::failure> failure;      ///< where no final header came; `http_status` is a proxy's
  std::optional<std::string> unready;         ///< nothing was offered: what in the settings has to be mended first
  bool request_left = true;                   ///< bytes of the rollup may have reached the cloud
  std::optional<model::seconds> retry_after;  ///< of a final header, already relative to when it came
  bool html = false;                          ///< the body is a web page
  std::string words;                          ///< what the cloud said, for people: one line, at most 256 bytes
  std::uint64_t body_bytes = 0;               ///< of the bodies that went out, as they went out
  model::nanoseconds took{0};

  friend bool operator==(const answer&, const answer&) = default;
};

}  // namespace edge_rollup::deliver
