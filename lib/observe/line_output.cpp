#include "observe/line_output.hpp"

#include <poll.h>
#include <spdlog/sinks/base_sink.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <mutex>
#include <span>
#include <utility>

namespace edge_rollup::observe {

namespace {

/// spdlog's sink around write(2). Unlike its own sinks for files it throws when the disk is full or the pipe is closed, and
/// also where writing would wait: a reader that has stopped reading must not stop the daemon.
class descriptor_sink final : public spdlog::sinks::base_sink<std::mutex> {
 public:
  explicit descriptor_sink(int fd) : fd_(fd) {}

 private:
  void sink_it_(const spdlog::details::log_msg& line) override {
    std::span<const char> rest(line.payload.data(), line.payload.size());
    while (!rest.empty()) {
      pollfd room{fd_, POLLOUT, 0};
      if (::poll(&room, 1, 0) == 0) throw spdlog::spdlog_ex("nobody reads the log", EAGAIN);
      // A pipe that is ready takes so much without waiting (pipe(7)).
      const ssize_t count = ::write(fd_, rest.data(), std::min<std::size_t>(rest.size(), PIPE_BUF));
      if (count >= 0) {
        rest = rest.subspan(static_cast<std::size_t>(count));
      } else if (errno != EINTR) {
        throw spdlog::spdlog_ex("cannot write a log line", errno);
      }
    }
  }
  void flush_() override {}

  int fd_;
};

}  // namespace

line_output::line_output(int fd, line_maker make_line, std::function<model::wall_time()> now)
    : make_line_(make_line), now_(std::move(now)), sink_(std::make_unique<descriptor_sink>(fd)) {}

line_output::~line_output() = default;

put_result line_output::put(log_level level, std::string_view message, const std::vector<log_field>& fields) {
  const std::string line = make_line_(now_(), level, message, fields) + '\n';
  try {
    sink_->log({"edge-rollup", spdlog::level::info, line});
  } catch (const spdlog::spdlog_ex&) {
    return put_result::lost;
  }
  return put_result::written;
}

}  // namespace edge_rollup::observe
