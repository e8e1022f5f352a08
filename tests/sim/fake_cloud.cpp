// A connection that was kept from better times fails like a new one: what a mood does to connecting, it does to the
// requests on old connections too.
#include "sim/fake_cloud.hpp"

#include "wire/http_date.hpp"

#include <fmt/format.h>

#include <string_view>
#include <utility>

namespace edge_rollup::sim {
namespace {

using tests::piece;
using tests::piece_end;

constexpr const char* address = "203.0.113.7";  // not loopback: a web page in place of an answer must hold
constexpr std::uint16_t port = 80;
constexpr model::seconds retry_after{1'200};

std::string between(std::string_view text, std::string_view before, std::string_view after) {
  const auto begin = text.find(before);
  if (begin == std::string_view::npos) return {};
  const auto from = begin + before.size();
  return std::string(text.substr(from, text.find(after, from) - from));
}

std::string answer_text(std::string_view status_and_fields, std::string_view body = {}) {
  return fmt::format("HTTP/1.1 {}\r\nContent-Length: {}\r\n\r\n{}", status_and_fields, body.size(), body);
}

}  // namespace

fake_cloud::fake_cloud(tests::fake_network& network, tests::virtual_clock& time)
    : time_(time), host_(network.hosts[{address, port}]), began_wall_(time.wall_now()), began_(time.now()) {
  host_.connect_time = model::milliseconds{10};
  host_.answer = [this](const std::string& request) { return answer(request); };
}

model::url fake_cloud::url() {
  model::url where;
  where.host = address;
  where.port = port;
  where.path = "/v1/rollups";
  return where;
}

void fake_cloud::become(cloud_mood mood) {
  mood_ = mood;
  host_.connecting = tests::on_connect::accept;
  if (mood == cloud_mood::refuses) host_.connecting = tests::on_connect::refuse;
  if (mood == cloud_mood::ignores) host_.connecting = tests::on_connect::ignore;
}

std::vector<piece> fake_cloud::answer(const std::string& request) {
  arrival came;
  came.at = time_.now();
  came.key = between(request, "\r\nIdempotency-Key: ", "\r\n");
  came.authorization = between(request, "\r\nAuthorization: ", "\r\n");
  came.body = request.substr(request.find("\r\n\r\n") + 4);
  came.sequence = std::stoull(between(came.body, "\"sequence\":", ","));
  auto said = take(came);
  arrivals.push_back(std::move(came));
  return said;
}

std::vector<piece> fake_cloud::take(arrival& came) {
  const auto answered = [this](std::string text) { return std::vector<piece>{{latency, std::move(text)}}; };
  if (token && came.authorization != "Bearer " + *token) return answered(answer_text("401 Unauthorized"));
  switch (mood_) {
    case cloud_mood::ignores:
    case cloud_mood::silent: return {};
    case cloud_mood::refuses: return {{latency, "", piece_end::reset}};
    case cloud_mood::garbles: return answered("it works!\r\n\r\n");
    case cloud_mood::busy: return answered(answer_text("503 Service Unavailable"));
    case cloud_mood::busy_for_seconds:
      return answered(answer_text(fmt::format("503 Service Unavailable\r\nRetry-After: {}", retry_after.count())));
    case cloud_mood::busy_until_date: return answered(busy_until_date());
    case cloud_mood::refuses_all: return answered(answer_text("422 Unprocessable Content"));
    case cloud_mood::unauthorized: return answered(answer_text("401 Unauthorized"));
    case cloud_mood::portal: return answered(answer_text("200 OK\r\nContent-Type: text/html", "<html>sign in</html>"));
    case cloud_mood::overloaded:
      if (overload_() % 2 == 0) return answered(answer_text("503 Service Unavailable"));
      break;
    case cloud_mood::healthy:
    case cloud_mood::loses_acks: break;
  }
  came.taken = !poison.contains(came.sequence);
  if (mood_ == cloud_mood::loses_acks) {
    ++lost_acks;
    return {{latency, "", piece_end::reset}};
  }
  return answered(answer_text(came.taken ? "202 Accepted" : "422 Unprocessable Content"));
}

/// The cloud's own clock does not follow the steps of the gateway's.
std::string fake_cloud::busy_until_date() const {
  const auto now = began_wall_ + std::chrono::floor<model::milliseconds>(time_.now() - began_);
  return answer_text(fmt::format("503 Service Unavailable\r\nDate: {}\r\nRetry-After: {}", wire::format_http_date(now),
                                 wire::format_http_date(now + retry_after)));
}

}  // namespace edge_rollup::sim
