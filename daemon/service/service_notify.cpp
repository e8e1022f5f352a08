#include "daemon/service/service_notify.hpp"

#include "observe/one_line.hpp"

#include <fmt/format.h>
#include <systemd/sd-daemon.h>

#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <string>

namespace edge_rollup::daemon {
namespace {

constexpr std::size_t max_status_bytes = 512;

std::int64_t microseconds(model::nanoseconds span) {
  return std::chrono::floor<std::chrono::microseconds>(span).count();
}

void tell(const std::string& assignments) {
  sd_notify(0, assignments.c_str());
}

}  // namespace

service_notify::service_notify() : is_heard_(std::getenv("NOTIFY_SOCKET") != nullptr) {}

std::optional<model::nanoseconds> service_notify::watchdog() const {
  std::uint64_t patience_us = 0;
  if (!is_heard_ || sd_watchdog_enabled(0, &patience_us) <= 0) return std::nullopt;
  return std::chrono::microseconds{patience_us};
}

void service_notify::ready() const {
  if (is_heard_) tell("READY=1");
}

void service_notify::reloading(model::mono_time now) const {
  if (is_heard_) tell(fmt::format("RELOADING=1\nMONOTONIC_USEC={}", microseconds(now.time_since_epoch())));
}

void service_notify::stopping(model::milliseconds longest) const {
  if (is_heard_) tell(fmt::format("STOPPING=1\nEXTEND_TIMEOUT_USEC={}", microseconds(longest)));
}

void service_notify::status(std::string_view text) const {
  if (is_heard_) tell("STATUS=" + observe::one_line(text, max_status_bytes));
}

void service_notify::alive() const {
  if (is_heard_) tell("WATCHDOG=1");
}

void service_notify::give_me(model::milliseconds more) const {
  if (is_heard_) tell(fmt::format("EXTEND_TIMEOUT_USEC={}", microseconds(more)));
}

}  // namespace edge_rollup::daemon
