// JSON text laid out for people, each value as it was written.
#pragma once

#include <string>
#include <string_view>

namespace edge_rollup::wire {

/// `text` is valid JSON (RFC 8259); what stands between its tokens is replaced by line breaks and two blanks a level.
[[nodiscard]] std::string indented_json(std::string_view text);

}  // namespace edge_rollup::wire
