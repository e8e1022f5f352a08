#include "fleet/http_list_client.hpp"

#include "wire/excerpt.hpp"
#include "wire/url.hpp"

#include <fmt/format.h>

#include <chrono>
#include <string_view>
#include <utility>

namespace edge_rollup::fleet {
namespace {

constexpr std::size_t max_reason_bytes = 64;

net::http_request request_for(const http_list& list) {
  net::http_request request;
  request.method = "GET";
  request.target = list.url;
  const auto refresh = std::chrono::ceil<model::seconds>(list.refresh);
  request.headers = {{"Accept", "application/json"},
                     {"User-Agent", "edge-rollup/" EDGE_ROLLUP_VERSION},
                     {"X-Prometheus-Refresh-Interval-Seconds", fmt::format("{}", refresh.count())}};
  return request;
}

}  // namespace

net::http_limits http_list_limits() {
  net::http_limits limits;
  limits.kept_body = max_http_list_bytes;
  limits.read_body = max_http_list_bytes;
  limits.progress_timeout = http_list_progress_timeout;
  limits.total_timeout = http_list_total_timeout;
  return limits;
}

runtime::task<model::result<std::string>> fetch_list(net::http_client& client, const http_list& list) {
  const auto request = request_for(list);
  auto came = co_await client.send(request);
  const auto failed = [&list](std::string_view why) {
    return model::fail(model::error_kind::unavailable, fmt::format("{}: {}", wire::to_string(list.url), why));
  };
  if (!came) co_return failed(came.error().failure.message);
  if (came->status != 200) {
    co_return failed(fmt::format("HTTP {} {}", came->status, wire::excerpt(came->reason, max_reason_bytes)));
  }
  if (came->body_cut) {
    co_return failed(fmt::format("the answer broke off, or is over {} bytes", max_http_list_bytes));
  }
  co_return std::move(came->body);
}

}  // namespace edge_rollup::fleet
