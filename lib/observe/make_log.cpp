#include "observe/make_log.hpp"

#include "observe/journald_output.hpp"
#include "observe/line_output.hpp"
#include "observe/log_line.hpp"

#include <fmt/format.h>

#include <sys/stat.h>
#include <unistd.h>

#include <utility>

namespace edge_rollup::observe {

namespace {

std::optional<file_identity> identity_of(int fd) {
  struct stat found = {};
  if (fstat(fd, &found) != 0) return std::nullopt;
  return file_identity{found.st_dev, found.st_ino};
}

output_kind kind_of(int fd) {
  return isatty(fd) == 1 ? output_kind::terminal : output_kind::other;
}

bool has_journal(const log_options& options) {
  return ::access(options.journal.c_str(), F_OK) == 0;
}

std::unique_ptr<log_output> make_output(const log_options& options, std::function<model::wall_time()> now) {
  switch (resolved_format(options)) {
    case log_format::journald: return std::make_unique<journald_output>(options.journal);
    case log_format::json: return std::make_unique<line_output>(options.fd, json_line, std::move(now));
    case log_format::text:
    case log_format::automatic: break;
  }
  const bool colored = resolve(options.color, kind_of(options.fd)) == log_color::always;
  return std::make_unique<line_output>(options.fd, colored ? colored_text_line : text_line, std::move(now));
}

}  // namespace

log_format resolved_format(const log_options& options) {
  const auto format = resolve(options.format, options.journal_stream, identity_of(options.fd));
  return format == log_format::journald && !has_journal(options) ? log_format::text : format;
}

std::unique_ptr<output_log> make_log(const log_options& options, std::function<model::wall_time()> now) {
  auto made = std::make_unique<output_log>(options.level, make_output(options, std::move(now)));
  if (options.format == log_format::journald && !has_journal(options)) {
    made->warn(fmt::format("no journal is at {}: messages are written as text", options.journal));
  }
  return made;
}

}  // namespace edge_rollup::observe
