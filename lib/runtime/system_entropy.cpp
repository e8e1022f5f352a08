// The only file that asks the machine for randomness.
#include "runtime/system_entropy.hpp"

#include "model/invariant.hpp"

#include <sys/random.h>

#include <cerrno>

namespace edge_rollup::runtime {

std::uint64_t system_entropy::next() {
  std::uint64_t bits = 0;
  ::ssize_t got = 0;
  do {
    got = ::getrandom(&bits, sizeof bits, 0);
  } while (got < 0 && (errno == EINTR || errno == EAGAIN));           // it waits for what may pass
  EDGE_ROLLUP_INVARIANT(got == static_cast<::ssize_t>(sizeof bits));  // getrandom gives up to 256 bytes whole
  return bits;
}

}  // namespace edge_rollup::runtime
