// Once a round, where `listen` is on: what the API remembers of it; and what another list of nodes costs that memory.
#include "bench/sample_round.hpp"
#include "serve/event_feed.hpp"
#include "serve/live_event.hpp"
#include "serve/node_board.hpp"
#include "serve/poll_columns.hpp"
#include "serve/poll_mark.hpp"
#include "serve/round_archive.hpp"
#include "serve/round_history.hpp"

#include <benchmark/benchmark.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

namespace edge_rollup::bench {
namespace {

void remember_round(benchmark::State& state) {
  const auto round = make_sample_round(static_cast<std::size_t>(state.range(0)));
  const auto nodes = std::make_shared<const std::vector<model::node>>(round.nodes);
  const std::vector<model::freshness> freshness(nodes->size(), model::freshness::fresh);
  serve::round_history history;
  serve::poll_columns polls;
  serve::round_archive archive;
  std::uint64_t sequence = 0;
  for ([[maybe_unused]] auto turn : state) {
    auto marks = serve::marks_of(round.outcomes, freshness);
    history.round_ended({}, serve::spread_of(marks), {});
    polls.round_ended(nodes, std::move(marks), {});
    archive.keep(++sequence, nodes, round.outcomes, freshness);
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
  state.counters["polls_bytes"] = static_cast<double>(polls.bytes());
  state.counters["archive_bytes"] = static_cast<double>(archive.bytes());
}
BENCHMARK(remember_round)->Arg(small_fleet)->Arg(usual_fleet)->Arg(large_fleet);

void take_board_over(benchmark::State& state) {
  const auto round = make_sample_round(static_cast<std::size_t>(state.range(0)));
  const auto nodes = std::make_shared<const std::vector<model::node>>(round.nodes);
  const std::vector<model::freshness> freshness(nodes->size(), model::freshness::fresh);
  serve::node_board board;
  serve::event_feed events("bench");
  for ([[maybe_unused]] auto turn : state) {
    state.PauseTiming();
    auto outcomes = round.outcomes;
    auto ages = freshness;
    state.ResumeTiming();
    board.round_ended(nodes, std::move(outcomes), std::move(ages), {});
    events.tell(serve::events_of_round({}, board, {}));
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(take_board_over)->Arg(small_fleet)->Arg(usual_fleet)->Arg(large_fleet);

void change_list(benchmark::State& state) {
  const auto round = make_sample_round(static_cast<std::size_t>(state.range(0)));
  const std::vector<model::freshness> freshness(round.nodes.size(), model::freshness::fresh);
  serve::poll_columns polls;
  for ([[maybe_unused]] auto turn : state) {
    state.PauseTiming();
    const auto nodes = std::make_shared<const std::vector<model::node>>(round.nodes);
    for (std::size_t i = 1; i < serve::poll_columns::most_rounds; ++i) {
      polls.round_ended(nodes, serve::marks_of(round.outcomes, freshness), {});
    }
    const auto others = std::make_shared<const std::vector<model::node>>(round.nodes);
    auto marks = serve::marks_of(round.outcomes, freshness);
    state.ResumeTiming();
    polls.round_ended(others, std::move(marks), {});
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(change_list)->Arg(usual_fleet)->Arg(large_fleet);

}  // namespace
}  // namespace edge_rollup::bench
