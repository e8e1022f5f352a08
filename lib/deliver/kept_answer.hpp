// What of an answer is kept with a rollup that was not taken, for the operator who asks why. Pure.
#pragma once

#include "deliver/answer.hpp"
#include "outbox/entry.hpp"

namespace edge_rollup::deliver {

/// The cloud's status and words; where it gave none, what went wrong instead.
[[nodiscard]] outbox::last_answer kept_answer(const answer& came);

}  // namespace edge_rollup::deliver
