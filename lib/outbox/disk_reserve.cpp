#include "outbox/disk_reserve.hpp"

#include "runtime/descriptor.hpp"

#include <fcntl.h>
#include <unistd.h>

namespace edge_rollup::outbox {

bool disk_reserve::refill() noexcept {
  if (held_) return true;
  constexpr mode_t ours_alone = 0600;
  const runtime::descriptor file{::open(file_.c_str(), O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, ours_alone)};
  held_ = file.is_open() && ::posix_fallocate(file.get(), 0, bytes) == 0;
  if (!held_) ::unlink(file_.c_str());
  return held_;
}

bool disk_reserve::release() noexcept {
  held_ = false;
  return ::unlink(file_.c_str()) == 0;
}

}  // namespace edge_rollup::outbox
