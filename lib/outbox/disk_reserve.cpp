#include "outbox/disk_reserve.hpp"

#include "runtime/descriptor.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace edge_rollup::outbox {
namespace {

constexpr int careful = O_RDWR | O_NOFOLLOW | O_CLOEXEC;

/// Of a file with one name only: root empties no file of somebody else that was linked here.
std::int64_t bytes_held(const runtime::descriptor& file) noexcept {
  struct stat found {};
  const bool is_ours = file.is_open() && ::fstat(file.get(), &found) == 0 && S_ISREG(found.st_mode);
  return is_ours && found.st_nlink == 1 ? found.st_size : 0;
}

}  // namespace

bool disk_reserve::refill() const noexcept {
  constexpr mode_t ours_alone = 0600;
  const runtime::descriptor file{::open(file_.c_str(), careful | O_CREAT, ours_alone)};
  if (bytes_held(file) >= bytes) return true;
  const bool is_held = file.is_open() && ::posix_fallocate(file.get(), 0, bytes) == 0;
  if (!is_held) ::unlink(file_.c_str());
  return is_held;
}

bool disk_reserve::release() const noexcept {
  const runtime::descriptor file{::open(file_.c_str(), careful)};
  return bytes_held(file) > 0 && ::ftruncate(file.get(), 0) == 0;
}

borrowed_reserve::~borrowed_reserve() {
  if (is_borrowed_) [[maybe_unused]]
    const bool is_back = reserve_.refill();
}

bool borrowed_reserve::borrow() noexcept {
  const bool released = reserve_.release();
  is_borrowed_ |= released;
  return released;
}

}  // namespace edge_rollup::outbox
