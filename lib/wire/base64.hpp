// Base64 of RFC 4648 section 4, read.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace edge_rollup::wire {

/// The bytes that `text` stands for, its padding complete. Empty where it is no base64.
[[nodiscard]] std::optional<std::string> decode_base64(std::string_view text);

}  // namespace edge_rollup::wire
