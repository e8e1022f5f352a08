#include "deliver/http_sink.hpp"

#include "deliver/cloud_words.hpp"
#include "deliver/html_page.hpp"
#include "deliver/retry_after.hpp"
#include "wire/http_date.hpp"
#include "wire/mask_secret.hpp"
#include "wire/mask_url.hpp"

#include <fmt/format.h>

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

namespace edge_rollup::deliver {

namespace {

constexpr std::string_view user_agent = "edge-rollup/" EDGE_ROLLUP_VERSION;
constexpr int unsupported_media_type = 415;
constexpr std::size_t max_location_bytes = 180;

using outcome = std::expected<net::http_answer, net::send_failure>;

bool is_redirect(const net::http_answer& came) {
  return came.status >= 300 && came.status <= 399 && !came.header("location").empty();
}

/// Where it leads says more than its page. An '@' in its query belongs to no password.
std::string words_of_redirect(const net::http_answer& came) {
  const auto location = came.header("location");
  const auto front = location.substr(0, location.find_first_of("?#"));
  const auto rest = location.substr(front.size());
  const auto leads =
      fmt::format("to {}{}{}", wire::mask_url(front, max_location_bytes), rest.substr(0, 1), rest.empty() ? "" : "***");
  return cloud_words(came.reason, {"text/plain", "", leads});
}

answer boiled_down(outcome came, model::wall_time now) {
  answer result;
  if (!came) {
    result.failure = std::move(came.error().failure);
    result.request_left = came.error().request_left;
    return result;
  }
  const received_body body{came->header("content-type"), came->header("content-encoding"), came->body, came->body_cut};
  result.status = came->status;
  result.retry_after = parse_retry_after(came->header("retry-after"), came->header("date"), now);
  result.html = is_html_page(body);
  result.words = is_redirect(*came) ? words_of_redirect(*came) : cloud_words(came->reason, body);
  return result;
}

}  // namespace

http_sink::http_sink(net::http_client& client, runtime::clock& time, observe::log& messages, cloud_options cloud)
    : client_(client), time_(time), messages_(messages), cloud_(std::move(cloud)), gzip_(cloud_.gzip) {}

runtime::task<answer> http_sink::offer(const outbox::record& offered) {
  answer result;
  if (const auto ready = look_up_headers(); !ready) {
    result.unready = ready.error().text;
    co_return result;
  }
  const auto began = time_.now();
  const auto form = gzip_.packs() && !offered.packed.empty() ? body_form::packed : body_form::plain;
  const auto request = request_for(offered, form);
  auto body_bytes = request.body.size();
  auto came = co_await client_.send(request);
  if (came && came->status == unsupported_media_type && form == body_form::packed) {
    messages_.info("the cloud takes no gzip (it answers 415): rollups go out uncompressed from now on");
    gzip_.refused();
    auto again = request_for(offered, body_form::plain);
    again.total_timeout = cloud_.total_timeout - std::chrono::floor<model::milliseconds>(time_.now() - began);
    body_bytes += again.body.size();
    came = co_await client_.send(again);
  }
  if (came) hear(*came);
  result = boiled_down(std::move(came), time_.wall_now());
  result.words = without_secrets(result.words);
  if (result.failure) result.failure->message = without_secrets(result.failure->message);
  result.body_bytes = body_bytes;
  result.took = time_.now() - began;
  co_return result;
}

/// A cloud that refuses a token may quote it.
std::string http_sink::without_secrets(std::string said) const {
  for (const auto& [name, value] : *headers_) {
    said = wire::mask_secret(said, std::string_view(value).substr(value.find(' ') + 1));
  }
  return said;
}

bool http_sink::set_up_changed() {
  const auto fresh = cloud_headers(cloud_, files_);
  return fresh && headers_ != *fresh;
}

model::result<void> http_sink::look_up_headers() {
  auto fresh = cloud_headers(cloud_, files_);
  if (fresh) {
    headers_ = std::move(*fresh);
    warned_of_.clear();
    return {};
  }
  const auto& why = fresh.error();
  if (!headers_) return std::unexpected(why);
  if (std::exchange(warned_of_, why.text) != why.text) {
    messages_.warn(fmt::format("{}; what it last held is used on", why.text));
  }
  return {};
}

net::http_request http_sink::request_for(const outbox::record& offered, body_form form) const {
  net::http_request request;
  request.method = "POST";
  request.target = cloud_.url;
  // The key is a string in the sense of structured fields, so the quotes belong to it (RFC 8941 §3.3.3).
  request.headers = {{"Content-Type", "application/json"},
                     {"User-Agent", std::string(user_agent)},
                     {"Idempotency-Key", fmt::format("\"{}\"", offered.id)},
                     {"Date", wire::format_http_date(time_.wall_now())}};
  if (form == body_form::packed) request.headers.emplace_back("Content-Encoding", "gzip");
  request.headers.insert(request.headers.end(), headers_->begin(), headers_->end());
  request.body = form == body_form::packed ? offered.packed : offered.body;
  return request;
}

/// Several fields of one name are one list (RFC 9110 §5.3).
void http_sink::hear(const net::http_answer& came) {
  std::optional<std::string> accepted;
  for (const auto& [name, value] : came.headers) {
    if (name == "accept-encoding") accepted = accepted ? *accepted + "," + value : value;
  }
  gzip_.hear(accepted);
}

}  // namespace edge_rollup::deliver
