#include "observe/line_output.hpp"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <string>
#include <utility>

namespace edge_rollup::observe {

line_output::line_output(int fd, line_maker make_line, std::function<model::wall_time()> now)
    : fd_(fd), make_line_(make_line), now_(std::move(now)) {}

put_result line_output::put(log_level level, std::string_view message, const std::vector<log_field>& fields) {
  const std::string line = make_line_(now_(), level, message, fields) + '\n';
  const std::scoped_lock one_line_at_a_time(writing_);
  return write(line);
}

/// Lost where writing would wait: a reader that has stopped reading must not stop the daemon.
put_result line_output::write(std::string_view line) const {
  while (!line.empty()) {
    pollfd room{fd_, POLLOUT, 0};
    if (::poll(&room, 1, 0) == 0) return put_result::lost;
    // A pipe that is ready takes so much without waiting (pipe(7)).
    const ssize_t count = ::write(fd_, line.data(), std::min<std::size_t>(line.size(), PIPE_BUF));
    if (count >= 0) {
      line.remove_prefix(static_cast<std::size_t>(count));
    } else if (errno != EINTR) {
      return put_result::lost;
    }
  }
  return put_result::written;
}

}  // namespace edge_rollup::observe
