// A system that starts no further thread, as where TasksMax= of a service is reached.
#pragma once

#include <pthread.h>
#include <catch2/catch_test_macros.hpp>

#include <cstddef>

namespace edge_rollup::tests {

/// While it lives, new threads would need a stack that no address space holds.
class no_more_threads {
 public:
  no_more_threads() {
    REQUIRE(::pthread_getattr_default_np(&before_) == 0);
    pthread_attr_t huge;
    REQUIRE(::pthread_attr_init(&huge) == 0);
    REQUIRE(::pthread_attr_setstacksize(&huge, std::size_t{1} << 60) == 0);
    REQUIRE(::pthread_setattr_default_np(&huge) == 0);
    ::pthread_attr_destroy(&huge);
  }
  no_more_threads(const no_more_threads&) = delete;
  no_more_threads& operator=(const no_more_threads&) = delete;
  ~no_more_threads() {
    ::pthread_setattr_default_np(&before_);
    ::pthread_attr_destroy(&before_);
  }

 private:
  pthread_attr_t before_;
};

}  // namespace edge_rollup::tests
