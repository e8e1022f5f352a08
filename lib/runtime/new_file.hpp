// A file that appears under its name whole or not at all.
#pragma once

#include "model/result.hpp"
#include "runtime/descriptor.hpp"

#include <filesystem>
#include <string>
#include <string_view>
#include <utility>

namespace edge_rollup::runtime {

/// Operation:   what is appended goes to a neighbour of the file with a name of its own (0600); `put_in_place` syncs
///              it and gives it the name, in place of a file that had it. Without that nothing is left behind.
/// Concurrency: one thread.
class new_file {
 public:
  /// Errors: `usage` where something that is no file has the name, `permission`, `disk`.
  [[nodiscard]] static model::result<new_file> begin(const std::filesystem::path& name);
  new_file(new_file&& other) noexcept
      : name_(std::move(other.name_)), neighbour_(std::exchange(other.neighbour_, {})), file_(std::move(other.file_)) {}
  new_file& operator=(new_file&&) = delete;
  ~new_file();

  [[nodiscard]] model::result<void> append(std::string_view text);
  [[nodiscard]] model::result<void> put_in_place();

 private:
  new_file(std::filesystem::path name, std::string neighbour, descriptor file)
      : name_(std::move(name)), neighbour_(std::move(neighbour)), file_(std::move(file)) {}

  std::filesystem::path name_;
  std::string neighbour_;  ///< empty once it is in place
  descriptor file_;
};

}  // namespace edge_rollup::runtime
