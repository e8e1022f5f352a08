// Tells systemd how the service is doing (sd_notify(3)). Without $NOTIFY_SOCKET, that is on a terminal, nobody listens
// and nothing happens.
#pragma once

#include "model/time.hpp"
#include "runtime/datagram_sender.hpp"

#include <optional>
#include <string_view>

namespace edge_rollup::daemon {

/// Concurrency: any thread. Errors: a service manager that does not listen is no reason to stop; they are ignored.
class service_notify {
 public:
  service_notify();

  [[nodiscard]] bool is_heard() const noexcept { return systemd_.has_value(); }
  /// How long systemd waits for `alive` before it restarts the service (WatchdogSec=); empty where it does not.
  [[nodiscard]] std::optional<model::nanoseconds> watchdog() const;

  /// Start-up, or a reload, is finished.
  void ready() const;
  /// A reload has begun at `now`.
  void reloading(model::mono_time now) const;
  /// Shutdown has begun, and may take this long.
  void stopping(model::milliseconds longest) const;
  /// One line for `systemctl status`.
  void status(std::string_view text) const;
  void alive() const;
  /// Starting or stopping takes longer than the unit says: the next sign of life comes within this time.
  void give_me(model::milliseconds more) const;

 private:
  void tell(std::string_view assignments) const;

  std::optional<runtime::datagram_sender> systemd_;
};

}  // namespace edge_rollup::daemon
