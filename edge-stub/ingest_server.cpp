// One coroutine for each connection; a request is stored and reported before its answer is written.
#include "edge-stub/ingest_server.hpp"

#include <fmt/format.h>
#include <boost/asio/steady_timer.hpp>

#include <array>
#include <utility>

namespace edge_rollup::stub {
namespace {

using runtime::as_result;
namespace asio = runtime::asio;

constexpr model::milliseconds accept_retry{10};
constexpr int unavailable_status = 503;
constexpr int not_stored_status = 500;

struct status_name {
  int status;
  std::string_view reason;
};

constexpr std::array status_names = {status_name{200, "OK"},
                                     status_name{201, "Created"},
                                     status_name{202, "Accepted"},
                                     status_name{204, "No Content"},
                                     status_name{400, "Bad Request"},
                                     status_name{401, "Unauthorized"},
                                     status_name{403, "Forbidden"},
                                     status_name{404, "Not Found"},
                                     status_name{405, "Method Not Allowed"},
                                     status_name{409, "Conflict"},
                                     status_name{413, "Content Too Large"},
                                     status_name{415, "Unsupported Media Type"},
                                     status_name{422, "Unprocessable Content"},
                                     status_name{429, "Too Many Requests"},
                                     status_name{431, "Request Header Fields Too Large"},
                                     status_name{500, "Internal Server Error"},
                                     status_name{502, "Bad Gateway"},
                                     status_name{503, "Service Unavailable"},
                                     status_name{504, "Gateway Timeout"}};

/// Empty where the table does not know: a reason phrase may be (RFC 9112 §4).
std::string_view reason_of(int status) noexcept {
  for (const status_name& known : status_names) {
    if (known.status == status) return known.reason;
  }
  return {};
}

}  // namespace

ingest_server::ingest_server(asio::io_context& loop, runtime::clock& time, const ingest_options& options,
                             observer on_receipt)
    : loop_(loop),
      time_(time),
      options_(options),
      on_receipt_(std::move(on_receipt)),
      chance_(options.seed),
      acceptor_(loop),
      tasks_(loop.get_executor(), time) {}

model::result<void> ingest_server::listen() {
  if (options_.store) {
    auto file = line_file::open(*options_.store);
    if (!file) return std::unexpected(std::move(file.error()));
    store_ = std::move(*file);
  }
  auto identity = identity_in(options_.tls);
  if (!identity) return std::unexpected(std::move(identity.error()));
  identity_ = std::move(*identity);
  boost::system::error_code failed;
  acceptor_.open(options_.listen.protocol(), failed);
  if (!failed) acceptor_.set_option(tcp::acceptor::reuse_address(true), failed);
  if (!failed) acceptor_.set_option(tcp::no_delay(true), failed);  // connections inherit it
  if (!failed) acceptor_.bind(options_.listen, failed);
  if (!failed) acceptor_.listen(tcp::acceptor::max_listen_connections, failed);
  if (failed) {
    return model::fail(model::error_kind::unavailable,
                       fmt::format("cannot listen on {}:{}: {}", options_.listen.address().to_string(),
                                   options_.listen.port(), failed.message()));
  }
  return {};
}

std::string ingest_server::url() const {
  const auto place = acceptor_.local_endpoint();
  return fmt::format("{}://{}:{}/v1/rollups", identity_ ? "https" : "http", place.address().to_string(), place.port());
}

void ingest_server::stop() noexcept {
  stopping_ = true;
  boost::system::error_code ignored;  // closing goes on whatever the system says of one socket
  acceptor_.close(ignored);
  for (connection& peer : connections_) peer.stream.close();
}

runtime::task<void> ingest_server::accept() {
  asio::steady_timer pause(loop_);
  while (!stopping_) {
    auto [failed, socket] = co_await acceptor_.async_accept(as_result);
    if (stopping_) break;
    if (failed) {  // mostly: no descriptor is free until a connection ends
      pause.expires_after(accept_retry);
      [[maybe_unused]] auto [unused] = co_await pause.async_wait(as_result);
      continue;
    }
    connections_.emplace_front(std::move(socket), identity_ ? &*identity_ : nullptr);
    tasks_.spawn(serve(connections_.begin()));
  }
}

runtime::task<void> ingest_server::serve(connection_entry entry) {
  connection& peer = *entry;
  answered last = answered::keep_alive;
  while (last == answered::keep_alive) {
    const auto head = parse_request_head(peer.input);
    if (head) {
      last = co_await serve_one(peer, *head);
    } else if (head.error() == head_problem::incomplete) {
      const arrival came = co_await receive(peer);
      if (came == arrival::end) break;
    } else {
      const std::string refusal = answer_text(head.error() == head_problem::too_large ? 431 : 400, answered::close);
      co_await peer.stream.write(refusal);
      break;
    }
  }
  connections_.erase(entry);
}

runtime::task<ingest_server::answered> ingest_server::serve_one(connection& peer, request_head head) {
  const bool is_post = head.method == "POST";
  std::string key(head.idempotency_key);
  body_reader reader(head);
  peer.input.erase(0, head.size);  // the views of `head` end here
  if (head.expects_continue && is_post && reader.state() == body_state::incomplete) {
    const std::string_view go_on = "HTTP/1.1 100 Continue\r\n\r\n";
    co_await peer.stream.write(go_on);
  }
  while (reader.state() == body_state::incomplete) {
    const std::size_t taken = reader.take(peer.input);
    peer.input.erase(0, taken);
    if (reader.state() != body_state::incomplete) break;
    const arrival came = co_await receive(peer);
    if (came == arrival::end) co_return answered::close;
  }

  answered then = head.keep_alive ? answered::keep_alive : answered::close;
  int status = 405;
  if (reader.state() != body_state::complete) {
    then = answered::close;
    status = reader.state() == body_state::too_large ? 413 : 400;
  } else if (is_post) {
    status = keep(std::move(key), reader.take_body());
  }
  const std::string text = answer_text(status, then);
  co_await peer.stream.write(text);
  co_return then;
}

runtime::task<arrival> ingest_server::receive(connection& peer) {
  const bool ready = co_await peer.stream.wait();
  co_return ready ? peer.stream.receive(peer.input) : arrival::end;
}

int ingest_server::keep(std::string key, std::string body) {
  receipt noted{.received_at = time_.wall_now(),
                .status = chance_.happens(options_.fail_rate) ? unavailable_status : options_.status,
                .idempotency_key = std::move(key),
                .body = std::move(body),
                .rollup = std::nullopt,
                .problem = {}};
  noted.rollup = read_rollup(noted.body);
  if (store_) {
    if (const auto stored = store_->append(store_line(noted)); !stored) {
      noted.status = not_stored_status;
      noted.problem = stored.error().text;
    }
  }
  on_receipt_(noted);
  return noted.status;
}

std::string ingest_server::answer_text(int status, answered then) const {
  std::string text = fmt::format("HTTP/1.1 {} {}\r\n", status, reason_of(status));
  if (options_.retry_after && (status == 429 || status == 503)) {
    text += fmt::format("Retry-After: {}\r\n", options_.retry_after->count());
  }
  if (status == 405) text += "Allow: POST\r\n";
  if (status != 204 && status != 304) text += "Content-Length: 0\r\n";
  if (then == answered::close) text += "Connection: close\r\n";
  return text + "\r\n";
}

}  // namespace edge_rollup::stub
