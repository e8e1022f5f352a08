// Golden files: what the daemon writes, kept byte for byte in tests/golden. They change only by UPDATE_GOLDEN=1.
#pragma once

#include "support/source_file.hpp"

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>

namespace edge_rollup::tests {

/// Whether tests/golden/`name` holds `produced` and a line break. With UPDATE_GOLDEN=1 it does afterwards.
inline bool matches_golden(std::string_view name, std::string_view produced) {
  const std::string path = source_file("tests/golden/").append(name);
  const std::string wanted = std::string{produced} + "\n";
  const char* const update = std::getenv("UPDATE_GOLDEN");
  if (update != nullptr && std::string_view{update} == "1") {
    std::ofstream{path, std::ios::binary | std::ios::trunc} << wanted;
  }
  std::ifstream file{path, std::ios::binary};
  return std::string{std::istreambuf_iterator<char>{file}, {}} == wanted;
}

}  // namespace edge_rollup::tests
