// The status comes first: what a node says in an error page is its own affair.
#include "poll/read_answer.hpp"

#include "wire/excerpt.hpp"
#include "wire/summary_json.hpp"

#include <fmt/format.h>

namespace edge_rollup::poll {
namespace {

constexpr std::size_t shown_reason_bytes = 100;

}  // namespace

std::expected<model::summary, model::failure> read_answer(int status, std::string_view reason, body_coding coding,
                                                          std::string_view body) {
  if (status != 200) {
    auto message = fmt::format("HTTP {}", status);
    if (!reason.empty()) message += fmt::format(" {}", wire::excerpt(reason, shown_reason_bytes));
    if (status / 100 == 3) message += ": redirects are not followed, configure the address it points to";
    return std::unexpected(model::failure{model::failure_kind::http_status, std::move(message), status});
  }
  if (coding == body_coding::encoded) {
    return std::unexpected(
        model::failure{model::failure_kind::protocol, "the body has a Content-Encoding that nobody asked for", status});
  }
  auto read = wire::parse_summary(body);
  if (!read) read.error().http_status = status;
  return read;
}

}  // namespace edge_rollup::poll
