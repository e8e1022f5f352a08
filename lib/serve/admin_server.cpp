#include "serve/admin_server.hpp"

#include "net/conditional.hpp"
#include "serve/asset_answer.hpp"
#include "serve/listen_address.hpp"
#include "wire/json_writer.hpp"

#include <boost/asio/ip/address.hpp>

#include <utility>

namespace edge_rollup::serve {
namespace {

using runtime::task;

constexpr std::string_view busy_pause_s = "1";  // until somebody who was refused may ask again
constexpr std::string_view metrics_type = "text/plain; version=0.0.4; charset=utf-8";

net::server_limits limits_of(const admin_parts& parts) {
  net::server_limits limits;
  limits.connections = parts.connections;
  return limits;
}

access_rules rules_for(const admin_parts& parts, const admin_options& options) {
  access_rules made;
  made.names = {"localhost", "127.0.0.1", "::1", options.listen->host, canonical_host(parts.host_name)};
  made.names.insert(made.names.end(), options.hosts.begin(), options.hosts.end());
  if (options.listen->is_any()) made.addresses = access_rules::literals::all;
  return made;
}

net::http_response refusal_of(const net::request_refusal& refused) {
  return problem(refused.status, refused.detail);
}

net::http_response busy(std::string_view detail) {
  auto made = problem(503, detail);
  made.fields.emplace_back("Retry-After", busy_pause_s);
  return made;
}

}  // namespace

admin_server::admin_server(admin_parts parts, admin_options options)
    : parts_(std::move(parts)),
      options_(std::move(options)),
      access_(rules_for(parts_, options_)),
      server_(
          parts_.loop, parts_.time, limits_of(parts_),
          [this](net::received_request request) { return serve(std::move(request)); }, refusal_of) {}

model::result<void> admin_server::listen(std::string admin_token) {
  if (options_.token) {
    auto token = secrets_.value_of(*options_.token);
    if (!token) return std::unexpected(std::move(token.error()));
    if (token->empty()) return model::fail(model::error_kind::config, "listen_token is empty: everybody would have it");
    access_.listen_token = std::move(*token);
  }
  if (!admin_token.empty()) access_.admin_token = std::move(admin_token);
  const auto where = boost::asio::ip::make_address(options_.listen->host);
  return server_.listen({where, options_.listen->port});
}

std::string admin_server::url() const {
  auto reached = *options_.listen;
  reached.port = server_.address().port();
  if (reached.is_any()) reached.host = reached.host == "::" ? "::1" : "127.0.0.1";
  return "http://" + to_string(reached);
}

task<net::http_response> admin_server::serve(net::received_request request) {
  auto made = co_await answer_to(request);
  co_return net::unless_held(request, std::move(made));
}

task<net::http_response> admin_server::answer_to(const net::received_request& request) {
  auto asked = find_route(request);
  read_token_again();
  auto refused = access_.refuse(request, asked ? asked->demands : asked.error().demands);
  if (refused) co_return std::move(*refused);
  if (!asked) co_return std::move(asked.error().answer);
  if (asked->to == page::asset) co_return asset_answer(asked->argument, request);
  if (asked->to == page::description) co_return asset_answer("openapi.json", request);
  if (asked->to == page::metrics) {
    auto told = co_await tell_metrics();
    co_return told;
  }
  if (takes_long(*asked)) {
    auto told = co_await tell_nodes(std::move(*asked));
    co_return told;
  }
  if (asked->to == page::events) co_return tell_events(request);
  if (asked->to == page::reload) {
    auto done = co_await reload();
    co_return done;
  }
  if (asked->to == page::round) {
    auto begun = co_await begin_round();
    co_return begun;
  }
  co_return answer_from(parts_.look(), *asked);
}

net::http_response admin_server::tell_events(const net::received_request& request) {
  auto listener = parts_.events.listen(request.field("last-event-id"));
  if (!listener) return busy("too many listen to events at once");
  auto made = answer("text/event-stream", {});
  made.live = std::move(listener);
  return made;
}

task<net::http_response> admin_server::tell_metrics() {
  auto text = co_await parts_.write_metrics();
  auto made = answer(metrics_type, {});
  made.shared_body = std::move(text);
  co_return made;
}

task<net::http_response> admin_server::tell_nodes(route asked) {
  if (node_pages_ >= most_node_pages) co_return busy("too many ask for pages of nodes at once");
  const auto seen = parts_.look();
  auto write = [this, board = seen.nodes, instance = seen.facts.instance, asked = std::move(asked)] {
    return stopped_ ? problem(503, "the daemon is ending") : answer_from(board, instance, asked);
  };
  ++node_pages_;
  auto made = co_await worker_.run(std::move(write));
  --node_pages_;
  co_return made;
}

task<net::http_response> admin_server::reload() {
  auto done = co_await parts_.actions.reload();
  if (!done) co_return problem(done.error().kind == model::error_kind::config ? 422 : 409, done.error().text);
  std::string body;
  wire::json_writer(body).begin_object().key("text").text(*done).end_object();
  co_return answer(json_type, std::move(body));
}

task<net::http_response> admin_server::begin_round() {
  auto begun = co_await parts_.actions.start_round();
  if (!begun) co_return problem(409, begun.error().text);
  std::string body;
  wire::json_writer(body).begin_object().key("number").integer(*begun).end_object();
  constexpr int accepted = 202;
  co_return answer(json_type, std::move(body), accepted);
}

/// A token in a file counts from the moment the file has changed; one that cannot be read any more stays.
void admin_server::read_token_again() {
  if (!options_.token) return;
  auto token = secrets_.value_of(*options_.token);
  if (token && !token->empty()) access_.listen_token = std::move(*token);
}

}  // namespace edge_rollup::serve
