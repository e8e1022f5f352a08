// An answer that needs no waiting is written within the turn of the loop that read its request, from one shared buffer.
#include "edge-stub/node_server.hpp"

#include "runtime/descriptor_limit.hpp"
#include "wire/rfc3339.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

namespace edge_rollup::stub {
namespace {

using runtime::as_result;
using runtime::asio::ip::tcp;
namespace asio = runtime::asio;

constexpr std::size_t reserved_descriptors =
    64;  // standard streams, the loop's own, and whatever else the process has open
constexpr int listen_backlog = 128;
constexpr int port_attempts = 16;
constexpr model::milliseconds drip_pause{1'000};
constexpr model::milliseconds slow_start{1'000};
constexpr model::milliseconds accept_retry{10};
constexpr std::chrono::days old_age{1};

constexpr std::string_view summary_path = "/data/summary";
constexpr std::string_view bad_request = "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
constexpr std::string_view wrong_method = "HTTP/1.1 405 Method Not Allowed\r\nAllow: GET\r\nContent-Length: 0\r\n\r\n";
constexpr std::string_view not_found = "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n";
constexpr std::string_view unavailable = "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n";

constexpr std::array<char, 64 * 1024> blanks = [] {
  std::array<char, 64 * 1024> filled{};
  filled.fill(' ');
  return filled;
}();

}  // namespace

node_server::node_server(asio::io_context& loop, runtime::clock& time, const node_options& options)
    : loop_(loop), time_(time), options_(options), chance_(~options.seed), tasks_(loop.get_executor(), time) {}

model::result<void> node_server::listen() {
  const std::size_t limit = runtime::raise_descriptor_limit();
  const std::size_t needed = options_.count + reserved_descriptors;
  if (needed > limit) {
    return model::fail(model::error_kind::unavailable,
                       fmt::format("{} nodes need {} open files and only {} are allowed: raise the limit (ulimit -n)",
                                   options_.count, needed, limit));
  }
  connection_limit_ = limit - needed;
  const auto room = asio::ip::address_v4::broadcast().to_uint() - options_.listen.address().to_v4().to_uint();
  if (options_.count > room) {
    return model::fail(model::error_kind::usage, fmt::format("there are no {} addresses from {} on", options_.count,
                                                             options_.listen.address().to_string()));
  }
  auto identity = identity_in(options_.tls);
  if (!identity) return std::unexpected(std::move(identity.error()));
  identity_ = std::move(*identity);
  auto bound = bind_all(options_.listen.port());
  for (int attempt = 1; !bound && options_.listen.port() == 0 && attempt < port_attempts; ++attempt)
    bound = bind_all(0);
  return bound;
}

void node_server::start() {
  for (stub_node& node : nodes_) tasks_.spawn(accept_from(node));
}

model::result<void> node_server::bind_all(std::uint16_t port) {
  nodes_.clear();
  nodes_.reserve(options_.count);
  for (std::uint32_t index = 0; index < options_.count; ++index) {
    const tcp::endpoint place(asio::ip::address_v4(options_.listen.address().to_v4().to_uint() + index), port);
    tcp::acceptor acceptor(loop_);
    boost::system::error_code failed;
    acceptor.open(tcp::v4(), failed);
    if (!failed) acceptor.set_option(tcp::acceptor::reuse_address(true), failed);
    if (!failed) acceptor.set_option(tcp::no_delay(true), failed);  // connections inherit it
    if (!failed) acceptor.bind(place, failed);
    if (!failed) acceptor.listen(listen_backlog, failed);
    if (failed) {
      return model::fail(
          model::error_kind::unavailable,
          fmt::format("cannot listen on {}:{}: {}", place.address().to_string(), port, failed.message()));
    }
    port = acceptor.local_endpoint().port();
    nodes_.emplace_back(std::move(acceptor), summary_walk(options_.records, options_.quality, options_.seed + index));
  }
  return {};
}

std::vector<std::string> node_server::urls() const {
  std::vector<std::string> all;
  for (const stub_node& node : nodes_) {
    const auto place = node.acceptor.local_endpoint();
    all.push_back(fmt::format("{}://{}:{}", identity_ ? "https" : "http", place.address().to_string(), place.port()));
  }
  return all;
}

void node_server::stop() noexcept {
  stopping_ = true;
  boost::system::error_code ignored;  // closing goes on whatever the system says of one socket
  for (stub_node& node : nodes_) node.acceptor.close(ignored);
  for (connection& peer : connections_) {
    peer.stream.close();
    peer.pause.cancel();
  }
}

runtime::task<void> node_server::accept_from(stub_node& node) {
  asio::steady_timer pause(loop_);
  while (!stopping_) {
    auto [failed, socket] = co_await node.acceptor.async_accept(as_result);
    if (stopping_) break;
    if (failed) {  // mostly: no descriptor is free until a connection ends
      pause.expires_after(accept_retry);
      [[maybe_unused]] auto [unused] = co_await pause.async_wait(as_result);
      continue;
    }
    connections_.emplace_front(std::move(socket), identity_ ? &*identity_ : nullptr, loop_);
    tasks_.spawn(serve(node, connections_.begin()));
  }
}

runtime::task<void> node_server::serve(stub_node& node, connection_entry entry) {
  connection& peer = *entry;
  answer_end end = answer_end::keep_alive;
  while (end == answer_end::keep_alive) {
    const auto head = parse_request_head(peer.input);
    if (!head && head.error() == head_problem::incomplete) {
      const bool ready = co_await peer.stream.wait();
      if (!ready || peer.stream.receive(peer.input) == arrival::end) break;
      continue;
    }
    ++requests_;
    const reply answer = decide(head);
    end = answer.end;
    peer.input.erase(0, head ? head->size : peer.input.size());

    const auto span = pause_before(answer, peer);
    if (span.count() > 0) co_await rest(peer, span);
    ++peer.answered;
    if (answer.pace == answer_pace::byte_a_second) {
      peer.output = answer_bytes(answer, node);
      co_await send_output_slowly(peer);
    } else {
      peer.output = peer.stream.write_some(answer_bytes(answer, node));
      if (!peer.output.empty()) co_await peer.stream.write(peer.output);
    }
    if (answer.filler_bytes > 0) co_await send_filler(peer, answer.filler_bytes);
  }
  if (end == answer_end::wait_for_peer) co_await wait_for_end(peer);
  end_connection(entry, end);
}

node_server::reply node_server::decide(const std::expected<request_head, head_problem>& head) {
  if (!head) return {.end = answer_end::close, .canned = bad_request};
  const bool scarce = connections_.size() > connection_limit_ - connection_limit_ / 8;
  const auto end = head->keep_alive && !head->has_body() && !scarce ? answer_end::keep_alive : answer_end::close;
  if (head->method != "GET") return {.end = end, .canned = wrong_method};
  if (head->path != summary_path) return {.end = end, .canned = not_found};
  if (options_.fail_rate > 0.0 && chance_.happens(options_.fail_rate)) return {.end = end, .canned = unavailable};
  const behaviour& manner = options_.manner;
  return {.source = manner.source,
          .pace = manner.pace,
          .end = manner.end == answer_end::keep_alive ? end : manner.end,
          .canned = manner.canned,
          .filler_bytes = manner.filler_bytes};
}

model::milliseconds node_server::pause_before(const reply& answer, const connection& peer) const noexcept {
  const bool late = answer.pace == answer_pace::first_one_late && peer.answered == 0;
  return options_.delay + (late ? slow_start : model::milliseconds{0});
}

std::string_view node_server::answer_bytes(const reply& answer, stub_node& node) {
  if (answer.source == answer_source::none || answer.source == answer_source::canned) return answer.canned;

  auto updated = time_.wall_now();
  if (answer.source == answer_source::old_summary) updated -= old_age;
  if (updated != updated_) {  // in a burst of polls most answers share their millisecond
    updated_ = updated;
    updated_text_ = wire::format_timestamp(updated);
  }
  const summary_values values = node.values.next();
  body_.clear();
  fmt::format_to(std::back_inserter(body_), R"({{"record_count": {}, "quality_score": {}, "last_updated": "{}"}})",
                 values.record_count, values.quality_score, updated_text_);

  answer_ = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n";
  if (answer.end == answer_end::close) answer_ += "Connection: close\r\n";
  const auto out = std::back_inserter(answer_);
  if (answer.source == answer_source::chunked_summary) {
    const std::string_view body = body_;
    const std::size_t half = body.size() / 2;
    fmt::format_to(out, "Transfer-Encoding: chunked\r\n\r\n{:x}\r\n{}\r\n{:x}\r\n{}\r\n0\r\n\r\n", half,
                   body.substr(0, half), body.size() - half, body.substr(half));
  } else {
    fmt::format_to(out, "Content-Length: {}\r\n\r\n{}", body_.size(), body_);
  }
  return answer_;
}

runtime::task<void> node_server::rest(connection& peer, model::milliseconds span) {
  if (!peer.stream.is_open()) co_return;
  peer.pause.expires_after(span);
  [[maybe_unused]] auto [unused] = co_await peer.pause.async_wait(as_result);
}

runtime::task<void> node_server::send_output_slowly(connection& peer) {
  std::string_view left = peer.output;
  while (!left.empty() && peer.stream.is_open()) {
    if (peer.stream.write_some(left.substr(0, 1)).empty()) left.remove_prefix(1);
    co_await rest(peer, drip_pause);
  }
}

runtime::task<void> node_server::send_filler(connection& peer, std::uint64_t count) {
  while (count > 0 && peer.stream.is_open()) {
    const std::string_view bytes(blanks.data(), std::min<std::uint64_t>(count, blanks.size()));
    co_await peer.stream.write(bytes);
    count -= bytes.size();
  }
}

runtime::task<void> node_server::wait_for_end(connection& peer) {
  while (peer.stream.is_open()) {
    const bool ready = co_await peer.stream.wait();
    if (!ready || peer.stream.receive(peer.input) == arrival::end) break;
    peer.input.clear();
  }
}

void node_server::end_connection(connection_entry entry, answer_end how) noexcept {
  if (how == answer_end::reset) entry->stream.reset();
  connections_.erase(entry);
}

}  // namespace edge_rollup::stub
