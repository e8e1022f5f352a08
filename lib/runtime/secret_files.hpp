// The files that secrets stand in, read again when they change.
#pragma once

#include "model/result.hpp"
#include "model/secret.hpp"
#include "runtime/file_version.hpp"

#include <cstddef>
#include <map>
#include <string>

namespace edge_rollup::runtime {

/// Longest file that is read as a secret.
inline constexpr std::size_t max_secret_file_bytes = 64 * 1024;

/// Operation:   `value_of` puts a secret together. A file is looked at each time and read only where it is another one
///              or has changed since; one line end at its end does not count.
/// Concurrency: one thread. Blocks as long as the file system does: secrets are local files.
/// Errors:      no_input, permission, disk or bad_data (over max_secret_file_bytes; NUL, CR or LF inside; no regular
///              file), with the path but never with the content.
class secret_files {
 public:
  [[nodiscard]] model::result<std::string> value_of(const model::secret& wanted);

 private:
  struct content {
    file_version version;
    std::string text;
  };

  model::result<std::string> text_of(const std::string& path);

  std::map<std::string, content> read_;
};

}  // namespace edge_rollup::runtime
