// What nodes are told to know who asks: one value for all nodes whose credentials are alike, kept up with their files.
#pragma once

#include "model/credentials.hpp"
#include "model/node.hpp"
#include "runtime/secret_files.hpp"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace edge_rollup::poll {

/// Operation:   `use_for` takes on the credentials of a list of nodes, `read_again` looks at each of them once. A value
///              that was read stays in use while its files cannot be read.
/// Concurrency: one thread; blocks as secret_files does.
class node_logins {
 public:
  struct login {
    std::string header;    ///< value of the Authorization header; empty before it was read
    std::string word;      ///< the token or password in it
    bool changed = false;  ///< by the last `read_again`
    std::string told;      ///< why it could not be read then; empty where it could
  };

  struct trouble {
    model::error why;
    std::string_view meanwhile;  ///< what nodes are asked with
  };

  /// Values of credentials that were in use before are taken over. Nothing is read.
  void use_for(const std::vector<model::node>& nodes);

  /// Null for a node without credentials. Stays where it is until the next `use_for`.
  [[nodiscard]] const login* of(const model::node& node) const;

  /// What a node said, without the credentials that it was told.
  [[nodiscard]] std::string without_secrets(const model::node& node, std::string said) const;

  /// What cannot be read now, unless that was said the last time. No error shows a secret.
  [[nodiscard]] std::vector<trouble> read_again();

 private:
  runtime::secret_files files_;
  std::map<model::credentials, login> in_use_;
};

}  // namespace edge_rollup::poll
