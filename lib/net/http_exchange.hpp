// One HTTP request and its answer on one connection, as a machine without IO: it says what to do next and is told what
// the stream said. drive() in exchange_driver.hpp does what it says.
#pragma once

#include "model/failure.hpp"
#include "model/time.hpp"
#include "net/io_result.hpp"
#include "net/response_reader.hpp"

#include <cstddef>
#include <optional>
#include <string_view>

namespace edge_rollup::net {

enum class exchange_step { connect, write, read, wait_readable, wait_writable, finished };

enum class connection_age { fresh, reused };

/// Operation: perform `next()`, report what came of it, until `finished`. Then `failure()` or the reader's answer
///            holds. An empty request is done once connected, without an answer. Concurrency: none. `reader` and
///            `request` must outlive the exchange.
class http_exchange {
 public:
  http_exchange(response_reader& reader, std::string_view request, connection_age age, model::mono_time now);

  [[nodiscard]] exchange_step next() const noexcept { return step_; }
  [[nodiscard]] std::string_view unsent() const noexcept { return request_.substr(sent_); }

  void connected(io_result said, model::mono_time now);
  void wrote(io_result said, model::mono_time now);
  /// `bytes` are those of this read; they need to live until the answer is used.
  void received(io_result said, std::string_view bytes, model::mono_time now);
  /// The wait is over; goes back to what was waited for.
  void ready() noexcept;

  /// The stream failed; an answer that came before that still counts.
  void broke(model::failure why);
  /// Time is up: fails with `timeout` and a message that names the phase and `allowed`.
  void expired(model::milliseconds allowed);
  /// Nobody waits for the answer any more.
  void cancelled();

  /// Empty where a complete answer was read.
  [[nodiscard]] const std::optional<model::failure>& failure() const noexcept { return failure_; }
  /// The last time that a byte moved or the connection came about; the start before that.
  [[nodiscard]] model::mono_time last_progress() const noexcept { return last_progress_; }
  [[nodiscard]] std::size_t received_bytes() const noexcept { return received_; }
  /// The connection has not come about yet.
  [[nodiscard]] bool connecting() const noexcept {
    return phase_ == phase::connecting && step_ != exchange_step::finished;
  }
  /// A reused connection ended before any byte of an answer: the peer had closed it, so the request may go out once
  /// more on a fresh one.
  [[nodiscard]] bool was_stale() const noexcept;

 private:
  enum class phase { connecting, asking_proxy, shaking_hands, sending, waiting, reading };

  void fail(model::failure why);

  response_reader& reader_;
  std::string_view request_;
  std::size_t sent_ = 0;
  std::size_t received_ = 0;
  connection_age age_;
  phase phase_;
  exchange_step step_;
  model::mono_time last_progress_;
  std::optional<model::failure> send_failure_;
  std::optional<model::failure> failure_;
};

}  // namespace edge_rollup::net
