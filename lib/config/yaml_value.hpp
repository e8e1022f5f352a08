// A piece of YAML with its place: what the text says, before anybody asked what it means.
#pragma once

#include "config/mistakes.hpp"
#include "config/source_text.hpp"

#include <string>
#include <vector>

namespace edge_rollup::config {

struct yaml_value {
  enum class type { null, text, list, map };
  enum class quoting { plain, quoted };

  type is = type::null;
  quoting style = quoting::plain;  ///< of a text
  std::string text;                ///< scalars as written, quotes resolved
  std::vector<yaml_value> keys;    ///< of a map, one for each item; where a syntax error cut it off, one more
  std::vector<yaml_value> items;   ///< of a list or a map
  source_text* source = nullptr;
  position at;
  bool is_refused = false;  ///< a null whose mistake is told already, or a key that stands there a second time

  [[nodiscard]] place where() const noexcept { return {source, at}; }
};

/// Reads the one document in `source`, which must outlive the value. Refused besides what is no YAML: text that is not
/// UTF-8, control characters, a second document, keys that are no words, the same key twice, anchors, aliases, tags,
/// and quotes that are not closed.
/// On a mistake what could be read is returned, so that its mistakes are told too; where that is not all, the source is
/// no longer readable.
[[nodiscard]] yaml_value parse_yaml(source_text& source, mistakes& wrong);

/// A value that stands for itself, as that of a flag: no YAML in it.
[[nodiscard]] yaml_value plain_value(source_text& source);

}  // namespace edge_rollup::config
