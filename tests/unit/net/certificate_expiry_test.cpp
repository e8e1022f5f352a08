#include "net/certificate_expiry.hpp"

#include "net/stream_wait.hpp"
#include "net/system_network.hpp"
#include "runtime/system_clock.hpp"
#include "runtime/task_scope.hpp"
#include "support/certificates.hpp"
#include "support/memory_log.hpp"
#include "support/tls_server.hpp"

#include <boost/asio/io_context.hpp>
#include <catch2/catch_test_macros.hpp>

#include <csignal>

using namespace edge_rollup;
using namespace std::chrono_literals;

namespace {

constexpr model::wall_time end_of_2099 = std::chrono::sys_days{2099y / 12 / 31};
constexpr model::wall_time end_of_9999 = std::chrono::sys_days{9999y / 12 / 31};
constexpr model::wall_time start_of_2021 = std::chrono::sys_days{2021y / 1 / 1};

runtime::task<void> shake_hands(net::byte_stream& stream, net::io_state& ended) {
  while (true) {
    const auto said = stream.try_connect();
    ended = said.state;
    if (said.state != net::io_state::want_read && said.state != net::io_state::want_write) co_return;
    const auto which = said.state == net::io_state::want_read ? net::direction::read : net::direction::write;
    co_await net::wait(stream, which);
  }
}

/// What the network remembers of a server that has shown the certificate.
net::certificate_expiries remembered(const tests::certificates& made, const std::string& certificate) {
  std::signal(SIGPIPE, SIG_IGN);
  tests::tls_server_options options;
  options.certificate = certificate;
  const tests::tls_server server(made, options, 1);
  boost::asio::io_context loop;
  runtime::system_clock time(loop.get_executor());
  tests::memory_log messages;
  net::system_network network(loop.get_executor(), time, messages);
  runtime::task_scope tasks(loop.get_executor(), time);
  const model::url peer{model::url_scheme::https, "localhost", server.port(), "", ""};
  model::tls_options tls;
  tls.ca = made.file("ca.pem");
  const auto stream = network.open({boost::asio::ip::address_v4::loopback(), peer.port}, peer, tls);
  auto ended = net::io_state::failed;
  tasks.spawn(shake_hands(*stream, ended));
  loop.run();
  auto found = network.expiries();
  if (ended == net::io_state::done) REQUIRE(found.begin()->first == "localhost:" + std::to_string(peer.port));
  return found;
}

}  // namespace

TEST_CASE("a certificate file tells until when it is valid") {
  const tests::certificates made;
  CHECK(net::certificate_file_expiry(made.file("good.pem")) == end_of_2099);
  CHECK(net::certificate_file_expiry(made.file("expired.pem")) == start_of_2021);
  CHECK(net::certificate_file_expiry(made.file("endless.pem")) == end_of_9999);
}

TEST_CASE("a file without a certificate is told by its path") {
  const tests::certificates made;
  const auto key = net::certificate_file_expiry(made.file("good.key"));
  REQUIRE_FALSE(key);
  CHECK(key.error().kind == model::error_kind::bad_data);
  CHECK(key.error().text.ends_with("good.key"));
  const auto nothing = net::certificate_file_expiry(made.file("nothing.pem"));
  REQUIRE_FALSE(nothing);
  CHECK(nothing.error().kind == model::error_kind::no_input);
}

TEST_CASE("the certificate of a server is remembered with its end once it was accepted") {
  const tests::certificates made;
  const auto good = remembered(made, "good");
  REQUIRE(good.size() == 1);
  CHECK(good.begin()->second == end_of_2099);
  CHECK(remembered(made, "expired").empty());
}
