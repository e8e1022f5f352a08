// Once a round: the rollup becomes the body that goes to the cloud.
#include "aggregate/aggregate.hpp"
#include "bench/sample_round.hpp"
#include "wire/rollup_json.hpp"

#include <benchmark/benchmark.h>

#include <cstddef>
#include <cstdint>

namespace edge_rollup::bench {
namespace {

void write_rollup(benchmark::State& state) {
  const auto round = make_sample_round(static_cast<std::size_t>(state.range(0)));
  const auto rollup = aggregate::aggregate(round.facts, round.nodes, round.outcomes, {});
  model::rollup_label label;
  label.gateway = "gateway-1";
  std::int64_t bytes = 0;
  for ([[maybe_unused]] auto turn : state) {
    auto body = wire::to_json(rollup, label, round.nodes, round.outcomes, {});
    bytes += static_cast<std::int64_t>(body.size());
    benchmark::DoNotOptimize(body);
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
  state.SetBytesProcessed(bytes);
}
BENCHMARK(write_rollup)->Arg(small_fleet)->Arg(usual_fleet)->Arg(large_fleet);

}  // namespace
}  // namespace edge_rollup::bench
