#include "net/tls_contexts.hpp"

#include "support/certificates.hpp"
#include "support/memory_log.hpp"
#include "support/tls_server.hpp"
#include "support/virtual_clock.hpp"

#include <openssl/ssl.h>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <catch2/catch_test_macros.hpp>

#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <string>

using namespace edge_rollup;
using namespace std::chrono_literals;
using std::filesystem::copy_options;

namespace {

struct fixture {
  tests::certificates made;
  boost::asio::io_context loop;
  tests::virtual_clock clock{loop};
  tests::memory_log messages;
  net::tls_contexts contexts{clock, messages};
};

const std::string peer = "localhost:8443";

/// With a server that shows the certificate, as if it were `peer`.
void shake_hands(fixture& f, const model::tls_options& options, const std::string& certificate) {
  std::signal(SIGPIPE, SIG_IGN);  // the server says goodbye to nobody
  tests::tls_server server(f.made, {.certificate = certificate}, 1);
  boost::asio::ip::tcp::socket socket(f.loop);
  socket.connect({boost::asio::ip::address_v4::loopback(), server.port()});
  const auto context = f.contexts.context_for(options);
  REQUIRE(context);
  net::tls_handshake handshake({model::url_scheme::https, "localhost", 8443, "", ""});
  const auto connection = (*context)->connection(handshake);
  REQUIRE(SSL_set_fd(connection.get(), socket.native_handle()) == 1);
  REQUIRE(SSL_connect(connection.get()) == 1);
  (*context)->established(*connection, handshake);
}

int year_of_expiry(const fixture& f) {
  const auto all = f.contexts.expiries();
  REQUIRE(all.contains(peer));
  const auto day = std::chrono::floor<std::chrono::days>(all.at(peer));
  return static_cast<int>(std::chrono::year_month_day(day).year());
}

}  // namespace

TEST_CASE("options that are alike share a context, others have their own") {
  fixture f;
  const auto first = f.contexts.context_for({f.made.file("ca.pem"), "", ""});
  REQUIRE(first);
  CHECK(f.contexts.context_for({f.made.file("ca.pem"), "", ""}) == first);
  CHECK(f.contexts.context_for({f.made.file("stranger.pem"), "", ""}) != first);
}

TEST_CASE("a changed file makes a new context, a broken one leaves it as it was with one warning") {
  fixture f;
  const auto path = f.made.file("own.pem");
  const model::tls_options options{path, "", ""};
  std::filesystem::copy_file(f.made.file("ca.pem"), path);
  const auto first = f.contexts.context_for(options);
  REQUIRE(first);

  std::filesystem::copy_file(f.made.file("stranger.pem"), path, copy_options::overwrite_existing);
  CHECK(f.contexts.context_for(options) == first);  // not looked at all the time
  f.clock.advance(net::tls_file_pause);
  const auto second = f.contexts.context_for(options);
  REQUIRE(second);
  CHECK(second != first);

  std::ofstream(path) << "half of it";
  for (int round = 0; round < 3; ++round) {
    f.clock.advance(net::tls_file_pause);
    CHECK(f.contexts.context_for(options) == second);
  }
  CHECK(f.messages.count(path) == 1);

  std::filesystem::copy_file(f.made.file("ca.pem"), path, copy_options::overwrite_existing);
  f.clock.advance(net::tls_file_pause);
  const auto third = f.contexts.context_for(options);
  REQUIRE(third);
  CHECK(third != second);
}

TEST_CASE("options that cannot be used at first are tried again once their files have changed") {
  fixture f;
  const auto path = f.made.file("late.pem");
  const model::tls_options options{path, "", ""};
  CHECK(f.contexts.context_for(options).error().kind == model::error_kind::no_input);
  std::filesystem::copy_file(f.made.file("ca.pem"), path);
  f.clock.advance(net::tls_file_pause);
  CHECK(f.contexts.context_for(options));
}

TEST_CASE("of a server counts the certificate seen with the options in use, whatever those before a reload had seen") {
  for (const auto& [before, after] : {std::pair{"a.pem", "b.pem"}, std::pair{"b.pem", "a.pem"}}) {
    INFO(before << " before, " << after << " after");
    fixture f;
    for (const auto* const name : {"a.pem", "b.pem"}) {
      std::filesystem::copy_file(f.made.file("ca.pem"), f.made.file(name), copy_options::overwrite_existing);
    }
    const model::tls_options first{f.made.file(before), "", ""};
    const model::tls_options second{f.made.file(after), "", ""};
    CHECK(f.contexts.expiries().empty());
    shake_hands(f, first, "good");
    CHECK(year_of_expiry(f) == 2099);
    f.clock.advance(net::tls_file_pause);
    shake_hands(f, second, "endless");
    CHECK(year_of_expiry(f) == 9999);
    f.clock.advance(net::tls_file_pause);
    shake_hands(f, first, "good");  // and back again
    CHECK(year_of_expiry(f) == 2099);
  }
}

TEST_CASE("a renewed certificate of a server counts from its next handshake on") {
  fixture f;
  const model::tls_options options{f.made.file("ca.pem"), "", ""};
  shake_hands(f, options, "good");
  shake_hands(f, options, "endless");
  CHECK(year_of_expiry(f) == 9999);
}
