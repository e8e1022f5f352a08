#include "net/http_exchange.hpp"

#include <catch2/catch_test_macros.hpp>

#include <functional>
#include <string>
#include <vector>

using namespace edge_rollup;
using namespace std::chrono_literals;
using model::failure_kind;
using net::connection_age;
using net::exchange_step;
using net::http_exchange;
using net::io_state;

namespace {

const model::mono_time start{1h};
const std::string request = "GET / HTTP/1.1\r\n\r\n";
const std::string answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi";

struct fixture {
  net::response_reader reader;
  http_exchange exchange;
  explicit fixture(connection_age age) : exchange(reader, request, age, start) {}
};

using event = std::function<void(http_exchange&)>;

event connects(io_state state) {
  return [state](http_exchange& x) { x.connected({state, 0}, start + 1s); };
}
event writes(io_state state, std::size_t count = 0) {
  return [=](http_exchange& x) { x.wrote({state, count}, start + 2s); };
}
event reads(io_state state, std::string bytes = "") {
  return [state, bytes](http_exchange& x) { x.received({state, bytes.size()}, bytes, start + 3s); };
}
event breaks(failure_kind kind) {
  return [kind](http_exchange& x) { x.broke({kind, "it broke", {}}); };
}
const event is_ready = [](http_exchange& x) { x.ready(); };
const event times_out = [](http_exchange& x) { x.expired(5s); };
const event is_cancelled = [](http_exchange& x) { x.cancelled(); };

struct step {
  event happens;
  exchange_step next;
};

struct script {
  const char* name;
  connection_age age;
  std::vector<step> steps;
  std::optional<failure_kind> failure;
  std::string says;
  bool stale = false;
};

const auto fresh = connection_age::fresh;
const auto reused = connection_age::reused;
const auto sent = writes(io_state::done, request.size());

const std::vector<script> scripts = {
    {"the plain way",
     fresh,
     {{connects(io_state::want_write), exchange_step::wait_writable},
      {is_ready, exchange_step::connect},
      {connects(io_state::done), exchange_step::write},
      {sent, exchange_step::wait_readable},
      {is_ready, exchange_step::read},
      {reads(io_state::done, answer), exchange_step::finished}},
     {},
     ""},
    {"a request that goes out in two pieces",
     fresh,
     {{connects(io_state::done), exchange_step::write},
      {writes(io_state::done, 3), exchange_step::write},
      {writes(io_state::want_write), exchange_step::wait_writable},
      {is_ready, exchange_step::write},
      {writes(io_state::done, request.size() - 3), exchange_step::wait_readable}},
     {},
     ""},
    {"an answer in two pieces",
     fresh,
     {{connects(io_state::done), exchange_step::write},
      {sent, exchange_step::wait_readable},
      {is_ready, exchange_step::read},
      {reads(io_state::done, answer.substr(0, 20)), exchange_step::read},
      {reads(io_state::want_read), exchange_step::wait_readable},
      {is_ready, exchange_step::read},
      {reads(io_state::done, answer.substr(20)), exchange_step::finished}},
     {},
     ""},
    {"a handshake that reads and writes",
     fresh,
     {{connects(io_state::want_read), exchange_step::wait_readable},
      {is_ready, exchange_step::connect},
      {connects(io_state::want_write), exchange_step::wait_writable},
      {is_ready, exchange_step::connect},
      {connects(io_state::done), exchange_step::write}},
     {},
     ""},
    {"a reused connection writes at once", reused, {{sent, exchange_step::wait_readable}}, {}, ""},
    {"a refused connection",
     fresh,
     {{connects(io_state::failed), exchange_step::connect}, {breaks(failure_kind::connect), exchange_step::finished}},
     failure_kind::connect,
     "it broke"},
    {"a reused connection that the peer had closed",
     reused,
     {{sent, exchange_step::wait_readable},
      {is_ready, exchange_step::read},
      {reads(io_state::closed), exchange_step::finished}},
     failure_kind::reset,
     "before any answer",
     true},
    {"a reused connection that breaks while the request is sent",
     reused,
     {{writes(io_state::failed), exchange_step::write},
      {breaks(failure_kind::reset), exchange_step::read},
      {reads(io_state::failed), exchange_step::read},
      {breaks(failure_kind::reset), exchange_step::finished}},
     failure_kind::reset,
     "it broke",
     true},
    {"a reused connection that breaks in the answer is not stale",
     reused,
     {{sent, exchange_step::wait_readable},
      {is_ready, exchange_step::read},
      {reads(io_state::done, "HTTP"), exchange_step::read},
      {breaks(failure_kind::reset), exchange_step::finished}},
     failure_kind::reset,
     "it broke"},
    {"an early answer counts although the request did not go out whole",
     fresh,
     {{connects(io_state::done), exchange_step::write},
      {writes(io_state::done, 3), exchange_step::write},
      {writes(io_state::failed), exchange_step::write},
      {breaks(failure_kind::reset), exchange_step::read},
      {reads(io_state::done, answer), exchange_step::finished}},
     {},
     ""},
    {"without an early answer the failed write is what is told",
     fresh,
     {{connects(io_state::done), exchange_step::write},
      {writes(io_state::failed), exchange_step::write},
      {breaks(failure_kind::reset), exchange_step::read},
      {reads(io_state::closed), exchange_step::finished}},
     failure_kind::reset,
     "it broke"},
    {"a write that failed on this side, on a connection that lives",
     fresh,
     {{connects(io_state::done), exchange_step::write},
      {writes(io_state::failed), exchange_step::write},
      {breaks(failure_kind::reset), exchange_step::read},
      {reads(io_state::want_read), exchange_step::finished}},
     failure_kind::reset,
     "it broke"},
    {"an early answer that has begun is waited for after a failed write",
     fresh,
     {{connects(io_state::done), exchange_step::write},
      {writes(io_state::failed), exchange_step::write},
      {breaks(failure_kind::reset), exchange_step::read},
      {reads(io_state::done, answer.substr(0, 20)), exchange_step::read},
      {reads(io_state::want_read), exchange_step::wait_readable},
      {is_ready, exchange_step::read},
      {reads(io_state::done, answer.substr(20)), exchange_step::finished}},
     {},
     ""},
    {"a broken answer",
     fresh,
     {{connects(io_state::done), exchange_step::write},
      {sent, exchange_step::wait_readable},
      {is_ready, exchange_step::read},
      {reads(io_state::done, "hello"), exchange_step::finished}},
     failure_kind::protocol,
     "not an HTTP/1.x answer"},
    {"time is up while connecting",
     fresh,
     {{connects(io_state::want_write), exchange_step::wait_writable}, {times_out, exchange_step::finished}},
     failure_kind::timeout,
     "timed out after 5 s while connecting"},
    {"time is up while a proxy says nothing to CONNECT",
     fresh,
     {{connects(io_state::want_write), exchange_step::wait_writable},
      {is_ready, exchange_step::connect},
      {connects(io_state::want_proxy), exchange_step::wait_readable},
      {is_ready, exchange_step::connect},
      {connects(io_state::want_proxy), exchange_step::wait_readable},
      {times_out, exchange_step::finished}},
     failure_kind::timeout,
     "timed out after 5 s while waiting for the proxy's answer to CONNECT"},
    {"time is up in the TLS handshake",
     fresh,
     {{connects(io_state::want_write), exchange_step::wait_writable},
      {is_ready, exchange_step::connect},
      {connects(io_state::want_read), exchange_step::wait_readable},
      {times_out, exchange_step::finished}},
     failure_kind::timeout,
     "timed out after 5 s while shaking hands in TLS"},
    {"a TLS alert that broke the sending",
     fresh,
     {{connects(io_state::done), exchange_step::write},
      {breaks(failure_kind::reset), exchange_step::read},
      {breaks(failure_kind::tls), exchange_step::finished}},
     failure_kind::tls,
     "it broke"},
    {"time is up while sending",
     fresh,
     {{connects(io_state::done), exchange_step::write},
      {writes(io_state::want_write), exchange_step::wait_writable},
      {times_out, exchange_step::finished}},
     failure_kind::timeout,
     "timed out after 5 s while sending the request"},
    {"time is up while waiting",
     fresh,
     {{connects(io_state::done), exchange_step::write},
      {sent, exchange_step::wait_readable},
      {times_out, exchange_step::finished}},
     failure_kind::timeout,
     "timed out after 5 s while waiting for the answer"},
    {"time is up while reading",
     fresh,
     {{connects(io_state::done), exchange_step::write},
      {sent, exchange_step::wait_readable},
      {is_ready, exchange_step::read},
      {reads(io_state::done, answer.substr(0, 20)), exchange_step::read},
      {times_out, exchange_step::finished}},
     failure_kind::timeout,
     "while reading the answer, of which 20 bytes came"},
    {"an answer that is complete in the tick of its timeout counts",
     fresh,
     {{connects(io_state::done), exchange_step::write},
      {sent, exchange_step::wait_readable},
      {is_ready, exchange_step::read},
      {reads(io_state::done, answer), exchange_step::finished},
      {times_out, exchange_step::finished},
      {is_cancelled, exchange_step::finished}},
     {},
     ""},
    {"shutdown",
     fresh,
     {{connects(io_state::want_write), exchange_step::wait_writable},
      {is_cancelled, exchange_step::finished},
      {is_ready, exchange_step::finished}},
     failure_kind::cancelled,
     "cut short by shutdown"},
};

}  // namespace

