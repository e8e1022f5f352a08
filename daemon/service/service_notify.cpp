#include "daemon/service/service_notify.hpp"

#include "observe/one_line.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <charconv>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <system_error>

namespace edge_rollup::daemon {
namespace {

constexpr std::size_t max_status_bytes = 512;

std::int64_t microseconds(model::nanoseconds span) {
  return std::chrono::floor<std::chrono::microseconds>(span).count();
}

std::optional<std::string_view> variable(const char* name) {
  const char* const value = std::getenv(name);
  return value == nullptr ? std::nullopt : std::optional<std::string_view>(value);
}

/// Empty where it is not a number.
std::optional<std::int64_t> number(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool is_number = error == std::errc{} && end == text.data() + text.size();
  return is_number ? std::optional(value) : std::nullopt;
}

}  // namespace

service_notify::service_notify() {
  if (const auto address = variable("NOTIFY_SOCKET")) systemd_.emplace(*address);
}

/// sd_watchdog_enabled(3): the patience may be meant for another process.
std::optional<model::nanoseconds> service_notify::watchdog() const {
  const auto patience = number(variable("WATCHDOG_USEC").value_or(""));
  const auto process = variable("WATCHDOG_PID");
  const bool is_for_us = !process || number(*process) == ::getpid();
  if (!systemd_ || !is_for_us || patience.value_or(0) <= 0) return std::nullopt;
  return std::chrono::microseconds{*patience};
}

void service_notify::tell(std::string_view assignments) const {
  if (systemd_) [[maybe_unused]]
    const bool heard = systemd_->send(assignments);
}

void service_notify::ready() const {
  tell("READY=1");
}

void service_notify::reloading(model::mono_time now) const {
  tell(fmt::format("RELOADING=1\nMONOTONIC_USEC={}", microseconds(now.time_since_epoch())));
}

void service_notify::stopping(model::milliseconds longest) const {
  tell(fmt::format("STOPPING=1\nEXTEND_TIMEOUT_USEC={}", microseconds(longest)));
}

void service_notify::status(std::string_view text) const {
  tell("STATUS=" + observe::one_line(text, max_status_bytes));
}

void service_notify::alive() const {
  tell("WATCHDOG=1");
}

void service_notify::give_me(model::milliseconds more) const {
  tell(fmt::format("EXTEND_TIMEOUT_USEC={}", microseconds(more)));
}

}  // namespace edge_rollup::daemon
