// A file that appears under its name whole or not at all.
#pragma once

#include "model/result.hpp"
#include "runtime/descriptor.hpp"

#include <filesystem>
#include <string>
#include <string_view>
#include <utility>

namespace edge_rollup::runtime {

/// What becomes of a file that has the name already.
enum class taken_name { replaced, refused };

/// What a power cut may take: nothing of a lasting file. A passing one is of no use to anybody after that.
enum class file_use { lasting, passing };

/// Operation:   what is appended goes to a neighbour of the file with a name of its own (0600); `put_in_place` syncs
///              it, unless it is passing, and gives it the name, in place of a file that had it where that is to be
///              replaced. Without that nothing is left behind.
/// Concurrency: one thread.
class new_file {
 public:
  /// Errors: `usage` where something that is no file has the name, or one that is not to be replaced; `permission`,
  /// `disk`.
  [[nodiscard]] static model::result<new_file> begin(const std::filesystem::path& name,
                                                     taken_name then = taken_name::replaced);
  new_file(new_file&& other) noexcept
      : name_(std::move(other.name_)),
        then_(other.then_),
        neighbour_(std::exchange(other.neighbour_, {})),
        file_(std::move(other.file_)) {}
  new_file& operator=(new_file&&) = delete;
  ~new_file();

  [[nodiscard]] model::result<void> append(std::string_view text);
  /// Errors as for `begin`: another process may have taken the name meanwhile.
  [[nodiscard]] model::result<void> put_in_place(file_use use = file_use::lasting);

 private:
  new_file(std::filesystem::path name, taken_name then, std::string neighbour, descriptor file)
      : name_(std::move(name)), then_(then), neighbour_(std::move(neighbour)), file_(std::move(file)) {}
  [[nodiscard]] model::result<void> take_name();

  std::filesystem::path name_;
  taken_name then_;
  std::string neighbour_;  ///< empty once it is in place
  descriptor file_;
};

}  // namespace edge_rollup::runtime
