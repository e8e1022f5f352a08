#include "net/tls_contexts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace edge_rollup::net {
namespace {

std::vector<std::optional<runtime::file_version>> versions_of(const model::tls_options& options) {
  return {runtime::version_of(options.ca), runtime::version_of(options.certificate), runtime::version_of(options.key)};
}

}  // namespace

model::result<std::shared_ptr<tls_context>> tls_contexts::context_for(const model::tls_options& options) {
  const auto now = time_.now();
  const auto known = entries_.find(options);
  if (known == entries_.end()) {
    auto files = versions_of(options);  // before they are read, so that no change is missed
    auto context = tls_context::open(options);
    entries_.emplace(options, entry{context, std::move(files), now});
    return context;
  }
  if (now - known->second.looked_at >= tls_file_pause) {
    known->second.looked_at = now;
    open_again_if_changed(options, known->second);
  }
  return known->second.context;
}

void tls_contexts::open_again_if_changed(const model::tls_options& options, entry& known) {
  auto files = versions_of(options);
  if (files == known.files) return;
  known.files = std::move(files);
  auto context = tls_context::open(options);
  if (!context && known.context) {
    messages_.warn(fmt::format("changed files of TLS cannot be used, new connections go on with those read before: {}",
                               context.error().text));
    return;
  }
  if (context) messages_.info("files of TLS have changed and were read again");
  known.context = std::move(context);
}

certificate_expiries tls_contexts::expiries() const {
  std::vector<const entry*> by_use;
  for (const auto& [options, known] : entries_) by_use.push_back(&known);
  std::ranges::stable_sort(by_use, {}, &entry::looked_at);
  certificate_expiries all;
  for (const auto* const known : by_use) {
    if (!known->context) continue;
    for (const auto& [peer, end] : (*known->context)->expiries()) all.insert_or_assign(peer, end);
  }
  return all;
}

}  // namespace edge_rollup::net