TEST_CASE("an exchange goes its way step by step") {
  for (const auto& row : scripts) {
    INFO(row.name);
    fixture x(row.age);
    CHECK(x.exchange.next() == (row.age == fresh ? exchange_step::connect : exchange_step::write));
    for (std::size_t i = 0; i < row.steps.size(); ++i) {
      INFO("step " << i + 1);
      row.steps[i].happens(x.exchange);
      REQUIRE(x.exchange.next() == row.steps[i].next);
    }
    REQUIRE(x.exchange.failure().has_value() == row.failure.has_value());
    CHECK(x.exchange.was_stale() == row.stale);
    if (!row.failure) continue;
    CHECK(x.exchange.failure()->kind == *row.failure);
    INFO(x.exchange.failure()->message);
    CHECK(x.exchange.failure()->message.find(row.says) != std::string::npos);
  }
}

TEST_CASE("progress is the last time that something moved") {
  fixture x(fresh);
  CHECK(x.exchange.last_progress() == start);
  connects(io_state::want_write)(x.exchange);
  CHECK(x.exchange.last_progress() == start);
  connects(io_state::done)(x.exchange);
  CHECK(x.exchange.last_progress() == start + 1s);
  sent(x.exchange);
  CHECK(x.exchange.last_progress() == start + 2s);
  reads(io_state::done, "HTTP")(x.exchange);
  CHECK(x.exchange.last_progress() == start + 3s);
  CHECK(x.exchange.received_bytes() == 4);
}
