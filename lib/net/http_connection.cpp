// A watcher runs beside each send and ends its exchange when time is up; everything else is the exchange itself.
#include "net/http_connection.hpp"

#include "net/address_share.hpp"
#include "net/exchange_driver.hpp"
#include "net/http_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace edge_rollup::net {
namespace {

using model::failure_kind;
using runtime::task;

constexpr std::size_t read_buffer_bytes = 16 * 1024;

response_limits limits_of(const http_limits& limits) {
  response_limits reading;
  reading.body_bytes = limits.read_body;
  reading.longer_body = body_over_limit::cut;
  return reading;
}

}  // namespace

std::string_view http_answer::header(std::string_view lower_case_name) const noexcept {
  const auto found = std::ranges::find(headers, lower_case_name, &std::pair<std::string, std::string>::first);
  return found == headers.end() ? std::string_view{} : found->second;
}

http_connection::http_connection(runtime::asio::any_io_executor loop, runtime::clock& time, network& network,
                                 http_limits limits, model::tls_options tls, std::optional<http_proxy> proxy)
    : network_(network),
      time_(time),
      limits_(limits),
      tls_(std::move(tls)),
      proxy_(std::move(proxy)),
      watchers_(std::move(loop), time),
      watch_timer_(time.make_timer()),
      reader_(limits_of(limits), keep_fields::all),
      buffer_(read_buffer_bytes) {}

model::result<void> http_connection::prepare(const model::url& peer) {
  if (peer.scheme != model::url_scheme::https) return {};
  return network_.prepare(tls_);
}

task<http_connection::outcome> http_connection::send(const http_request& request) {
  text_ = text_of(request);
  auto came = co_await send_text(request);
  text_ = {};  // a body may be large
  co_return came;
}

task<std::expected<void, send_failure>> http_connection::reach(const model::url& peer) {
  http_request nothing;
  nothing.target = peer;
  kept_.reset();
  text_.clear();
  auto came = co_await send_text(nothing);
  if (!came) co_return std::unexpected(std::move(came.error()));
  co_return std::expected<void, send_failure>{};
}

task<http_connection::outcome> http_connection::send_text(const http_request& request) {
  cancelled_ = false;
  sending_ = true;
  const auto deadline = time_.now() + std::min(limits_.total_timeout, request.total_timeout);
  watchers_.spawn(watch(deadline));
  auto came = co_await send_within(request, deadline);
  sending_ = false;
  watch_timer_->cancel();
  co_await watchers_.join();
  if (!came) name_proxy(came.error());
  co_return came;
}

task<http_connection::outcome> http_connection::send_within(const http_request& request, model::mono_time deadline) {
  const bool usable = kept_ && judge_idle(idle_, kept_->try_read(buffer_).state, time_.now()) == pool_action::reuse;
  if (usable && kept_for_ == host_field(request.target)) {
    auto kept = std::move(kept_);
    auto came = co_await run_exchange(std::move(kept), connection_age::reused);
    if (!stale_ || cancelled_) co_return came;
  }
  kept_.reset();
  auto came = co_await send_fresh(request, deadline);
  if (kept_) kept_for_ = host_field(request.target);
  co_return came;
}

task<http_connection::outcome> http_connection::send_fresh(const http_request& request, model::mono_time deadline) {
  const auto lookup_deadline = std::min(deadline, time_.now() + limits_.progress_timeout);
  const model::url& first_peer = proxy_ ? proxy_->url : request.target;
  resolving_ = &first_peer;
  auto addresses = co_await network_.resolve(first_peer, lookup_deadline);
  resolving_ = nullptr;
  if (!addresses) co_return std::unexpected(send_failure{std::move(addresses.error()), false});
  const address_list found = std::move(*addresses);
  auto came = co_await send_to_one_of(found, request, deadline);
  co_return came;
}

/// The first address that can be connected to, each within its share of the time.
task<http_connection::outcome> http_connection::send_to_one_of(const address_list& addresses,
                                                               const http_request& request, model::mono_time deadline) {
  const auto connect_deadline = std::min(deadline, time_.now() + limits_.progress_timeout);
  outcome came = std::unexpected(send_failure{model::cut_by_shutdown(), false});
  for (std::size_t next = 0; next < addresses.size() && !cancelled_; ++next) {
    const auto left = addresses.size() - next;
    connect_by_.reset();
    if (left > 1) connect_by_ = connect_by(time_.now(), connect_deadline, left);
    auto stream = open(addresses[next], request.target);
    came = co_await run_exchange(std::move(stream), connection_age::fresh);
    if (came || came.error().failure.kind != failure_kind::connect) break;
  }
  connect_by_.reset();
  co_return came;
}

