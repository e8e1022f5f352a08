#include "daemon/service/service_notify.hpp"

#include "support/datagram_receiver.hpp"

#include <catch2/catch_test_macros.hpp>

#include <chrono>
#include <cstdlib>

using edge_rollup::daemon::service_notify;
using namespace std::chrono_literals;

namespace {

/// systemd's side: a datagram socket that $NOTIFY_SOCKET names.
struct notify_socket : edge_rollup::tests::datagram_receiver {
  notify_socket() { ::setenv("NOTIFY_SOCKET", address().c_str(), 1); }
  ~notify_socket() { ::unsetenv("NOTIFY_SOCKET"); }
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
  for (const char* nonsense : {"", "soon", "0", "-1", "2000000 s"}) {
    CAPTURE(nonsense);
    ::setenv("WATCHDOG_USEC", nonsense, 1);
    CHECK_FALSE(service.watchdog());
  }
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
