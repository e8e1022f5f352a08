// The forms of an answer: JSON, a page, a problem (RFC 9457), each with the headers that keep browsers out of trouble.
#pragma once

#include "net/http_message.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace edge_rollup::serve {

inline constexpr std::string_view json_type = "application/json";

[[nodiscard]] net::http_response answer(std::string_view content_type, std::string body, int status = 200);

/// Whether one of the things that must be is as it must be.
struct check {
  std::string_view name;
  enum class state { ok, failing } is = state::ok;
  std::string text;  ///< a sentence without a final period
};

/// `detail` says what is wrong and how to mend it.
[[nodiscard]] net::http_response problem(int status, std::string_view detail, const std::vector<check>& checks = {});

/// 200 where every check is ok, otherwise 503 that names the first that fails.
[[nodiscard]] net::http_response readiness(const std::vector<check>& checks);

}  // namespace edge_rollup::serve
