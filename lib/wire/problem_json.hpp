// The sentence inside a JSON error body: Problem Details for HTTP APIs (RFC 9457), and the looser forms that many
// services answer with.
#pragma once

#include <string>
#include <string_view>

namespace edge_rollup::wire {

/// `title` and `detail` joined as "title: detail"; without either, a text under `message` or `error`. Empty where
/// `body` is no JSON object or holds none of them as text. UTF-8, may hold control characters.
[[nodiscard]] std::string problem_text(std::string_view body);

}  // namespace edge_rollup::wire
