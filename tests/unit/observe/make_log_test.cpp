#include "observe/make_log.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <catch2/catch_test_macros.hpp>

#include <array>
#include <string>
#include <thread>
#include <vector>

using namespace edge_rollup;
using namespace edge_rollup::observe;

namespace {

/// The read end never waits; the write end does once the pipe was filled, as a pipe to another program would.
class pipe_ends {
 public:
  pipe_ends() { REQUIRE(pipe2(fds_.data(), O_NONBLOCK | O_CLOEXEC) == 0); }
  ~pipe_ends() {
    ::close(fds_[0]);
    ::close(fds_[1]);
  }
  pipe_ends(const pipe_ends&) = delete;
  pipe_ends& operator=(const pipe_ends&) = delete;

  [[nodiscard]] int write_end() const { return fds_[1]; }

  [[nodiscard]] std::string read_all() const {
    std::string all;
    std::array<char, 4096> part{};
    for (ssize_t count; (count = ::read(fds_[0], part.data(), part.size())) > 0;)
      all.append(part.data(), static_cast<std::size_t>(count));
    return all;
  }

  /// Leaves no room for a single byte.
  void fill() const {
    while (::write(write_end(), "x", 1) == 1) {
    }
    ::fcntl(write_end(), F_SETFL, 0);
  }

 private:
  std::array<int, 2> fds_{};
};

model::wall_time at_epoch() {
  return model::wall_time{};
}

log_options to(const pipe_ends& output, log_format format) {
  log_options options;
  options.fd = output.write_end();
  options.format = format;
  return options;
}

}  // namespace

TEST_CASE("Text lines come out whole, below the wanted level not at all") {
  const pipe_ends output;
  auto options = to(output, log_format::automatic);
  options.level = log_level::warn;
  const auto log = make_log(options, at_epoch);
  log->debug("debug");
  log->info("information");
  log->warn("a warning", {{"node", "pump-1"}});
  log->error("an error");
  CHECK(output.read_all() ==
        "1970-01-01T00:00:00.000Z warn  a warning  node=pump-1\n"
        "1970-01-01T00:00:00.000Z error an error\n");
}

TEST_CASE("The json format writes one object a line") {
  const pipe_ends output;
  make_log(to(output, log_format::json), at_epoch)->info("started");
  CHECK(output.read_all() == "{\"time\":\"1970-01-01T00:00:00.000Z\",\"level\":\"info\",\"message\":\"started\"}\n");
}

TEST_CASE("Colours come when they are asked for, not by themselves into a pipe") {
  const pipe_ends output;
  auto options = to(output, log_format::text);
  make_log(options, at_epoch)->info("plain");
  CHECK(output.read_all().find('\x1b') == std::string::npos);
  options.color = log_color::always;
  make_log(options, at_epoch)->info("coloured");
  CHECK(output.read_all().find("\x1b[32minfo \x1b[0m") != std::string::npos);
}

TEST_CASE("Where systemd connected the output to the journal, nothing is written to it as text") {
  const pipe_ends output;
  struct stat found = {};
  REQUIRE(fstat(output.write_end(), &found) == 0);
  auto options = to(output, log_format::automatic);
  options.journal_stream = std::to_string(found.st_dev) + ":" + std::to_string(found.st_ino);
  options.journal = "/dev/null";
  const auto log = make_log(options, at_epoch);
  log->info("a test of edge-rollup's log");
  CHECK(output.read_all().empty());
}

TEST_CASE("Where no journal is, what it was to be told is written as text") {
  const pipe_ends output;
  auto options = to(output, log_format::journald);
  options.journal = "/nonexistent/socket";
  CHECK(resolved_format(options) == log_format::text);
  make_log(options, at_epoch)->info("started");
  CHECK(output.read_all() ==
        "1970-01-01T00:00:00.000Z warn  no journal is at /nonexistent/socket: messages are written as text\n"
        "1970-01-01T00:00:00.000Z info  started\n");
}

TEST_CASE("Lines that nobody reads do not stop the one who logs; they are counted and told when there is room again") {
  const pipe_ends output;
  const auto log = make_log(to(output, log_format::text), at_epoch);
  output.fill();
  log->info("lost 1");
  log->info("lost 2");
  static_cast<void>(output.read_all());
  log->info("heard");
  log->info("heard again");
  CHECK(output.read_all() ==
        "1970-01-01T00:00:00.000Z info  heard\n"
        "1970-01-01T00:00:00.000Z warn  2 log lines before this could not be written  lost=2\n"
        "1970-01-01T00:00:00.000Z info  heard again\n");
}

TEST_CASE("A closed descriptor does not stop the one who logs") {
  log_options options;
  options.fd = -1;
  const auto log = make_log(options, at_epoch);
  CHECK_NOTHROW(log->error("nobody hears this"));
}

TEST_CASE("Lines of several threads do not mix") {
  const pipe_ends output;
  const auto log = make_log(to(output, log_format::text), at_epoch);
  {
    std::vector<std::jthread> writers;
    for (int writer = 0; writer < 4; ++writer) {
      writers.emplace_back([&log] {
        for (int line = 0; line < 50; ++line) log->info("whole line");
      });
    }
  }
  const std::string expected_line = "1970-01-01T00:00:00.000Z info  whole line\n";
  std::string expected;
  for (int line = 0; line < 200; ++line) expected += expected_line;
  CHECK(output.read_all() == expected);
}
