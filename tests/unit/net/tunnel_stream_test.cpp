#include "net/tunnel_stream.hpp"

#include "net/stream_wait.hpp"
#include "support/await.hpp"

#include <boost/asio/io_context.hpp>
#include <catch2/catch_test_macros.hpp>

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <string>
#include <thread>

using namespace edge_rollup;
using net::io_state;

namespace {

/// A proxy that reads once, gives one answer and closes, on a thread of its own.
class one_answer {
 public:
  explicit one_answer(std::string answer) : listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    ::sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    ::socklen_t size = sizeof address;
    REQUIRE(::bind(listener_, reinterpret_cast<::sockaddr*>(&address), size) == 0);
    REQUIRE(::listen(listener_, 1) == 0);
    REQUIRE(::getsockname(listener_, reinterpret_cast<::sockaddr*>(&address), &size) == 0);
    port_ = ntohs(address.sin_port);
    thread_ = std::jthread([this, said = std::move(answer)] {
      const int socket = ::accept(listener_, nullptr, nullptr);
      std::array<char, 4096> request{};
      const auto got = ::recv(socket, request.data(), request.size(), 0);
      if (got > 0) request_.assign(request.data(), static_cast<std::size_t>(got));
      [[maybe_unused]] const auto sent = ::send(socket, said.data(), said.size(), MSG_NOSIGNAL);
      ::close(socket);
    });
  }
  one_answer(const one_answer&) = delete;
  one_answer& operator=(const one_answer&) = delete;
  ~one_answer() {
    thread_.join();
    ::close(listener_);
  }

  boost::asio::ip::tcp::endpoint address() const { return {boost::asio::ip::address_v4::loopback(), port_}; }
  const std::string& request() {
    thread_.join();
    thread_ = std::jthread([] {});
    return request_;
  }

 private:
  int listener_;
  std::uint16_t port_ = 0;
  std::string request_;
  std::jthread thread_;
};

runtime::task<net::io_state> connected(net::tunnel_stream& stream) {
  for (;;) {
    const auto said = stream.try_connect();
    if (said.state == io_state::want_proxy) {
      co_await net::wait(stream, net::direction::read);
    } else if (said.state == io_state::want_write) {
      co_await net::wait(stream, net::direction::write);
    } else {
      co_return said.state;
    }
  }
}

}  // namespace

TEST_CASE("a tunnel is open after any 2xx, and closed as the proxy says") {
  struct row {
    const char *answer, *failure;
  };
  for (const auto& [answer, failure] :
       {row{"HTTP/1.1 200 Connection established\r\n\r\n", ""}, row{"HTTP/1.0 200 OK\r\nVia: proxy\r\n\r\n", ""},
        row{"HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic\r\nContent-Length: 5\r\n\r\nlogin",
            "the proxy answers 407 Proxy Authentication Required"},
        row{"HTTP/1.1 502 Bad\r\n\r\n", "the proxy answers 502 Bad"},
        row{"", "the proxy closed the connection before it answered CONNECT"},
        row{"SSH-2.0\r\n", "the proxy's answer to CONNECT: not an HTTP/1.x answer: \"SSH-2.0\""},
        row{"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\nhello", "bytes behind the proxy's answer to CONNECT"},
        row{"HTTP/1.1 204 No Content\r\n\r\nhello", "bytes behind the proxy's answer to CONNECT"},
        row{"HTTP/1.1 200 OK\r\n\r\nhello", "bytes behind the proxy's answer to CONNECT"}}) {
    CAPTURE(answer);
    one_answer proxy(answer);
    boost::asio::io_context loop;
    net::ready_set connections(loop.get_executor());
    net::tunnel_stream stream(connections, proxy.address(), "CONNECT cloud.test:443 HTTP/1.1\r\n\r\n");
    const auto state = tests::await(loop, connected(stream));
    CHECK(state == (*failure == '\0' ? io_state::done : io_state::failed));
    if (state == io_state::failed) CHECK(stream.last_failure().message == failure);
    CHECK(proxy.request() == "CONNECT cloud.test:443 HTTP/1.1\r\n\r\n");
  }
}
