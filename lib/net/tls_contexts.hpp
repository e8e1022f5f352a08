// The TLS contexts in use, one for all peers whose options are alike, kept up with the files they were made of.
#pragma once

#include "model/result.hpp"
#include "model/time.hpp"
#include "model/tls_options.hpp"
#include "net/tls_context.hpp"
#include "observe/log.hpp"
#include "runtime/clock.hpp"
#include "runtime/file_version.hpp"

#include <map>
#include <memory>
#include <optional>
#include <vector>

namespace edge_rollup::net {

/// How often the files of a context are looked at, at most.
inline constexpr model::milliseconds tls_file_pause{1'000};

/// Operation:   a context is opened when it is first asked for, and again when one of its files has changed. New files
///              that cannot be used leave the context as it was, with one warning. Connections keep the context they
///              began with.
/// Concurrency: loop thread only.
/// Limits:      one context for each value of options ever used: options come from the configuration.
class tls_contexts {
 public:
  tls_contexts(const runtime::clock& time, observe::log& messages) : time_(time), messages_(messages) {}

  /// Errors: those of tls_context::open, where no context could be opened with these options so far.
  [[nodiscard]] model::result<std::shared_ptr<tls_context>> context_for(const model::tls_options& options);

  /// Of all servers' certificates that were accepted last. Where contexts differ about a server, that counts which was
  /// used last: options that a reload has replaced are no longer used.
  [[nodiscard]] certificate_expiries expiries() const;

 private:
  using versions = std::vector<std::optional<runtime::file_version>>;

  struct entry {
    model::result<std::shared_ptr<tls_context>> context;
    versions files;
    model::mono_time looked_at;
  };

  void open_again_if_changed(const model::tls_options& options, entry& known);

  const runtime::clock& time_;
  observe::log& messages_;
  std::map<model::tls_options, entry> entries_;
};

}  // namespace edge_rollup::net
