#include "daemon/service_notify.hpp"

#include "observe/one_line.hpp"

#include <fmt/format.h>
#include <systemd/sd-daemon.h>

#include <cstddef>
#include <string>

namespace edge_rollup::daemon {

namespace {

constexpr std::size_t max_status_bytes = 256;

void tell(const std::string& assignments) {
  sd_notify(0, assignments.c_str());
}

}  // namespace

void service_notify::ready() const {
  tell("READY=1");
}

void service_notify::stopping() const {
  tell("STOPPING=1");
}

// A line feed in the text would begin another assignment.
void service_notify::status(std::string_view text) const {
  tell("STATUS=" + observe::one_line(text, max_status_bytes));
}

void service_notify::extend_timeout(std::chrono::milliseconds from_now) const {
  tell(fmt::format("EXTEND_TIMEOUT_USEC={}", std::chrono::microseconds(from_now).count()));
}

}  // namespace edge_rollup::daemon
