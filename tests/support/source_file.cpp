#include "support/source_file.hpp"

namespace edge_rollup::tests {

std::string source_file(std::string_view path) {
  return std::string{EDGE_ROLLUP_SOURCE_DIR "/"}.append(path);
}

}  // namespace edge_rollup::tests
