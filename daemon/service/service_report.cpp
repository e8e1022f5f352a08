#include "daemon/service/service_report.hpp"

#include "daemon/service/service_status.hpp"
#include "serve/daemon_verdict.hpp"

#include <utility>

namespace edge_rollup::daemon {

void service_report::look(const reload_report& last_reload) {
  service_facts facts;
  facts.last_round = all_.rounds.coverage();
  const auto store = store_.at_a_glance();
  facts.pending = store.pending;
  facts.dead = store.dead;
  facts.in_memory_only = store.in_memory_only;
  if (last_reload.error) facts.settings_refused = serve::why_reload_failed(*last_reload.error);
  if (const auto& hold = all_.delivery->state().hold) {
    facts.delivery_hold = {hold_since_.of(hold->since, all_.time.now(), all_.time.wall_now()), hold->words};
  }
  auto text = status_text(facts);
  if (text == told_) return;
  told_ = std::move(text);
  service_.status(told_);
}

}  // namespace edge_rollup::daemon
