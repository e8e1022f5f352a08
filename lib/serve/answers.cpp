#include "serve/answers.hpp"

#include "wire/json_writer.hpp"

#include <utility>

namespace edge_rollup::serve {
namespace {

constexpr std::string_view content_policy =
    "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

void write_checks(wire::json_writer& out, const std::vector<check>& checks) {
  out.key("checks").begin_array();
  for (const auto& each : checks) {
    out.begin_object().key("name").text(each.name).key("ok").boolean(each.is == check::state::ok);
    out.key("text").text(each.text).end_object();
  }
  out.end_array();
}

}  // namespace

net::http_response answer(std::string_view content_type, std::string body, int status) {
  net::http_response made;
  made.status = status;
  made.fields = {{"Content-Type", std::string(content_type)},
                 {"Cache-Control", "no-store"},
                 {"Content-Security-Policy", std::string(content_policy)},
                 {"Cross-Origin-Resource-Policy", "same-origin"},
                 {"Referrer-Policy", "no-referrer"},
                 {"X-Content-Type-Options", "nosniff"}};
  made.body = std::move(body);
  return made;
}

net::http_response readiness(const std::vector<check>& checks) {
  for (const auto& each : checks) {
    if (each.is == check::state::failing) return problem(503, std::string(each.name) + ": " + each.text, checks);
  }
  std::string body;
  wire::json_writer out(body);
  out.begin_object().key("status").text("ok");
  write_checks(out, checks);
  out.end_object();
  return answer(json_type, std::move(body));
}

net::http_response problem(int status, std::string_view detail, const std::vector<check>& checks) {
  std::string body;
  wire::json_writer out(body);
  out.begin_object().key("type").text("about:blank").key("title").text(net::reason_phrase(status));
  out.key("status").integer(status).key("detail").text(detail);
  if (!checks.empty()) write_checks(out, checks);
  out.end_object();
  return answer("application/problem+json", std::move(body), status);
}

}  // namespace edge_rollup::serve
