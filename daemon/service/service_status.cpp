#include "daemon/service/service_status.hpp"

#include "model/grouped.hpp"
#include "observe/one_line.hpp"
#include "wire/rfc3339.hpp"

#include <fmt/format.h>

namespace edge_rollup::daemon {
namespace {

constexpr std::size_t max_reason_bytes = 200;  // what is worse stands behind it

}  // namespace

std::string status_text(const service_facts& facts) {
  std::string text = "no round yet";
  if (facts.last_round) {
    text = fmt::format("{} of {} nodes ok", model::grouped(facts.last_round->ok),
                       model::grouped(facts.last_round->expected));
  }
  text += fmt::format(", outbox {}", model::grouped(facts.pending));
  if (facts.dead > 0) text += fmt::format(", {}", model::counted(facts.dead, "dead letter"));
  if (facts.settings_refused) {
    text += fmt::format("; the last reload failed, the settings of before are in effect: {}",
                        observe::one_line(*facts.settings_refused, max_reason_bytes));
  }
  if (facts.in_memory_only) text += "; the disk takes nothing";
  if (facts.delivery_hold) {
    text += fmt::format("; delivery holds since {}: {}", wire::format_timestamp(facts.delivery_hold->since),
                        facts.delivery_hold->words);
  }
  return text;
}

}  // namespace edge_rollup::daemon
