#include "observe/upkeep_report.hpp"

#include "model/grouped.hpp"
#include "model/words.hpp"
#include "observe/event.hpp"

#include <fmt/format.h>

#include <string>
#include <string_view>
#include <utility>

namespace edge_rollup::observe {
namespace {

std::string_view explanation_of(model::loss_reason why) {
  switch (why) {
    case model::loss_reason::max_bytes: return "the outbox is full (outbox.max_bytes)";
    case model::loss_reason::max_age: return "they were too old (outbox.max_age)";
    case model::loss_reason::disk: return "the disk took nothing";
    case model::loss_reason::damage: return "the outbox was damaged";
    case model::loss_reason::operator_request: return "an operator dropped them";
  }
  return {};
}

}  // namespace

std::optional<log_entry> upkeep_report::line_of(model::clock_state clock) {
  if (clock == model::clock_state::unknown || std::exchange(clock_, clock) == clock) return std::nullopt;
  if (clock == model::clock_state::synchronized)
    return log_entry{log_level::info, "the clock is synchronized again", {}};
  return log_entry{
      log_level::warn,
      "the clock is not synchronized: times in rollups may be wrong; see timedatectl, and that NTP gets out",
      {event_field(event::clock_unsynchronized)}};
}

std::vector<log_entry> upkeep_report::lines_of(const discarded_counts& discarded) {
  std::vector<log_entry> lines;
  for (std::size_t reason = 0; reason < discarded.size(); ++reason) {
    const auto why = static_cast<model::loss_reason>(reason);
    if (discarded[reason] <= discarded_[reason] || why == model::loss_reason::operator_request) continue;
    const auto lost = discarded[reason] - discarded_[reason];
    lines.push_back(
        {log_level::warn,
         fmt::format("lost: {} discarded unsent, {}; the cloud is told", model::counted(lost, "rollup"),
                     explanation_of(why)),
         {event_field(event::rollups_lost), {"lost", lost}, {"reason", std::string(model::to_string(why))}}});
  }
  discarded_ = discarded;
  return lines;
}

}  // namespace edge_rollup::observe
