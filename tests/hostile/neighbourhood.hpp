// Nodes that are asked over the real network, with a healthy neighbour in front of them and one behind.
#pragma once

#include "hostile/scripted_peer.hpp"

#include "model/failure.hpp"
#include "model/node.hpp"
#include "model/poll_outcome.hpp"
#include "model/summary.hpp"
#include "model/time.hpp"
#include "net/system_network.hpp"
#include "poll/poll_options.hpp"
#include "poll/poller.hpp"
#include "runtime/system_clock.hpp"
#include "support/memory_log.hpp"

#include <boost/asio/io_context.hpp>

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace edge_rollup::tests {

/// Long enough for whatever answers at all, on a busy machine and under sanitizers.
inline constexpr std::chrono::seconds patient_timeout{10};
/// Of nodes that never come to an end.
inline constexpr std::chrono::milliseconds short_timeout{300};

/// What a node is expected to come to.
struct expectation {
  std::optional<model::failure_kind> failure;  ///< empty: it is ok
  std::string says;                            ///< part of the failure's message
  model::summary summary = {.record_count = 5, .quality_score = 0.5, .last_updated = {}, .last_updated_at = {}};
};

/// "HTTP/1.1 200 OK" with a Content-Length and this body.
[[nodiscard]] std::string ok_answer(std::string_view body);

/// Operation: `add` nodes, then `run_round` as often as wanted; connections are kept between rounds where the options
///            say so. `check_round` runs one and holds it against what was expected of each node: the neighbours have
///            their exact summaries, the round took about one timeout where a node hangs and hardly any time otherwise,
///            the rollup is the exact sum, its body is JSON, and each log line is one line.
class neighbourhood {
 public:
  explicit neighbourhood(poll::poll_options options = {});

  model::node& add(const std::string& url);
  void check_round(const std::vector<expectation>& expected);

 private:
  struct round;

  [[nodiscard]] round run_round();
  static runtime::task<void> ask(neighbourhood& self, round& made);

  scripted_peer first_, last_;
  boost::asio::io_context loop_;
  runtime::system_clock clock_{loop_.get_executor()};
  memory_log messages_;
  net::system_network network_;
  poll::poll_options options_;
  std::vector<model::node> nodes_;  ///< with the neighbours, once a round has run
  std::unique_ptr<poll::poller> poller_;
};

}  // namespace edge_rollup::tests
