// Asks a running daemon by HTTP, for commands that do nothing else.
#pragma once

#include "daemon/beside/find_daemon.hpp"
#include "daemon/machine.hpp"
#include "model/result.hpp"
#include "net/http_connection.hpp"
#include "observe/log.hpp"
#include "runtime/task_scope.hpp"

#include <boost/asio/signal_set.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace edge_rollup::daemon {

/// Operation:    each call runs a loop until it is done.
///               A daemon that is busy (503 with Retry-After) is asked again after that pause.
/// Timeout:      `patience` without a byte.
/// Cancellation: Ctrl-C (or SIGTERM) ends a call; `interrupted` tells.
/// Limits:       `largest_answer` bytes of an answer are read; a busy daemon is asked `most_asks` times, with pauses of
///               at most `longest_pause`.
/// Errors:       unavailable where no daemon answers, or something else does; permission where the token is missing or
///               wrong. Other refusals come in the daemon's words.
class daemon_client {
 public:
  static constexpr std::size_t largest_answer = 16 * 1024 * 1024;
  static constexpr model::milliseconds patience{10'000};
  static constexpr std::size_t most_asks = 10;
  static constexpr model::seconds longest_pause{2};

  daemon_client(daemon_place place, observe::log& messages);

  /// The body of the answer, which is JSON. `path` may have a query.
  [[nodiscard]] model::result<std::string> get(std::string_view path) { return ask("GET", path); }
  [[nodiscard]] model::result<std::string> post(std::string_view path) { return ask("POST", path); }

  [[nodiscard]] const daemon_place& place() const noexcept { return place_; }
  /// The next call asks there.
  void turn_to(daemon_place place) { place_ = std::move(place); }

  /// Ends early at Ctrl-C.
  void pause(model::milliseconds time);

  [[nodiscard]] bool interrupted() const noexcept { return interrupted_; }

 private:
  using outcome = std::expected<net::http_answer, net::send_failure>;

  model::result<std::string> ask(std::string_view method, std::string_view path);
  [[nodiscard]] net::http_request request_for(std::string_view method, std::string_view path) const;
  /// Empty where it is not to be asked again.
  [[nodiscard]] std::optional<model::seconds> pause_of_busy(const outcome& came) const;
  model::result<std::string> judged(outcome came, std::string_view path) const;
  void run(runtime::task<void> work);
  runtime::task<void> end_at_interrupt();
  runtime::task<void> send(const net::http_request& request, outcome& came);
  runtime::task<void> wait(model::mono_time until);

  machine here_;
  daemon_place place_;
  net::http_connection connection_;
  std::unique_ptr<runtime::timer> pause_;
  boost::asio::signal_set signals_;
  bool interrupted_ = false;
};

}  // namespace edge_rollup::daemon
