// How the cloud is reached.
#pragma once

#include "model/credentials.hpp"
#include "model/secret.hpp"
#include "model/time.hpp"
#include "model/tls_options.hpp"
#include "model/url.hpp"

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace edge_rollup::deliver {

/// Automatic: once the cloud has said that it takes it (RFC 7694).
enum class gzip_use { automatic, on, off };

struct cloud_options {
  model::url url;
  std::shared_ptr<const model::credentials> auth;              ///< null: none
  std::vector<std::pair<std::string, model::secret>> headers;  ///< in the order configured
  model::milliseconds timeout{30'000};                         ///< without progress
  model::milliseconds total_timeout{600'000};                  ///< of a whole try
  /// Longest wait of this gateway's own before the first offer of a round's rollup; empty: a tenth of the interval up
  /// to 30 s, none below 60 s.
  std::optional<model::milliseconds> spread;
  gzip_use gzip = gzip_use::automatic;
  std::optional<model::url> proxy;                ///< `cloud.proxy`; empty: what the environment says
  std::optional<std::string> proxy_user_info;     ///< "user:password" of the proxy's URL, no longer percent-encoded
  std::shared_ptr<const model::tls_options> tls;  ///< null: the system's authorities
};

}  // namespace edge_rollup::deliver
