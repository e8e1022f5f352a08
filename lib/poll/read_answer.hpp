// From a complete HTTP answer to the node's summary, or to the failure that stands in its entry.
#pragma once

#include "model/failure.hpp"
#include "model/summary.hpp"

#include <expected>
#include <string_view>

namespace edge_rollup::poll {

enum class body_coding { plain, encoded };

/// `status` 200 with a plain body is read as a summary; any other status is `http_status`; a coding of the body, which
/// was not asked for, is `protocol`. `reason` is the peer's reason phrase.
[[nodiscard]] std::expected<model::summary, model::failure> read_answer(int status, std::string_view reason,
                                                                        body_coding coding, std::string_view body);

}  // namespace edge_rollup::poll
