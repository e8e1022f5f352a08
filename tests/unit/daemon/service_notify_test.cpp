#include "daemon/service/service_notify.hpp"

#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdlib>
#include <string>

using edge_rollup::daemon::service_notify;
using namespace std::chrono_literals;

namespace {

/// systemd's side: a datagram socket with an abstract address, named by $NOTIFY_SOCKET.
class notify_socket {
 public:
  notify_socket() : fd_(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)) {
    REQUIRE(fd_ >= 0);
    const std::string name = fmt::format("edge-rollup-notify-test-{}", ::getpid());
    sockaddr_un address = {};
    address.sun_family = AF_UNIX;
    std::ranges::copy(name, address.sun_path + 1);
    const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + 1 + name.size());
    REQUIRE(::bind(fd_, reinterpret_cast<const sockaddr*>(&address), size) == 0);
    ::setenv("NOTIFY_SOCKET", ("@" + name).c_str(), 1);
  }
  ~notify_socket() {
    ::unsetenv("NOTIFY_SOCKET");
    ::close(fd_);
  }
  notify_socket(const notify_socket&) = delete;
  notify_socket& operator=(const notify_socket&) = delete;

  /// The next message, empty if there is none.
  [[nodiscard]] std::string received() const {
    std::array<char, 4096> message{};
    const ssize_t size = ::recv(fd_, message.data(), message.size(), 0);
    return {message.data(), static_cast<std::size_t>(std::max<ssize_t>(size, 0))};
  }

 private:
  int fd_;
};

}  // namespace

TEST_CASE("systemd hears of everything in the words of sd_notify") {
  const notify_socket systemd;
  const service_notify service;
  REQUIRE(service.is_heard());
  service.ready();
  CHECK(systemd.received() == "READY=1");
  service.reloading(edge_rollup::model::mono_time{90min});
  CHECK(systemd.received() == "RELOADING=1\nMONOTONIC_USEC=5400000000");
  service.status("4 of 5 nodes ok\nREADY=1");
  CHECK(systemd.received() == "STATUS=4 of 5 nodes ok\\nREADY=1");
  service.alive();
  CHECK(systemd.received() == "WATCHDOG=1");
  service.give_me(30s);
  CHECK(systemd.received() == "EXTEND_TIMEOUT_USEC=30000000");
  service.stopping(10s);
  CHECK(systemd.received() == "STOPPING=1\nEXTEND_TIMEOUT_USEC=10000000");
  CHECK(systemd.received().empty());
}

TEST_CASE("the patience of systemd is the one that is meant for this process") {
  const notify_socket systemd;
  const service_notify service;
  CHECK_FALSE(service.watchdog());
  ::setenv("WATCHDOG_USEC", "2000000", 1);
  CHECK(service.watchdog() == 2s);
  ::setenv("WATCHDOG_PID", "1", 1);
  CHECK_FALSE(service.watchdog());
  ::unsetenv("WATCHDOG_PID");
  ::unsetenv("WATCHDOG_USEC");
}

TEST_CASE("Without a service manager nothing happens") {
  ::unsetenv("NOTIFY_SOCKET");
  const service_notify service;
  CHECK_FALSE(service.is_heard());
  CHECK_FALSE(service.watchdog());
  CHECK_NOTHROW(service.ready());
  CHECK_NOTHROW(service.stopping(10s));
}
