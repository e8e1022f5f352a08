// The one assertion of the house: a bug ends the process at once, in release builds too. systemd starts it again and
// the outbox is durable, so stopping is safer than going on with a broken state.
#pragma once

#include <cstdio>
#include <cstdlib>

namespace edge_rollup::model {

/// Says what is wrong on standard error and ends the process with SIGABRT.
[[noreturn]] inline void bug_found(const char* what) noexcept {
  std::fprintf(stderr, "edge-rollup: bug: %s\n", what);
  std::abort();
}

[[noreturn]] inline void invariant_broken(const char* condition, const char* file, int line) noexcept {
  std::fprintf(stderr, "edge-rollup: bug: %s does not hold at %s:%d\n", condition, file, line);
  std::abort();
}

}  // namespace edge_rollup::model

#define EDGE_ROLLUP_INVARIANT(condition) \
  ((condition) ? static_cast<void>(0) : ::edge_rollup::model::invariant_broken(#condition, __FILE_NAME__, __LINE__))
