#include "net/tunnel_stream.hpp"

#include "net/http_text.hpp"

#include <array>
#include <string_view>
#include <utility>

namespace edge_rollup::net {
namespace {

using model::failure_kind;

constexpr std::size_t read_bytes = 4096;

response_limits only_a_head() {
  response_limits limits;
  limits.body_bytes = read_bytes;
  limits.longer_body = body_over_limit::cut;
  return limits;
}

}  // namespace

tunnel_stream::tunnel_stream(ready_set& set, const boost::asio::ip::tcp::endpoint& proxy, std::string request)
    : tcp_(set, proxy), request_(std::move(request)), answer_(only_a_head(), keep_fields::all) {}

io_result tunnel_stream::try_connect() {
  if (stage_ == stage::connecting) {
    const auto said = tcp_.try_connect();
    if (said.state != io_state::done) return said;
    stage_ = stage::asking;
  }
  if (stage_ == stage::asking) {
    const auto said = ask();
    if (said.state != io_state::done) return said;
    stage_ = stage::listening;
  }
  return stage_ == stage::listening ? listen() : io_result{io_state::done, 0};
}

io_result tunnel_stream::ask() {
  while (sent_ < request_.size()) {
    const auto said = tcp_.try_write(std::string_view(request_).substr(sent_));
    if (said.state != io_state::done) return said;
    sent_ += said.count;
  }
  return {io_state::done, 0};
}

io_result tunnel_stream::listen() {
  std::array<char, read_bytes> buffer{};
  while (!answer_.has_head()) {
    const auto said = tcp_.try_read(buffer);
    if (said.state == io_state::closed) {
      [[maybe_unused]] const auto ended = answer_.end_of_stream();
      return failed({failure_kind::reset, "the proxy closed the connection before it answered CONNECT", {}});
    }
    if (said.state == io_state::want_read) return {io_state::want_proxy, 0};
    if (said.state != io_state::done) return said;
    if (answer_.feed({buffer.data(), said.count}) == read_progress::failed && !answer_.has_head()) {
      return failed({answer_.error().kind, "the proxy's answer to CONNECT: " + answer_.error().message, {}});
    }
  }
  return judge();
}

/// Any 2xx opens the tunnel, and has no body whatever its header says.
io_result tunnel_stream::judge() {
  const int status = answer_.status();
  if (status < 200 || status > 299) {
    const auto words = answer_.reason().empty() ? "" : " " + wire::excerpt(answer_.reason(), 64);
    return failed({failure_kind::http_status, fmt::format("the proxy answers {}{}", status, words), status});
  }
  // The client speaks first in TLS: what comes before it is not the peer's.
  if (!answer_.body().empty() || answer_.surplus()) {
    return failed({failure_kind::protocol, "bytes behind the proxy's answer to CONNECT", {}});
  }
  stage_ = stage::open;
  return {io_state::done, 0};
}

io_result tunnel_stream::failed(model::failure why) {
  failure_ = std::move(why);
  return {io_state::failed, 0};
}

}  // namespace edge_rollup::net
