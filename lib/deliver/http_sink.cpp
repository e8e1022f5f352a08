#include "deliver/http_sink.hpp"

#include "deliver/cloud_words.hpp"
#include "deliver/html_page.hpp"
#include "deliver/retry_after.hpp"
#include "wire/http_date.hpp"

#include <fmt/format.h>

#include <string_view>
#include <utility>

namespace edge_rollup::deliver {

namespace {

constexpr std::string_view user_agent = "edge-rollup/" EDGE_ROLLUP_VERSION;

answer boiled_down(const net::http_answer& came, model::wall_time now) {
  const auto content_type = came.header("content-type");
  answer short_answer;
  short_answer.status = came.status;
  short_answer.retry_after = parse_retry_after(came.header("retry-after"), came.header("date"), now);
  short_answer.html = is_html_page({content_type, came.header("content-encoding"), came.body, came.body_cut});
  short_answer.words = cloud_words(came.reason, content_type, came.body);
  return short_answer;
}

}  // namespace

http_sink::http_sink(net::http_client& client, runtime::clock& time, model::url endpoint)
    : client_(client), time_(time), endpoint_(std::move(endpoint)) {}

runtime::task<answer> http_sink::offer(const outbox::record& offered) {
  const auto began = time_.now();
  const auto request = request_for(offered);
  auto came = co_await client_.send(request);
  answer result;
  if (came) {
    result = boiled_down(*came, time_.wall_now());
  } else {
    result.failure = std::move(came.error().failure);
    result.request_left = came.error().request_left;
  }
  result.took = time_.now() - began;
  co_return result;
}

net::http_request http_sink::request_for(const outbox::record& offered) const {
  net::http_request request;
  request.method = "POST";
  request.target = endpoint_;
  // The key is a string in the sense of structured fields, so the quotes belong to it (RFC 8941 §3.3.3).
  request.headers = {{"Content-Type", "application/json"},
                     {"User-Agent", std::string(user_agent)},
                     {"Idempotency-Key", fmt::format("\"{}\"", offered.id)},
                     {"Date", wire::format_http_date(time_.wall_now())}};
  request.body = offered.body;
  return request;
}

}  // namespace edge_rollup::deliver
