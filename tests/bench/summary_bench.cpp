// Once for each poll: what a node answered becomes a summary.
#include "wire/summary_json.hpp"

#include <benchmark/benchmark.h>

#include <string>
#include <string_view>

namespace edge_rollup::bench {
namespace {

constexpr std::string_view usual_summary =
    R"({"record_count": 4160, "quality_score": 0.981, "last_updated": "2026-11-22T17:04:51Z"})";

/// As nodes of other contracts answer: the three fields among many others.
std::string wide_summary() {
  std::string made =
      R"({"device": {"id": "pump-1", "firmware": "4.2.1-rc3", "tags": ["north", "water"]}, "samples": [)";
  for (int sample = 0; sample < 100; ++sample) made += R"({"at": 1795367091, "value": 21.375, "unit": "\u00b0C"}, )";
  made += R"(null], )";
  made += usual_summary.substr(1);
  return made;
}

void parse(benchmark::State& state, std::string_view body) {
  for ([[maybe_unused]] auto turn : state) {
    auto read = wire::parse_summary(body);
    if (!read) state.SkipWithError("not a summary");
    benchmark::DoNotOptimize(read);
  }
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(body.size()));
}

void parse_usual_summary(benchmark::State& state) {
  parse(state, usual_summary);
}
BENCHMARK(parse_usual_summary);

void parse_wide_summary(benchmark::State& state) {
  const auto body = wide_summary();
  parse(state, body);
}
BENCHMARK(parse_wide_summary);

}  // namespace
}  // namespace edge_rollup::bench
