// The daemon's own server, put together: what it shows, what it does, where it is found.
#pragma once

#include "daemon/admin/admin_files.hpp"
#include "daemon/admin/daemon_view.hpp"
#include "daemon/admin/scrape.hpp"
#include "daemon/reloader.hpp"
#include "daemon/service/loop_lag.hpp"
#include "daemon/stages.hpp"
#include "model/result.hpp"
#include "net/certificate_expiry.hpp"
#include "runtime/clock.hpp"
#include "runtime/entropy.hpp"
#include "runtime/task_scope.hpp"
#include "serve/admin_options.hpp"
#include "serve/admin_server.hpp"

#include <cstddef>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace edge_rollup::daemon {

/// What the admin server works with; everything outlives it.
struct admin_parts {
  stages& all;
  reloader& reloads;
  const outbox::outbox& store;
  runtime::entropy& chance;
  observe::log& messages;
  std::filesystem::path state_directory;
  std::optional<std::string> settings_file;
  std::string host_name;
  std::size_t connections = 128;
  std::function<net::certificate_expiries()> certificates;  ///< that peers have shown
};

/// Operation:    `open` makes it listen and says where in the log and in the state directory; from then on it takes the
///               rounds of the stages. What it serves before the loop turns waits. A disk that takes nothing does not
///               keep it from listening: where it is found is written later.
/// Concurrency:  loop thread only.
/// Cancellation: `stop`; the loop ends when what is under way has been answered.
class admin {
 public:
  /// `options.listen` is not empty.
  admin(admin_parts parts, const serve::admin_options& options);

  /// Errors: those of serve::admin_server::listen, and of admin_files but `disk`.
  [[nodiscard]] model::result<void> open();
  /// Something may have changed in the daemon: tells those who listen.
  void look_around() { view_.look_around(); }
  void stop() noexcept;

 private:
  [[nodiscard]] serve::admin_parts served();
  [[nodiscard]] net::certificate_expiries certificates_of_peers() const;
  [[nodiscard]] runtime::task<model::result<std::uint64_t>> start_round();
  [[nodiscard]] runtime::task<void> tell_later(std::string token);

  admin_parts parts_;
  bool has_own_token_;  ///< beside the configured one, if any
  daemon_view view_;
  loop_lag lag_;
  scrape metrics_;
  admin_files files_;
  serve::admin_server server_;
  std::unique_ptr<runtime::timer> tell_again_;
  runtime::task_scope tasks_;
};

}  // namespace edge_rollup::daemon
