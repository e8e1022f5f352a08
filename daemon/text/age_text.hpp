// How long something takes and how long ago it was, for people.
#pragma once

#include "model/time.hpp"

#include <string>

namespace edge_rollup::daemon {

/// "12 s", "3 min", "5 h", "2 d", rounded down; `span` is not negative.
[[nodiscard]] std::string span_text(model::milliseconds span);

/// "12 s ago", "3 min ago", "5 h ago", "2 d ago"; a negative age is "in the future".
[[nodiscard]] std::string age_text(model::milliseconds age);

}  // namespace edge_rollup::daemon
