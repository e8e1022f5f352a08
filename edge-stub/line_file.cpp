#include "edge-stub/line_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>

namespace edge_rollup::stub {
namespace {

constexpr mode_t file_mode = 0644;

std::unexpected<model::error> disk_failure(const std::string& path, int number) {
  return model::fail(model::error_kind::disk,
                     fmt::format("cannot write {}: {}", path, std::generic_category().message(number)));
}

}  // namespace

model::result<line_file> line_file::open(const std::string& path) {
  runtime::descriptor file(::open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, file_mode));
  if (!file.is_open()) return disk_failure(path, errno);
  return line_file(std::move(file), path);
}

line_file::line_file(runtime::descriptor file, std::string path) noexcept
    : file_(std::move(file)), path_(std::move(path)) {}

model::result<void> line_file::append(std::string_view line) const {
  const auto written = ::write(file_.get(), line.data(), line.size());
  if (written < 0) return disk_failure(path_, errno);
  if (static_cast<std::size_t>(written) != line.size()) return disk_failure(path_, ENOSPC);
  return {};
}

}  // namespace edge_rollup::stub
