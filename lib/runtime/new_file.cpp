#include "runtime/new_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstdio>
#include <system_error>

namespace edge_rollup::runtime {
namespace {

using model::error_kind;

std::unexpected<model::error> refused(std::string_view what, const std::filesystem::path& name) {
  const int code = errno;
  const auto kind = code == EACCES || code == EPERM     ? error_kind::permission
                    : code == ENOENT || code == ENOTDIR ? error_kind::no_input
                                                        : error_kind::disk;
  return model::fail(kind, fmt::format("cannot {} {}: {}", what, name.native(), std::generic_category().message(code)));
}

std::unexpected<model::error> taken(const std::filesystem::path& name, std::string_view by) {
  return model::fail(error_kind::usage,
                     fmt::format("{} is there {}: name another one, or - for standard output", name.native(), by));
}

}  // namespace

model::result<new_file> new_file::begin(const std::filesystem::path& name, taken_name then) {
  struct stat found {};
  const bool is_there = ::lstat(name.c_str(), &found) == 0;
  if (is_there && !S_ISREG(found.st_mode)) return taken(name, "and is not a plain file");
  if (is_there && then == taken_name::refused) return taken(name, "already and is not overwritten");
  std::string neighbour = name.native() + ".XXXXXX";
  descriptor file(::mkostemp(neighbour.data(), O_CLOEXEC));
  if (!file.is_open()) return refused("make", name);
  return new_file(name, then, std::move(neighbour), std::move(file));
}

new_file::~new_file() {
  if (!neighbour_.empty()) ::unlink(neighbour_.c_str());
}

model::result<void> new_file::append(std::string_view text) {
  while (!text.empty()) {
    const auto written = ::write(file_.get(), text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return refused("write", name_);
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return {};
}

/// Some file systems know no rename that replaces nothing (EINVAL).
model::result<void> new_file::take_name() {
  if (then_ == taken_name::refused) {
    if (::renameat2(AT_FDCWD, neighbour_.c_str(), AT_FDCWD, name_.c_str(), RENAME_NOREPLACE) == 0) return {};
    if (errno == EEXIST) return taken(name_, "already and is not overwritten");
    if (errno != EINVAL) return refused("name", name_);
  }
  if (std::rename(neighbour_.c_str(), name_.c_str()) != 0) return refused("name", name_);
  return {};
}

model::result<void> new_file::put_in_place(file_use use) {
  if (use == file_use::lasting && ::fsync(file_.get()) != 0) return refused("sync", name_);
  if (auto named = take_name(); !named) return named;
  neighbour_.clear();
  if (use == file_use::passing) return {};
  const auto parent = name_.has_parent_path() ? name_.parent_path() : std::filesystem::path(".");
  const descriptor directory(::open(parent.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!directory.is_open() || ::fsync(directory.get()) != 0) return refused("sync", parent);
  return {};
}

}  // namespace edge_rollup::runtime
