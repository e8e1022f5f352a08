#include "daemon/text/progress_line.hpp"

#include "model/grouped.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>

namespace edge_rollup::daemon {
namespace {

constexpr const char* back_and_clear = "\r\x1b[K";  // ECMA-48 EL

}  // namespace

progress_line::progress_line(std::string_view what) : what_(what), is_terminal_(::isatty(STDERR_FILENO) == 1) {}

progress_line::~progress_line() {
  if (shown_) std::fputs(back_and_clear, stderr);
}

void progress_line::show(std::uint64_t done, std::uint64_t all) {
  if (done >= all && !shown_) return;
  say(fmt::format("{} {} of {}", what_, model::grouped(done), model::grouped(all)));
}

void progress_line::say(std::string_view line) {
  if (!is_terminal_) return;
  const auto text = fmt::format("{}{}", back_and_clear, line);
  std::fputs(text.c_str(), stderr);
  shown_ = true;
}

}  // namespace edge_rollup::daemon
