#include "daemon/check/expected_rollup.hpp"

#include "aggregate/aggregate.hpp"
#include "wire/rfc3339.hpp"
#include "wire/rollup_json.hpp"
#include "wire/uuid.hpp"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace edge_rollup::daemon {
namespace {

/// Without order from one `index` to the next, as compression would find it; below `bound`.
std::uint64_t scattered(std::size_t index, std::uint64_t bound) {
  constexpr std::uint64_t golden_ratio = 0x9e37'79b9'7f4a'7c15;  // of 2^64: Knuth, The Art of Computer Programming 6.4
  constexpr int upper_half = 32;
  return ((index + 1) * golden_ratio >> upper_half) % bound;
}

model::poll_outcome usual_outcome(std::size_t index, model::wall_time now) {
  constexpr std::uint64_t minute_ms = 60'000;
  model::summary said;
  said.record_count = 1'000 + scattered(index, 9'000);
  said.quality_score = 0.9 + static_cast<double>(scattered(index, 100)) / 1'000;
  said.last_updated_at = now - model::milliseconds{scattered(index, minute_ms)};
  said.last_updated = wire::format_timestamp(*said.last_updated_at);
  return {said, model::nanoseconds{1'000'000 + scattered(index, 20'000'000)}};
}

model::rollup_label usual_label(const config::config& settings, const std::string& gateway, model::wall_time now) {
  model::rollup_label made;
  made.identity = {wire::uuid_v7(now, scattered(0, UINT64_MAX), scattered(1, UINT64_MAX)),
                   wire::uuid_v4(scattered(2, UINT64_MAX), scattered(3, UINT64_MAX)), 1'000, std::nullopt,
                   std::nullopt};
  made.gateway = gateway;
  made.instance = wire::uuid_v4(scattered(4, UINT64_MAX), scattered(5, UINT64_MAX));
  made.interval = settings.poll.interval;
  made.record_kind = settings.record_kind;
  made.health.version = EDGE_ROLLUP_VERSION;
  return made;
}

}  // namespace

std::string expected_rollup(const config::config& settings, const std::string& gateway,
                            std::span<const model::node> nodes, model::wall_time now) {
  std::vector<model::poll_outcome> outcomes;
  outcomes.reserve(nodes.size());
  for (std::size_t index = 0; index < nodes.size(); ++index) outcomes.push_back(usual_outcome(index, now));
  model::round_facts facts;
  facts.scheduled = now;
  facts.started = now;
  const auto made = aggregate::aggregate(facts, nodes, outcomes, {});
  return wire::to_json(made, usual_label(settings, gateway, now), nodes, outcomes, settings.report);
}

}  // namespace edge_rollup::daemon
