// The soft limit is low for the sake of programs that use select(2); this one uses epoll.
#include "runtime/descriptor_limit.hpp"

#include <sys/resource.h>

namespace edge_rollup::runtime {

std::size_t raise_descriptor_limit() noexcept {
  constexpr std::size_t assumed_when_unknown = 1024;
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return assumed_when_unknown;
  rlimit raised = limit;
  raised.rlim_cur = limit.rlim_max;
  return ::setrlimit(RLIMIT_NOFILE, &raised) == 0 ? raised.rlim_cur : limit.rlim_cur;
}

}  // namespace edge_rollup::runtime
