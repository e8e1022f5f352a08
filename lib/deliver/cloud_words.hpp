// What the cloud said, cut down to one line that a person can read and a terminal cannot be fooled with.
#pragma once

#include "deliver/received_body.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace edge_rollup::deliver {

inline constexpr std::size_t cloud_words_max_bytes = 256;

/// The reason phrase, and after a colon the sentence of a JSON error body or the beginning of a text body; nothing of a
/// body in another format, or of one that is encoded: nobody asked for that. Valid UTF-8 without control characters,
/// line breaks or direction marks, at most `cloud_words_max_bytes`; "…" ends what was cut.
[[nodiscard]] std::string cloud_words(std::string_view reason, const received_body& came);

}  // namespace edge_rollup::deliver
