// A file that grows by whole lines, so that another program can read along.
#pragma once

#include "model/result.hpp"
#include "runtime/descriptor.hpp"

#include <string>
#include <string_view>

namespace edge_rollup::stub {

/// Operation: each `append` is one write(2) at the end of the file.
class line_file {
 public:
  /// Creates the file if there is none. Errors: disk.
  [[nodiscard]] static model::result<line_file> open(const std::string& path);

  /// `line` ends with its line break. Errors: disk; also when the line was written only in part.
  [[nodiscard]] model::result<void> append(std::string_view line) const;

 private:
  line_file(runtime::descriptor file, std::string path) noexcept;

  runtime::descriptor file_;
  std::string path_;
};

}  // namespace edge_rollup::stub
