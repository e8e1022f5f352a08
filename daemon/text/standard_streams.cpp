// Plain stdio: what fmt prints with throws where a stream is broken.
#include "daemon/text/standard_streams.hpp"

#include <fmt/format.h>

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <system_error>

namespace edge_rollup::daemon {

void fill_closed_standard_streams() noexcept {
  for (int descriptor = 0; descriptor <= 2; ++descriptor) {
    // open(2) takes the lowest free number, which is this one: those below are open by now.
    if (::fcntl(descriptor, F_GETFD) < 0 && errno == EBADF) [[maybe_unused]]
      const int opened = ::open("/dev/null", O_RDWR);
  }
}

model::result<void> print(std::string_view text) {
  if (std::fwrite(text.data(), 1, text.size(), stdout) == text.size() && std::fflush(stdout) == 0) return {};
  return model::fail(model::error_kind::disk,
                     fmt::format("cannot write to standard output: {}", std::system_category().message(errno)));
}

void complain(std::string_view line) noexcept {
  constexpr std::string_view name = "edge-rollup: ";
  std::fwrite(name.data(), 1, name.size(), stderr);
  std::fwrite(line.data(), 1, line.size(), stderr);
  std::fputc('\n', stderr);
}

}  // namespace edge_rollup::daemon
