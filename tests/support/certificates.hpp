// Certificates made for one test by certificates.sh, which says what there is.
#pragma once

#include "support/source_file.hpp"
#include "support/temporary_directory.hpp"

#include <cstdlib>
#include <stdexcept>
#include <string>

namespace edge_rollup::tests {

class certificates {
 public:
  certificates() {
    const auto make = "sh " + source_file("tests/support/certificates.sh ") + directory_.path().string();
    if (std::system(make.c_str()) != 0) throw std::runtime_error("failed: " + make);
  }

  /// The path of one file, as in "good.pem".
  [[nodiscard]] std::string file(const std::string& name) const { return directory_.path() / name; }

 private:
  temporary_directory directory_;
};

}  // namespace edge_rollup::tests
