// A log that keeps what was said, for tests of those who say it.
#pragma once

#include "observe/log.hpp"
#include "observe/log_entry.hpp"

#include <algorithm>
#include <mutex>
#include <string_view>
#include <vector>

namespace edge_rollup::tests {

class memory_log final : public observe::log {
 public:
  void write(observe::log_level level, std::string_view message,
             const std::vector<observe::log_field>& fields) override {
    const std::scoped_lock guard(mutex_);
    entries_.push_back({level, std::string(message), fields});
  }

  [[nodiscard]] std::vector<observe::log_entry> entries() const {
    const std::scoped_lock guard(mutex_);
    return entries_;
  }

  /// How many messages contain `part`.
  [[nodiscard]] std::ptrdiff_t count(std::string_view part) const {
    return std::ranges::count_if(
        entries(), [part](const observe::log_entry& said) { return said.message.find(part) != std::string::npos; });
  }

 private:
  mutable std::mutex mutex_;
  std::vector<observe::log_entry> entries_;
};

}  // namespace edge_rollup::tests
