// From a piece of YAML to the value of a key: type, range, words, references.
#pragma once

#include "config/key_table.hpp"
#include "config/mistakes.hpp"
#include "config/references.hpp"
#include "config/secret_notes.hpp"
#include "config/settings.hpp"
#include "config/yaml_value.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace edge_rollup::config {

/// What reading needs besides the text; outlives it.
struct reading {
  const reference_sources& references;
  mistakes& wrong;
  secret_notes& noticed;

  /// `shown_name` is what the key is called for people.
  void complain(const std::string& shown_name, const place& where, std::string_view what, std::string remedy) const;
};

/// Reads the value of a key of any type but `nodes`. Empty after a mistake.
[[nodiscard]] std::optional<setting> read_value(const key& of, const std::string& shown_name, const yaml_value& from,
                                                const reading& with);

/// A secret may not be written out in a flag. Empty after a mistake.
[[nodiscard]] std::optional<model::secret> read_secret(const std::string& shown_name, const yaml_value& from,
                                                       const reading& with);

/// The files it is read from, and "***" for the rest.
[[nodiscard]] std::string shown_secret(const model::secret& hidden);

/// `text` as a YAML scalar, in quotes where it needs them.
[[nodiscard]] std::string yaml_text(std::string_view text);

}  // namespace edge_rollup::config
