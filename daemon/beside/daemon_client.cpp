#include "daemon/beside/daemon_client.hpp"

#include "deliver/retry_after.hpp"
#include "wire/problem_json.hpp"
#include "wire/url.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <csignal>
#include <utility>

namespace edge_rollup::daemon {
namespace {

using model::error_kind;
using runtime::task;

constexpr std::string_view user_agent = "edge-rollup/" EDGE_ROLLUP_VERSION;

net::http_limits limits() {
  net::http_limits made;
  made.kept_body = daemon_client::largest_answer;
  made.read_body = daemon_client::largest_answer;
  made.progress_timeout = daemon_client::patience;
  return made;
}

}  // namespace

daemon_client::daemon_client(daemon_place place, observe::log& messages)
    : here_(messages),
      place_(std::move(place)),
      connection_(here_.loop.get_executor(), here_.time, here_.network, limits()),
      pause_(here_.time.make_timer()),
      signals_(here_.loop, SIGINT, SIGTERM) {}

model::result<std::string> daemon_client::ask(std::string_view method, std::string_view path) {
  const auto request = request_for(method, path);
  outcome came;
  run(send(request, came));
  for (std::size_t asked = 1; asked < most_asks && !interrupted_; ++asked) {
    const auto busy = pause_of_busy(came);
    if (!busy) break;
    pause(*busy);
    run(send(request, came));
  }
  return judged(std::move(came), path);
}

std::optional<model::seconds> daemon_client::pause_of_busy(const outcome& came) const {
  constexpr int unavailable = 503;
  if (!came || came->status != unavailable) return std::nullopt;
  const auto told =
      deliver::parse_retry_after(came->header("retry-after"), came->header("date"), here_.time.wall_now());
  return told ? std::optional(std::min(*told, longest_pause)) : std::nullopt;
}

net::http_request daemon_client::request_for(std::string_view method, std::string_view path) const {
  net::http_request request;
  request.method = method;
  request.target = place_.base;
  const auto query = path.find('?');
  request.target.path += path.substr(0, query);
  request.target.query = query == std::string_view::npos ? "" : path.substr(query + 1);
  request.headers = {{"User-Agent", std::string(user_agent)}};
  if (place_.token) request.headers.emplace_back("Authorization", "Bearer " + *place_.token);
  return request;
}

model::result<std::string> daemon_client::judged(outcome came, std::string_view path) const {
  const auto base = wire::to_string(place_.base);
  if (!came) {
    return model::fail(error_kind::unavailable,
                       fmt::format("no daemon answers at {}: {}; start one with edge-rollup run and `listen` on, or "
                                   "say with --url where it listens",
                                   base, came.error().failure.message));
  }
  if (came->status / 100 == 2 && !came->body_cut) return std::move(came->body);
  if (came->status == 401 || (came->status == 403 && !place_.token)) {
    return model::fail(error_kind::permission,
                       fmt::format("the daemon at {} wants its token{}: set EDGE_ROLLUP_LISTEN_TOKEN or --token-file",
                                   base, place_.token ? ", which is another one" : ""));
  }
  const auto words = wire::problem_text(came->body);
  return model::fail(error_kind::unavailable,
                     fmt::format("{} answers {} to {}{}{}", base, came->status, path, words.empty() ? "" : ": ",
                                 words.empty() ? "; is that an edge-rollup?" : words));
}

void daemon_client::pause(model::milliseconds time) {
  run(wait(here_.time.now() + time));
}

void daemon_client::run(task<void> work) {
  if (interrupted_) return;
  runtime::task_scope tasks(here_.loop.get_executor(), here_.time);
  here_.loop.restart();
  tasks.spawn(end_at_interrupt());
  tasks.spawn(std::move(work));
  here_.loop.run();
}

task<void> daemon_client::end_at_interrupt() {
  auto [error, signal] = co_await signals_.async_wait(runtime::as_result);
  if (error) co_return;
  interrupted_ = true;
  connection_.cancel();
  pause_->cancel();
}

task<void> daemon_client::send(const net::http_request& request, outcome& came) {
  came = co_await connection_.send(request);
  signals_.cancel();
}

task<void> daemon_client::wait(model::mono_time until) {
  [[maybe_unused]] auto ended = co_await pause_->wait_until(until);
  signals_.cancel();
}

}  // namespace edge_rollup::daemon
