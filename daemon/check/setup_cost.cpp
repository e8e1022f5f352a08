#include "daemon/check/setup_cost.hpp"

#include "daemon/text/age_text.hpp"
#include "daemon/text/bytes_text.hpp"
#include "model/grouped.hpp"
#include "outbox/runway.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

namespace edge_rollup::daemon {
namespace {

constexpr std::uint64_t header_bytes = 600;  // of request and answer, with a token of usual length
// Of a whole connection beside its data, with the headers of its packets, as counted on a loopback device. A full
// handshake of TLS 1.3 with a chain of two RSA certificates; one that resumes a session takes less than half of that.
constexpr std::uint64_t tls_connection_bytes = 4'400;
constexpr std::uint64_t tcp_connection_bytes = 400;
constexpr model::milliseconds month = std::chrono::days{30};
constexpr model::milliseconds least_reserve = std::chrono::days{1};

}  // namespace

setup_cost cost_of(const rollup_size& rollup, model::url_scheme scheme, model::milliseconds interval,
                   const outbox::outbox_options& outbox) {
  setup_cost cost;
  const auto connection = scheme == model::url_scheme::https ? tls_connection_bytes : tcp_connection_bytes;
  cost.rollup_bytes = rollup.sent_bytes + header_bytes + connection;
  cost.month_bytes = cost.rollup_bytes * static_cast<std::uint64_t>(month / interval);
  const auto by_size = outbox.max_bytes / (rollup.stored_bytes + outbox::row_bytes);
  const auto by_age = static_cast<std::uint64_t>(outbox.max_age / interval);
  cost.outbox_rollups = std::min(by_size, by_age);
  cost.outbox_lasts = interval * static_cast<std::int64_t>(cost.outbox_rollups);
  return cost;
}

finding judge_cost(const setup_cost& cost) {
  auto what = fmt::format(
      "about {} a rollup, {} a month to the cloud (polls not counted); without the cloud the "
      "outbox lasts {} ({} rollups)",
      bytes_text(cost.rollup_bytes), bytes_text(cost.month_bytes), span_text(cost.outbox_lasts),
      model::grouped(cost.outbox_rollups));
  if (cost.outbox_lasts >= least_reserve) return {finding_level::ok, "cost", std::move(what), ""};
  return {finding_level::warning, "cost", std::move(what),
          "raise outbox.max_bytes or outbox.max_age, lengthen poll.interval, or send less with report.node_data"};
}

}  // namespace edge_rollup::daemon
