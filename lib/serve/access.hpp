// Who may ask: by the name the request uses for this server, by the page it comes from, by the token it brings.
#pragma once

#include "net/http_message.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace edge_rollup::serve {

/// What a route demands.
enum class demand {
  nothing,       ///< health
  token_if_set,  ///< reading: a token where one is configured
  token          ///< doing
};

/// Concurrency: a value.
struct access_rules {
  std::vector<std::string> names;  ///< of this server, without a port, as canonical_host writes them
  enum class literals {
    named_only,
    all
  } addresses = literals::named_only;       ///< all: where every address is listened on
  std::optional<std::string> listen_token;  ///< what was configured
  std::optional<std::string> admin_token;   ///< will do as well, and is wanted for doing where none was configured

  /// Empty where the request may be served. A wrong Host (DNS rebinding) is refused with 421, a page of another origin
  /// that wants something done with 403, a missing or wrong token with 401. Times do not tell how much of a token was
  /// right.
  [[nodiscard]] std::optional<net::http_response> refuse(const net::received_request& request, demand what) const;

 private:
  [[nodiscard]] bool knows_host(std::string_view host) const;
};

/// The token of an Authorization field: bearer, or the password of basic authentication. Empty where there is none.
[[nodiscard]] std::optional<std::string> presented_token(const net::received_request& request);

}  // namespace edge_rollup::serve
