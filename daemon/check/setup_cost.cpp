#include "daemon/check/setup_cost.hpp"

#include "daemon/text/age_text.hpp"
#include "daemon/text/bytes_text.hpp"
#include "model/grouped.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

namespace edge_rollup::daemon {
namespace {

constexpr std::uint64_t header_bytes = 600;  // of request and answer, with a token of usual length
constexpr std::uint64_t row_bytes = 160;     // what the store keeps of a rollup beside its body
constexpr model::milliseconds month = std::chrono::days{30};
constexpr model::milliseconds least_reserve = std::chrono::days{1};

}  // namespace

setup_cost cost_of(const rollup_size& rollup, model::milliseconds interval, const outbox::outbox_options& outbox) {
  setup_cost cost;
  cost.rollup_bytes = rollup.sent_bytes + header_bytes;
  cost.month_bytes = cost.rollup_bytes * static_cast<std::uint64_t>(month / interval);
  const auto by_size = outbox.max_bytes / (rollup.stored_bytes + row_bytes);
  const auto by_age = static_cast<std::uint64_t>(outbox.max_age / interval);
  cost.outbox_rollups = std::min(by_size, by_age);
  cost.outbox_lasts = interval * static_cast<std::int64_t>(cost.outbox_rollups);
  return cost;
}

finding judge_cost(const setup_cost& cost) {
  auto what = fmt::format("about {} a rollup, {} a month; without the cloud the outbox lasts {} ({} rollups)",
                          bytes_text(cost.rollup_bytes), bytes_text(cost.month_bytes), span_text(cost.outbox_lasts),
                          model::grouped(cost.outbox_rollups));
  if (cost.outbox_lasts >= least_reserve) return {finding_level::ok, "cost", std::move(what), ""};
  return {finding_level::warning, "cost", std::move(what),
          "raise outbox.max_bytes or outbox.max_age, lengthen poll.interval, or send less with report.node_data"};
}

}  // namespace edge_rollup::daemon
