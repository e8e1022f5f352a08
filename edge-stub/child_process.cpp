#include "edge-stub/child_process.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>
#include <csignal>

#include <array>
#include <cerrno>
#include <system_error>

extern char** environ;

namespace edge_rollup::stub {
namespace {

constexpr int killed_base = 128;

/// What posix_spawn(3) is to do in the child before it becomes the program.
class spawn_plan {
 public:
  explicit spawn_plan(int output) {
    ::posix_spawn_file_actions_init(&actions_);
    ::posix_spawn_file_actions_adddup2(&actions_, output, STDOUT_FILENO);
    ::posix_spawn_file_actions_adddup2(&actions_, output, STDERR_FILENO);
    ::posix_spawnattr_init(&attributes_);
    ::posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETPGROUP);
    ::posix_spawnattr_setpgroup(&attributes_, 0);
  }
  spawn_plan(const spawn_plan&) = delete;
  spawn_plan& operator=(const spawn_plan&) = delete;
  ~spawn_plan() {
    ::posix_spawnattr_destroy(&attributes_);
    ::posix_spawn_file_actions_destroy(&actions_);
  }

  [[nodiscard]] int run(pid_t& pid, std::vector<char*>& arguments) const {
    return ::posix_spawn(&pid, arguments.front(), &actions_, &attributes_, arguments.data(), environ);
  }

 private:
  posix_spawn_file_actions_t actions_;
  posix_spawnattr_t attributes_;
};

std::unexpected<model::error> cannot_start(const std::string& program, int number) {
  return model::fail(model::error_kind::unavailable,
                     fmt::format("cannot start {}: {}", program, std::generic_category().message(number)));
}

}  // namespace

model::result<child_process> child_process::start(const std::vector<std::string>& command) {
  std::array<int, 2> pipe_ends{};
  if (::pipe2(pipe_ends.data(), O_CLOEXEC) != 0) return cannot_start(command.front(), errno);
  runtime::descriptor read_end(pipe_ends[0]);
  const runtime::descriptor write_end(pipe_ends[1]);

  std::vector<std::string> words = command;
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);

  pid_t pid = 0;
  const int failed = spawn_plan(write_end.get()).run(pid, arguments);
  if (failed != 0) return cannot_start(command.front(), failed);
  return child_process(pid, std::move(read_end));
}

void child_process::send_signal(int number) const noexcept {
  ::kill(pid_, number);
}

int child_process::wait() const noexcept {
  int status = 0;
  while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : killed_base + WTERMSIG(status);
}

}  // namespace edge_rollup::stub
