#include "daemon/admin/scrape.hpp"

#include "observe/exposition.hpp"
#include "runtime/disk_space.hpp"
#include "runtime/process_usage.hpp"

#include <chrono>
#include <optional>
#include <utility>

namespace edge_rollup::daemon {
namespace {

using observe::metric;

using families = std::vector<observe::family_snapshot>;

void add(families& to, metric family, double value, std::string label_value = {}) {
  to[static_cast<std::size_t>(family)].lines.push_back({std::move(label_value), value});
}

template <class Number>
void add(families& to, metric family, const std::optional<Number>& value) {
  if (value) add(to, family, static_cast<double>(*value));
}

double unix_seconds(model::wall_time time) {
  return std::chrono::duration<double>(time.time_since_epoch()).count();
}

/// What takes system calls.
void add_process(families& to, const std::filesystem::path& state_directory) {
  const auto usage = runtime::usage_of_this_process();
  add(to, metric::process_cpu_seconds_total, usage.cpu_seconds);
  add(to, metric::process_max_fds, usage.most_descriptors);
  add(to, metric::process_open_fds, usage.open_descriptors);
  add(to, metric::process_resident_memory_bytes, usage.resident_bytes);
  add(to, metric::process_start_time_seconds, usage.start);
  add(to, metric::process_virtual_memory_bytes, usage.virtual_bytes);
  add(to, metric::state_disk_free_bytes, runtime::free_disk_bytes(state_directory));
}

}  // namespace

runtime::task<std::shared_ptr<const std::string>> scrape::text() {
  const auto now = parts_.time.now();
  if (!latest_ || now - taken_at_ >= shortest_pause) {
    latest_ = std::make_shared<const snapshot>(look());
    taken_at_ = now;
  }
  auto write = [this, wanted = latest_] { return written(wanted); };
  auto text = co_await worker_.run(std::move(write));
  co_return text;
}

scrape::snapshot scrape::look() const {
  auto made = parts_.registry.snapshot();
  add_nodes(made);
  add_certificates(made);
  if (const auto lag = parts_.lag.longest()) {
    add(made, metric::event_loop_lag_seconds, std::chrono::duration<double>(*lag).count());
  }
  return made;
}

void scrape::add_nodes(snapshot& to) const {
  if (parts_.nodes.size() > max_labelled) return;
  for (std::size_t i = 0; i < parts_.nodes.size(); ++i) {
    const auto node = parts_.nodes.at(i);
    const auto& name = node.node.name;
    if (node.state != serve::node_state::unknown)
      add(to, metric::node_up, node.state == serve::node_state::ok ? 1 : 0, name);
    if (node.outcome.ok()) add(to, metric::node_quality_ratio, node.outcome.answer->quality_score, name);
    if (node.last_success) add(to, metric::node_last_success_timestamp_seconds, unix_seconds(*node.last_success), name);
  }
}

void scrape::add_certificates(snapshot& to) const {
  for (const auto& [peer, end] : parts_.certificates()) {
    add(to, metric::tls_certificate_expiry_timestamp_seconds, unix_seconds(end), peer);
  }
}

std::shared_ptr<const std::string> scrape::written(const std::shared_ptr<const snapshot>& wanted) {
  if (written_of_ == wanted) return written_;
  auto all = *wanted;
  add_process(all, parts_.state_directory);
  written_ = std::make_shared<const std::string>(observe::exposition(all));
  written_of_ = wanted;
  return written_;
}

}  // namespace edge_rollup::daemon
