// A directory of its own for a test, gone afterwards. It is in memory where the system has a place for that: tests sync
// thousands of times, and no process death takes what is there. Power cuts are not theirs to test.
#pragma once

#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <system_error>

namespace edge_rollup::tests {

class temporary_directory {
 public:
  temporary_directory() {
    const std::filesystem::path memory = "/dev/shm";
    const bool in_memory = ::access(memory.c_str(), W_OK | X_OK) == 0;
    std::string pattern = (in_memory ? memory : std::filesystem::temp_directory_path()) / "edge-rollup-test-XXXXXX";
    if (::mkdtemp(pattern.data()) == nullptr) throw std::system_error(errno, std::generic_category(), pattern);
    path_ = std::filesystem::canonical(pattern);
  }
  temporary_directory(const temporary_directory&) = delete;
  temporary_directory& operator=(const temporary_directory&) = delete;
  ~temporary_directory() {
    std::error_code left_behind;  // a test that failed may have taken our rights away; it has been reported then
    std::filesystem::remove_all(path_, left_behind);
  }

  [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }

 private:
  std::filesystem::path path_;
};

}  // namespace edge_rollup::tests
