// A text that nobody may see: a token, a password, a header's value. It is carried as what it was configured as, so
// that parts that stand in files can be read again when the files change. runtime/secret_files.hpp reads it.
#pragma once

#include <compare>
#include <string>
#include <vector>

namespace edge_rollup::model {

/// The parts stand one after the other. Never printed, logged or put into an error: name where it was configured
/// instead.
struct secret {
  struct part {
    enum class source { text, file };
    source from = source::text;
    std::string text;  ///< the text itself, or the path of the file whose content it is

    friend auto operator<=>(const part&, const part&) = default;
  };

  std::vector<part> parts;

  friend auto operator<=>(const secret&, const secret&) = default;
};

}  // namespace edge_rollup::model
