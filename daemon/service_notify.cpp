#include "daemon/service_notify.hpp"

#include <systemd/sd-daemon.h>

namespace edge_rollup::daemon {

namespace {

void tell(const char* assignment) {
  sd_notify(0, assignment);
}

}  // namespace

void service_notify::ready() const {
  tell("READY=1");
}

void service_notify::stopping() const {
  tell("STOPPING=1");
}

}  // namespace edge_rollup::daemon
