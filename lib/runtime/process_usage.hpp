// What this process takes of the machine, as the kernel counts it.
#pragma once

#include <cstdint>
#include <optional>

namespace edge_rollup::runtime {

/// Empty where the system does not say.
struct process_usage {
  std::optional<double> cpu_seconds;  ///< user and system time
  std::optional<double> start;        ///< Unix time in seconds
  std::optional<std::uint64_t> resident_bytes;
  std::optional<std::uint64_t> virtual_bytes;
  std::optional<std::uint64_t> open_descriptors;
  std::optional<std::uint64_t> most_descriptors;  ///< the soft limit; empty where there is none
};

/// Reads proc(5) and getrlimit(2). Takes time in proportion to the open descriptors: not for the loop.
[[nodiscard]] process_usage usage_of_this_process();

}  // namespace edge_rollup::runtime
