// How many files and sockets the process may have open.
#pragma once

#include <cstddef>

namespace edge_rollup::runtime {

/// Raises the soft limit of open descriptors to the hard one and returns what holds now (setrlimit(2), RLIMIT_NOFILE).
std::size_t raise_descriptor_limit() noexcept;

}  // namespace edge_rollup::runtime
