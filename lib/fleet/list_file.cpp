// Files are read whole: the longest list that is accepted fits into memory easily.
#include "fleet/list_file.hpp"

#include <fmt/format.h>
#include <glob.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <functional>
#include <iterator>
#include <memory>
#include <system_error>
#include <utility>

namespace edge_rollup::fleet {
namespace {

using model::error_kind;

struct close_file {
  void operator()(std::FILE* file) const noexcept {
    if (file != stdin) std::fclose(file);
  }
};

class glob_result {
 public:
  explicit glob_result(const std::string& pattern) : status_(::glob(pattern.c_str(), 0, nullptr, &found_)) {}
  glob_result(const glob_result&) = delete;
  glob_result& operator=(const glob_result&) = delete;
  ~glob_result() { ::globfree(&found_); }

  [[nodiscard]] bool failed() const noexcept { return status_ != 0 && status_ != GLOB_NOMATCH; }
  [[nodiscard]] std::size_t size() const noexcept { return found_.gl_pathc; }
  [[nodiscard]] std::vector<std::string> paths() const { return {found_.gl_pathv, found_.gl_pathv + found_.gl_pathc}; }

 private:
  ::glob_t found_{};
  int status_;
};

bool is_directory(const std::string& path) {
  std::error_code unreadable;
  return std::filesystem::is_directory(path, unreadable);
}

/// A file counts as gone only where the system says so: it may also be out of reach for a while, with its directory
/// closed, its disk broken or its server away.
bool is_gone(const std::string& path) {
  struct stat found {};
  if (::lstat(path.c_str(), &found) == 0) return !S_ISREG(found.st_mode);
  return errno == ENOENT || errno == ENOTDIR;
}

}  // namespace

model::result<std::string> read_list_file(const std::string& path) {
  const auto failed = [&path] {
    const auto kind = errno == ENOENT || errno == EISDIR ? error_kind::no_input
                      : errno == EACCES                  ? error_kind::permission
                                                         : error_kind::disk;
    return model::fail(kind,
                       fmt::format("cannot read the nodes file {}: {}", path, std::system_category().message(errno)));
  };
  const std::unique_ptr<std::FILE, close_file> file(path == "-" ? stdin : std::fopen(path.c_str(), "re"));
  if (!file) return failed();
  std::string text;
  std::array<char, 65'536> buffer;
  while (const auto got = std::fread(buffer.data(), 1, buffer.size(), file.get())) {
    text.append(buffer.data(), got);
    if (text.size() > max_list_bytes) {
      return model::fail(error_kind::bad_data, fmt::format("the nodes file {} is over {} bytes", path, max_list_bytes));
    }
  }
  if (std::ferror(file.get()) != 0) return failed();
  return text;
}

bool is_read_once(const std::string& path) {
  if (path == "-") return true;
  std::error_code unreadable;
  const auto found = std::filesystem::status(path, unreadable);
  return std::filesystem::is_other(found);
}

bool is_pattern(const std::string& path) {
  return path.find_first_of("*?[") != std::string::npos;
}

model::result<std::vector<std::string>> matching_files(const std::string& pattern,
                                                       const std::vector<std::string>& before) {
  if (!is_pattern(pattern)) return std::vector{pattern};
  const glob_result found(pattern);
  if (found.failed()) return model::fail(error_kind::disk, fmt::format("cannot look for files as {}", pattern));
  if (found.size() > max_list_files) {
    return model::fail(error_kind::bad_data, fmt::format("{} matches {} files, more than {}: name fewer", pattern,
                                                         found.size(), max_list_files));
  }
  auto files = found.paths();
  std::erase_if(files, [](const std::string& each) { return is_directory(each) || is_read_once(each); });
  std::ranges::copy_if(before, std::back_inserter(files), std::not_fn(is_gone));
  std::ranges::sort(files);
  const auto [first, last] = std::ranges::unique(files);
  files.erase(first, last);
  return files;
}

std::vector<std::string> directories_of(const std::string& path) {
  std::vector<std::string> directories;
  auto above = std::filesystem::path(path).parent_path();
  // Each level of a pattern is looked at, from the innermost to the first that is there and no pattern.
  for (;; above = above.parent_path()) {
    const std::string level = above.empty() ? "." : above.native();
    auto there = is_pattern(level) ? glob_result(level).paths() : std::vector{level};
    if (there.size() > max_list_files) there.resize(max_list_files);
    std::erase_if(there, [](const std::string& each) { return !is_directory(each); });
    directories.insert(directories.end(), there.begin(), there.end());
    if ((!there.empty() && !is_pattern(level)) || above.empty() || above == above.root_path()) break;
  }
  std::ranges::sort(directories);
  const auto [first, last] = std::ranges::unique(directories);
  directories.erase(first, last);
  return directories;
}

}  // namespace edge_rollup::fleet
