// What a peer is told to know who asks: a bearer token (RFC 6750) or user and password (basic, RFC 7617).
#pragma once

#include "model/secret.hpp"

#include <compare>

namespace edge_rollup::model {

enum class auth_scheme { bearer, basic };

struct credentials {
  auth_scheme scheme = auth_scheme::bearer;
  secret user;  ///< basic only
  secret word;  ///< the token, or the password

  friend auto operator<=>(const credentials&, const credentials&) = default;
};

}  // namespace edge_rollup::model
