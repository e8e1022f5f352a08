#include "edge-stub/programs.hpp"

#include "runtime/system_clock.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/signal_set.hpp>

#include <csignal>
#include <cstdio>
#include <exception>
#include <fstream>

namespace edge_rollup::stub {
namespace {

namespace asio = runtime::asio;
using runtime::as_result;

void say(std::string_view line) {
  fmt::print("{}\n", line);
  std::fflush(stdout);
}

template <class Server>
runtime::task<void> stop_on(asio::signal_set& signals, Server& server) {
  [[maybe_unused]] auto [failed, number] = co_await signals.async_wait(as_result);
  server.stop();
  co_await server.join();
}

template <class Server>
void serve_until_signal(asio::io_context& loop, Server& server) {
  asio::signal_set signals(loop, SIGINT, SIGTERM);
  server.start();
  asio::co_spawn(loop, stop_on(signals, server), [](std::exception_ptr failed) {
    if (failed) std::rethrow_exception(failed);
  });
  loop.run();
}

/// OpenSSL would raise it where a peer has hung up.
void ignore_broken_pipes(const tls_files& files) {
  if (!files.empty()) std::signal(SIGPIPE, SIG_IGN);
}

model::result<void> write_lines(const std::string& file, const std::vector<std::string>& lines) {
  std::ofstream out(file);
  for (const auto& line : lines) out << line << '\n';
  out.close();
  if (!out) return model::fail(model::error_kind::disk, fmt::format("cannot write {}", file));
  return {};
}

}  // namespace

model::result<void> run_nodes(const node_options& options, const std::string& nodes_file) {
  asio::io_context loop(1);
  runtime::system_clock time(loop.get_executor());
  node_server server(loop, time, options);
  if (auto up = server.listen(); !up) return up;
  ignore_broken_pipes(options.tls);
  const auto urls = server.urls();
  if (nodes_file.empty()) {
    say(fmt::format("{}", fmt::join(urls, "\n")));
  } else {
    if (auto written = write_lines(nodes_file, urls); !written) return written;
    say(fmt::format("{} nodes in {}", urls.size(), nodes_file));
  }
  serve_until_signal(loop, server);
  return {};
}

model::result<void> run_ingest(const ingest_options& options) {
  asio::io_context loop(1);
  runtime::system_clock time(loop.get_executor());
  ingest_server server(loop, time, options, [](const receipt& noted) { say(summary_line(noted)); });
  if (auto up = server.listen(); !up) return up;
  ignore_broken_pipes(options.tls);
  say(server.url());
  serve_until_signal(loop, server);
  return {};
}

}  // namespace edge_rollup::stub
