// An HTTP client for one peer: keeps its connection between requests, and bounds every request by progress and in
// total.
#pragma once

#include "net/http_client.hpp"
#include "net/http_exchange.hpp"
#include "net/http_proxy.hpp"
#include "net/network.hpp"
#include "net/pool_policy.hpp"
#include "runtime/clock.hpp"
#include "runtime/task_scope.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace edge_rollup::net {

/// Operation:    `send` goes out on the kept connection if there is one, once more on a fresh one if the peer had
///               closed it. The answer counts from its final header on: what goes wrong in the body only cuts the
///               body.
///               Through a proxy, where there is one: to https in a tunnel, else as a request that it forwards.
/// Timeout:      http_limits: `progress_timeout` without a byte in either direction, `total_timeout` in all.
/// Concurrency:  loop thread only, one `send` at a time.
/// Cancellation: `cancel()`.
class http_connection final : public http_client {
 public:
  http_connection(runtime::asio::any_io_executor loop, runtime::clock& time, network& network, http_limits limits,
                  model::tls_options tls = {}, std::optional<http_proxy> proxy = {});

  /// Reads what connections to the peer need, so that what is wrong with it is told early. Errors: those of
  /// network::prepare.
  [[nodiscard]] model::result<void> prepare(const model::url& peer);

  [[nodiscard]] runtime::task<std::expected<http_answer, send_failure>> send(const http_request& request) override;
  void cancel() noexcept override;

  /// Connects to the peer as `send` would, through the proxy and in TLS, sends nothing and hangs up.
  [[nodiscard]] runtime::task<std::expected<void, send_failure>> reach(const model::url& peer);

  /// Bytes of requests that have gone out since the start.
  [[nodiscard]] std::uint64_t sent_bytes() const noexcept { return sent_bytes_; }

 private:
  using outcome = std::expected<http_answer, send_failure>;

  runtime::task<outcome> send_text(const http_request& request);
  runtime::task<outcome> send_within(const http_request& request, model::mono_time deadline);
  runtime::task<outcome> send_fresh(const http_request& request, model::mono_time deadline);
  runtime::task<outcome> run_exchange(std::unique_ptr<byte_stream> stream, connection_age age);
  runtime::task<outcome> send_to_one_of(const address_list& addresses, const http_request& request,
                                        model::mono_time deadline);
  runtime::task<void> watch(model::mono_time deadline);
  void end_overdue(model::mono_time deadline);
  void name_proxy(send_failure& why) const;
  [[nodiscard]] std::string text_of(const http_request& request) const;
  [[nodiscard]] std::unique_ptr<byte_stream> open(const boost::asio::ip::tcp::endpoint& address,
                                                  const model::url& target);
  [[nodiscard]] http_answer take_answer(const http_exchange& exchange);

  network& network_;
  runtime::clock& time_;
  http_limits limits_;
  model::tls_options tls_;
  std::optional<http_proxy> proxy_;
  runtime::task_scope watchers_;
  std::unique_ptr<runtime::timer> watch_timer_;
  response_reader reader_;
  std::vector<char> buffer_;
  std::string text_;  ///< of the request that is being sent
  std::unique_ptr<byte_stream> kept_;
  std::string kept_for_;  ///< host and port of the kept connection
  idle_connection idle_;  ///< of the kept connection

  // Of the exchange under way.
  byte_stream* stream_ = nullptr;
  http_exchange* exchange_ = nullptr;
  std::optional<model::mono_time> connect_by_;  ///< when the next address is turned to
  bool sending_ = false;
  const model::url* resolving_ = nullptr;  ///< whose name is looked up now
  bool cancelled_ = false;
  bool stale_ = false;
  std::uint64_t sent_bytes_ = 0;
};

}  // namespace edge_rollup::net
