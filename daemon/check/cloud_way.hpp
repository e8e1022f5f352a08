// The cloud as one set-up reaches it: address, proxy, connection, credentials. A reload that changes any of it builds
// another one aside.
#pragma once

#include "daemon/surroundings.hpp"
#include "deliver/cloud_options.hpp"
#include "deliver/endpoint_trust.hpp"
#include "deliver/http_sink.hpp"
#include "model/result.hpp"
#include "net/http_connection.hpp"
#include "net/http_proxy.hpp"

#include <expected>
#include <memory>
#include <optional>

namespace edge_rollup::daemon {

/// Concurrency: loop thread only. Who delivers keeps it for as long as a try is under way (see `sink_of`).
class cloud_way {
 public:
  cloud_way(const deliver::cloud_options& cloud, const surroundings& around);

  /// Reads the files that the cloud is reached with, so that what is wrong with them is told early.
  [[nodiscard]] model::result<void> prepare();
  /// Connects and sends nothing; tells why that fails.
  [[nodiscard]] runtime::task<std::expected<void, net::send_failure>> reach() { return connection_.reach(url_); }
  /// Whether an answer can only come from the cloud itself.
  [[nodiscard]] deliver::endpoint_trust trust() const noexcept;

  /// The sink at its end, which keeps the whole way.
  [[nodiscard]] static std::shared_ptr<deliver::sink> sink_of(std::shared_ptr<cloud_way> way);

 private:
  model::url url_;
  model::result<std::optional<net::http_proxy>> proxy_;  ///< empty where the cloud is reached directly
  net::http_connection connection_;
  deliver::http_sink sink_;
};

}  // namespace edge_rollup::daemon
