// What text in the settings may refer to: ${env:NAME}, ${env:NAME:-default}, ${file:/path}, ${cred:NAME}; $$ is a
// plain $. Looked up in values after the YAML is read, so that what they bring in is never read as YAML.
#pragma once

#include "model/result.hpp"
#include "model/secret.hpp"

#include <expected>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace edge_rollup::config {

/// What a credential is that a secret refers to where there are none: $CREDENTIALS_DIRECTORY is not set.
enum class absent_credential { mistake, passed_over };

/// Where references lead: the environment and the disk of this machine, or of a test.
struct reference_sources {
  std::function<std::optional<std::string>(const std::string& name)> environment;
  /// The content of a file without the line break at its end; errors are sentences without content.
  std::function<model::result<std::string>(const std::string& path)> file;
  /// Whether a file that is read only when it is needed could be read now.
  std::function<model::result<void>(const std::string& path)> check_file;
  absent_credential without_credential = absent_credential::mistake;
};

struct expansion {
  model::secret value;            ///< files stay files where they were asked to
  bool refers = false;            ///< whether there was any reference
  bool has_default = false;       ///< whether a reference has a default written in it, be it needed or not
  bool is_private = false;        ///< whether it holds what was read from a file or is a credential
  bool lacks_credential = false;  ///< whether "***" stands for a credential that was passed over
};

enum class file_use {
  read_now,  ///< the text of a file becomes part of the value
  keep,      ///< the file is looked at again whenever the value is needed
};

struct bad_reference {
  std::string what;  ///< holds no text of the value
  std::string remedy;
};

/// `${cred:NAME}` is the file NAME in $CREDENTIALS_DIRECTORY (systemd.exec(5), LoadCredential=), read at once.
[[nodiscard]] std::expected<expansion, bad_reference> expand(std::string_view text, file_use files,
                                                             const reference_sources& sources);

/// The one text of an expansion that keeps no file.
[[nodiscard]] std::string text_of(const expansion& expanded);

}  // namespace edge_rollup::config
