// The `Authorization` header of requests to a peer (RFC 9110 §11.6.2), kept up with files that hold its secrets.
#pragma once

#include "model/credentials.hpp"
#include "model/result.hpp"
#include "runtime/secret_files.hpp"

#include <string>

namespace edge_rollup::net {

/// The field's value: "Bearer TOKEN" (RFC 6750 §2.1), or "Basic " and base64 of user, ':' and password (RFC 7617 §2).
/// Errors: those of secret_files; bad_data for an empty token, for one with bytes that are not visible ASCII, and for a
///         user with ':'. No error shows a part of a secret.
[[nodiscard]] model::result<std::string> authorization_value(const model::credentials& who,
                                                             runtime::secret_files& secrets);

}  // namespace edge_rollup::net
