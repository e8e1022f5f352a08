// Keeps the line of `systemctl status` up to date.
#pragma once

#include "daemon/reloader.hpp"
#include "daemon/service/service_notify.hpp"
#include "daemon/stages.hpp"
#include "daemon/text/told_wall_time.hpp"
#include "outbox/outbox.hpp"

#include <string>

namespace edge_rollup::daemon {

/// Concurrency: loop thread only. What it looks at outlives it.
class service_report {
 public:
  service_report(const service_notify& service, const stages& all, const outbox::outbox& store)
      : service_(service), all_(all), store_(store) {}

  /// Something may have changed: tells systemd where that makes another line.
  void look(const reload_report& last_reload);

 private:
  const service_notify& service_;
  const stages& all_;
  const outbox::outbox& store_;
  told_wall_time hold_since_;
  std::string told_;
};

}  // namespace edge_rollup::daemon
