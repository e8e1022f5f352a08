// One coroutine for each connection, and one that looks at the time of all of them.
#include "net/http_server.hpp"

#include "wire/http_date.hpp"

#include <fmt/format.h>
#include <boost/asio/buffer.hpp>
#include <boost/asio/post.hpp>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <utility>

namespace edge_rollup::net {
namespace {

namespace asio = runtime::asio;

constexpr std::size_t receive_step = std::size_t{16} * 1024;
/// After a refusal the client is listened to for so long, so that it reads the answer before its own bytes make the
/// system reset the connection (RFC 9112 §9.6).
constexpr model::milliseconds parting_time{1'000};
constexpr model::milliseconds accept_pause{100};  // until a descriptor may be free again
/// Of a live body: what the system holds for a client that does not take it, and how long it waits for one that is
/// gone.
constexpr int live_send_buffer = 64 * 1024;
constexpr unsigned live_patience_ms = 30'000;
constexpr std::string_view go_on = "HTTP/1.1 100 Continue\r\n\r\n";
constexpr std::string_view no_body;

void bound_what_waits(boost::asio::ip::tcp::socket& socket) {
  boost::system::error_code gone;  // a client that is gone already shows at the first write
  socket.set_option(asio::socket_base::send_buffer_size(live_send_buffer), gone);
  ::setsockopt(socket.native_handle(), IPPROTO_TCP, TCP_USER_TIMEOUT, &live_patience_ms, sizeof live_patience_ms);
}

}  // namespace

http_server::connection::connection(tcp::socket client, const server_limits& limits, model::mono_time now)
    : socket(std::move(client)), reader(limits.request), since(now), due(now + limits.request_time) {
  boost::system::error_code gone;  // a client that is gone already shows at the first read
  socket.non_blocking(true, gone);
  socket.set_option(tcp::no_delay(true), gone);
  address = socket.remote_endpoint(gone).address().to_string();
}

http_server::http_server(runtime::asio::any_io_executor loop, runtime::clock& time, server_limits limits,
                         http_handler handler, refusal_form refusals)
    : loop_(loop),
      time_(time),
      limits_(limits),
      handler_(std::move(handler)),
      refusals_(std::move(refusals)),
      acceptor_(loop),
      buffer_(receive_step),
      waiting_answers_(limits_.waiting_answers),
      accept_pause_(time.make_timer()),
      look_(time.make_timer()),
      tasks_(loop, time),
      peers_(loop, time) {}

model::result<void> http_server::listen(const tcp::endpoint& where) {
  boost::system::error_code failed;
  acceptor_.open(where.protocol(), failed);
  if (!failed) acceptor_.set_option(tcp::acceptor::reuse_address(true), failed);
  if (!failed) acceptor_.bind(where, failed);
  if (!failed) acceptor_.listen(tcp::acceptor::max_listen_connections, failed);
  if (!failed) return {};
  const auto host =
      where.address().is_v6() ? fmt::format("[{}]", where.address().to_string()) : where.address().to_string();
  return model::fail(model::error_kind::unavailable,
                     fmt::format("cannot listen on {}:{}: {}", host, where.port(), failed.message()));
}

void http_server::start() {
  tasks_.spawn(accept());
  tasks_.spawn(watch());
}

void http_server::stop() noexcept {
  stopping_ = true;
  boost::system::error_code ignored;  // closing goes on whatever the system says of one socket
  acceptor_.close(ignored);
  for (auto& each : connections_) close(each);
  accept_pause_->cancel();
  look_->cancel();
}

runtime::task<void> http_server::accept() {
  while (!stopping_) {
    auto [failed, client] = co_await acceptor_.async_accept(runtime::as_result);
    if (stopping_) break;
    if (failed) {
      make_room();  // mostly no descriptor is free
      const auto due = time_.now() + accept_pause;
      [[maybe_unused]] auto rested = co_await accept_pause_->wait_until(due);
    } else {
      admit(std::move(client));
    }
  }
}

void http_server::admit(tcp::socket client) {
  if (connections_.size() >= limits_.connections) make_room();
  // Handlers of connections that were closed may still be under way; beyond twice the limit nobody comes in.
  if (connections_.size() >= 2 * limits_.connections) return;
  const auto now = time_.now();
  connections_.emplace_front(std::move(client), limits_, now);
  give_until(connections_.front(), connections_.front().due);
  peers_.spawn(serve(connections_.begin()));
}

void http_server::make_room() {
  std::vector<held_connection> held;
  std::vector<connection*> open;
  for (auto& each : connections_) {
    if (!each.socket.is_open() || each.at == stage::listening) continue;
    using work = held_connection::work;
    held.push_back({each.address, each.at == stage::idle ? work::idle : work::request, each.since});
    open.push_back(&each);
  }
  if (!held.empty()) close(*open[connection_to_end(held)]);
}

runtime::task<void> http_server::serve(connection_entry entry) {
  connection& peer = *entry;
  auto then = after_answer::keep_alive;
  while (then == after_answer::keep_alive && peer.socket.is_open()) {
    then = co_await serve_one(peer);
    // A client whose requests are all there already must not keep the loop from everybody else.
    co_await asio::post(loop_, asio::use_awaitable);
  }
  close(peer);
  connections_.erase(entry);
}

/// Ends with `close` where the connection is of no more use.
runtime::task<after_answer> http_server::serve_one(connection& peer) {
  const auto came = co_await receive_request(peer);
  if (came == arrival::end) co_return after_answer::close;
  peer.at = stage::answering;
  http_response answer;
  auto then = after_answer::close;
  bool is_head = false;
  if (came == arrival::request) {
    auto request = peer.reader.take();
    then = request.then;
    is_head = request.method == "HEAD";
    answer = co_await handler_(std::move(request));
  } else {
    answer = refusals_(peer.reader.refusal());
  }
  if (answer.live) then = after_answer::close;
  const bool has_room = waiting_answers_.admit(answer);
  if (!has_room) answer = refusals_({503, "too many answers wait for clients that do not read them"});
  const auto head = head_of(answer, then);
  const auto body = is_head ? no_body : answer.content();
  give_until(peer, peer.due + model::seconds((head.size() + body.size()) / limits_.answer_rate));
  co_await send(peer, head, body);
  if (has_room) waiting_answers_.give_back(answer);
  if (answer.live && !is_head) co_await send_live(peer, *answer.live);
  if (came == arrival::refusal) co_await part(peer);
  become_idle(peer);
  co_return then;
}

runtime::task<http_server::arrival> http_server::receive_request(connection& peer) {
  for (;;) {
    if (peer.input.empty()) {
      const bool came = co_await receive(peer);
      if (!came) co_return arrival::end;
    }
    begin_request(peer);
    const auto progress = peer.reader.read(peer.input);
    if (progress == request_reader::progress::complete) co_return arrival::request;
    if (progress == request_reader::progress::refused) co_return arrival::refusal;
    if (peer.reader.expects_continue()) co_await send(peer, go_on, no_body);
    const bool came = co_await receive(peer);
    if (!came) co_return arrival::end;
  }
}

/// Appends what comes to the input. False where the connection has ended. Waits before each read, though bytes may be
/// there: the loop has its turn between any two, however fast a client sends.
runtime::task<bool> http_server::receive(connection& peer) {
  while (peer.socket.is_open()) {
    [[maybe_unused]] auto [ended] = co_await peer.socket.async_wait(tcp::socket::wait_read, runtime::as_result);
    if (!peer.socket.is_open()) break;
    boost::system::error_code failed;
    const auto count = peer.socket.read_some(asio::buffer(buffer_), failed);
    if (!failed) {
      peer.input.append(buffer_.data(), count);
      co_return true;
    }
    if (failed != asio::error::would_block) co_return false;
  }
  co_return false;
}

/// A client that does not take everything in time is cut off, which closes the socket.
runtime::task<void> http_server::send(connection& peer, std::string_view head, std::string_view body) {
  while (peer.socket.is_open()) {
    boost::system::error_code failed;
    const std::array pieces{asio::buffer(head), asio::buffer(body)};
    const auto count = peer.socket.write_some(pieces, failed);
    const auto of_head = std::min(count, head.size());
    head.remove_prefix(of_head);
    body.remove_prefix(count - of_head);
    if (failed && failed != asio::error::would_block) close(peer);
    if (head.empty() && body.empty()) co_return;
    if (!peer.socket.is_open()) co_return;
    [[maybe_unused]] auto [ended] = co_await peer.socket.async_wait(tcp::socket::wait_write, runtime::as_result);
  }
}

/// Until the client goes, or does not take in time what it is sent.
runtime::task<void> http_server::send_live(connection& peer, live_body& body) {
  if (peer.socket.is_open()) bound_what_waits(peer.socket);
  const auto more = time_.make_timer();
  body.when_more([&more] { more->cancel(); });
  runtime::task_scope beside(loop_, time_);
  beside.spawn(notice_end(peer, *more));
  auto sign_due = time_.now();
  while (peer.socket.is_open()) {
    auto text = body.take();
    if (text.empty() && time_.now() >= sign_due) {
      text = body.sign_of_life(time_.wall_now());
      sign_due = time_.now() + limits_.sign_of_life;
    }
    peer.at = text.empty() ? stage::listening : stage::answering;
    peer.since = time_.now();
    give_until(peer, text.empty() ? runtime::never : peer.since + limits_.request_time);
    if (text.empty()) {
      [[maybe_unused]] auto woken = co_await more->wait_until(sign_due);
    } else {
      co_await send(peer, text, no_body);
    }
  }
  body.when_more({});
  co_await beside.join();
}

runtime::task<void> http_server::notice_end(connection& peer, runtime::timer& waiting) {
  bool more = true;
  while (more) {
    peer.input.clear();
    more = co_await receive(peer);
  }
  close(peer);
  waiting.cancel();
}

runtime::task<void> http_server::part(connection& peer) {
  boost::system::error_code gone;
  if (peer.socket.is_open()) peer.socket.shutdown(tcp::socket::shutdown_send, gone);
  give_until(peer, std::min(peer.due, time_.now() + parting_time));
  bool more = peer.socket.is_open();
  while (more) {
    peer.input.clear();
    more = co_await receive(peer);
  }
}

void http_server::begin_request(connection& peer) {
  if (peer.at == stage::receiving) return;
  if (peer.at == stage::idle) {
    peer.since = time_.now();
    give_until(peer, peer.since + limits_.request_time);
  }
  peer.at = stage::receiving;
}

void http_server::become_idle(connection& peer) {
  peer.at = stage::idle;
  peer.since = time_.now();
  give_until(peer, peer.since + limits_.idle_time);
}

void http_server::give_until(connection& peer, model::mono_time due) {
  peer.due = due;
  if (due >= next_look_) return;
  next_look_ = due;
  look_->cancel();
}

runtime::task<void> http_server::watch() {
  while (!stopping_) {
    const auto due = next_look_;
    [[maybe_unused]] auto woken = co_await look_->wait_until(due);
    const auto now = time_.now();
    if (now < next_look_) continue;  // a nearer time came in between
    next_look_ = runtime::never;
    for (auto& each : connections_) {
      if (!each.socket.is_open()) continue;
      if (each.due <= now) {
        time_is_up(each);
      } else {
        next_look_ = std::min(next_look_, each.due);
      }
    }
  }
}

void http_server::time_is_up(connection& peer) {
  if (peer.at == stage::receiving) {
    const auto answer =
        refusals_({408, fmt::format("a request may take {} s", limits_.request_time / model::seconds(1))});
    const auto text = fmt::format("{}{}", head_of(answer, after_answer::close), answer.content());
    boost::system::error_code gone;  // whether the client still reads this is of no matter
    peer.socket.write_some(asio::buffer(text), gone);
  }
  close(peer);
}

std::string http_server::head_of(const http_response& answer, after_answer then) const {
  auto head = fmt::format("HTTP/1.1 {} {}\r\nDate: {}\r\n", answer.status, reason_phrase(answer.status),
                          wire::format_http_date(time_.wall_now()));
  for (const auto& [name, value] : answer.fields) head += fmt::format("{}: {}\r\n", name, value);
  constexpr int not_modified = 304;  // has no content, and its length would be that of the answer with it
  if (answer.status != not_modified && !answer.live)
    head += fmt::format("Content-Length: {}\r\n", answer.content().size());
  head += fmt::format("Connection: {}\r\n\r\n", then == after_answer::close ? "close" : "keep-alive");
  return head;
}

void http_server::close(connection& peer) noexcept {
  boost::system::error_code ignored;  // the connection ends either way
  peer.socket.close(ignored);
}

}  // namespace edge_rollup::net
