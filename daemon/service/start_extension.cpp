#include "daemon/service/start_extension.hpp"

#include <condition_variable>
#include <functional>
#include <mutex>
#include <stop_token>

namespace edge_rollup::daemon {
namespace {

void ask_until(const std::stop_token& ended, const service_notify& service) {
  std::mutex mutex;
  std::condition_variable_any wake_up;
  std::unique_lock lock(mutex);
  for (auto left = start_extension::longest_extension / start_extension::extension_pace; left > 0; --left) {
    wake_up.wait_for(lock, ended, start_extension::extension_pace, [] { return false; });
    if (ended.stop_requested()) return;
    service.give_me(start_extension::extension);
  }
}

}  // namespace

start_extension::start_extension(const service_notify& service) {
  if (service.is_heard()) asking_ = std::jthread(ask_until, std::cref(service));
}

}  // namespace edge_rollup::daemon