task<http_connection::outcome> http_connection::run_exchange(std::unique_ptr<byte_stream> stream, connection_age age) {
  http_exchange exchange(reader_, text_, age, time_.now());
  exchange_ = &exchange;
  stream_ = stream.get();
  watch_timer_->cancel();
  co_await drive(exchange, *stream, buffer_, time_);
  exchange_ = nullptr;
  stream_ = nullptr;
  stale_ = exchange.was_stale();
  const auto sent = text_.size() - exchange.unsent().size();
  sent_bytes_ += sent;
  if (exchange.failure() && !reader_.has_head()) co_return std::unexpected(send_failure{*exchange.failure(), sent > 0});
  if (!exchange.failure() && reader_.reusable()) {
    kept_ = std::move(stream);
    kept_->probe_while_idle();
    idle_ = {time_.now(), reader_.waits()};
  }
  co_return take_answer(exchange);
}

/// A proxy that forwards needs the whole URL, and reads its credentials in the request itself (RFC 9112 §3.2.2).
std::string http_connection::text_of(const http_request& request) const {
  const model::url& target = request.target;
  const bool forwarded = proxy_ && target.scheme == model::url_scheme::http;
  const auto host = host_field(target);
  auto text = fmt::format("{} {}{}{}{}{} HTTP/1.1\r\nHost: {}\r\n", request.method, forwarded ? "http://" : "",
                          forwarded ? host : "", target.path.empty() ? "/" : target.path,
                          target.query.empty() ? "" : "?", target.query, host);
  if (forwarded && !proxy_->authorization.empty()) {
    text += fmt::format("Proxy-Authorization: {}\r\n", proxy_->authorization);
  }
  for (const auto& [name, value] : request.headers) text += fmt::format("{}: {}\r\n", name, value);
  // Only a method that may have content tells how much (RFC 9110 §8.6).
  if (request.method != "GET") text += fmt::format("Content-Length: {}\r\n", request.body.size());
  return text.append("\r\n").append(request.body);
}

std::unique_ptr<byte_stream> http_connection::open(const boost::asio::ip::tcp::endpoint& address,
                                                   const model::url& target) {
  const bool tunnelled = proxy_ && target.scheme == model::url_scheme::https;
  return tunnelled ? network_.open_tunnel(address, connect_request(target, *proxy_), target, tls_)
                   : network_.open(address, proxy_ ? proxy_->url : target, tls_);
}

/// Until the request has left, whatever goes wrong may be the proxy's doing.
void http_connection::name_proxy(send_failure& why) const {
  if (!proxy_ || why.request_left || why.failure.kind == failure_kind::cancelled) return;
  why.failure.message = fmt::format("by way of the proxy {}: {}", host_field(proxy_->url), why.failure.message);
}

http_answer http_connection::take_answer(const http_exchange& exchange) {
  http_answer answer;
  answer.status = reader_.status();
  answer.reason = reader_.reason();
  answer.headers = reader_.fields();
  answer.body = reader_.body().substr(0, limits_.kept_body);
  answer.body_cut = exchange.failure().has_value() || reader_.body_cut();
  return answer;
}

task<void> http_connection::watch(model::mono_time deadline) {
  while (sending_) {
    auto due = runtime::never;  // a name lookup bounds itself, and what has ended needs no watch
    if (exchange_ != nullptr && exchange_->next() != exchange_step::finished) {
      due = std::min(exchange_->last_progress() + limits_.progress_timeout, deadline);
      if (connect_by_ && exchange_->connecting()) due = std::min(due, *connect_by_);
    }
    auto ended = co_await watch_timer_->wait_until(due);
    if (ended != runtime::wait_result::cancelled && exchange_ != nullptr) end_overdue(deadline);
  }
}

void http_connection::end_overdue(model::mono_time deadline) {
  const auto now = time_.now();
  if (now >= deadline) {
    exchange_->expired(limits_.total_timeout);
  } else if (now >= exchange_->last_progress() + limits_.progress_timeout) {
    exchange_->expired(limits_.progress_timeout);
  } else if (connect_by_ && now >= *connect_by_ && exchange_->connecting()) {
    exchange_->broke({failure_kind::connect, "timed out while connecting", {}});
  } else {
    return;
  }
  stream_->cancel();
}

void http_connection::cancel() noexcept {
  if (!sending_) return;
  cancelled_ = true;
  if (resolving_ != nullptr) network_.cancel_lookup(*resolving_);
  if (exchange_ == nullptr) return;
  exchange_->cancelled();
  stream_->cancel();
}

}  // namespace edge_rollup::net
