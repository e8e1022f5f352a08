// Once a round: outcomes become the rollup, and what the next round needs of them is kept.
#include "aggregate/aggregate.hpp"
#include "aggregate/freshness.hpp"
#include "bench/sample_round.hpp"

#include <benchmark/benchmark.h>

#include <cstddef>

namespace edge_rollup::bench {
namespace {

void aggregate_round(benchmark::State& state) {
  const auto round = make_sample_round(static_cast<std::size_t>(state.range(0)));
  aggregate::freshness_memory memory;
  memory.learn(round.nodes, round.outcomes);
  for ([[maybe_unused]] auto turn : state) {
    auto made = aggregate::aggregate(round.facts, round.nodes, round.outcomes, memory);
    benchmark::DoNotOptimize(made);
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(aggregate_round)->Arg(small_fleet)->Arg(usual_fleet)->Arg(large_fleet);

void learn_round(benchmark::State& state) {
  const auto round = make_sample_round(static_cast<std::size_t>(state.range(0)));
  aggregate::freshness_memory memory;
  for ([[maybe_unused]] auto turn : state) memory.learn(round.nodes, round.outcomes);
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(learn_round)->Arg(small_fleet)->Arg(usual_fleet)->Arg(large_fleet);

}  // namespace
}  // namespace edge_rollup::bench
