#include "bench/sample_round.hpp"

#include "wire/rfc3339.hpp"
#include "wire/url.hpp"

#include <fmt/format.h>

#include <chrono>

namespace edge_rollup::bench {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t one_fails_in = 100;

model::node node_number(std::size_t number) {
  model::node made;
  made.url = fmt::format("http://10.{}.{}.{}:8080", number >> 16U & 255U, number >> 8U & 255U, number & 255U);
  made.base = *wire::parse_node_url(made.url);
  made.name = wire::default_node_name(made.base);
  made.path = "/data/summary";
  return made;
}

model::poll_outcome outcome_number(std::size_t number, model::wall_time started) {
  if (number % one_fails_in == 0) {
    return {std::unexpected(model::failure{model::failure_kind::connect, "Connection refused", {}}), 300us};
  }
  model::summary summary;
  summary.record_count = 4'000 + number * 7919 % 1'000;
  summary.quality_score = static_cast<double>(900 + number % 100) / 1'000.0;
  summary.last_updated = "2026-11-22T17:04:51Z";
  summary.last_updated_at = started - 9s;
  return {summary, 8'120us};
}

}  // namespace

sample_round make_sample_round(std::size_t nodes) {
  sample_round made;
  made.facts.started = *wire::parse_timestamp("2026-11-22T17:05:00Z");
  made.facts.took = 140ms;
  for (std::size_t number = 0; number < nodes; ++number) {
    made.nodes.push_back(node_number(number));
    made.outcomes.push_back(outcome_number(number, made.facts.started));
  }
  return made;
}

}  // namespace edge_rollup::bench
