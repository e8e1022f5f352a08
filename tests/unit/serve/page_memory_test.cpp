#include "serve/event_feed.hpp"
#include "serve/node_board.hpp"
#include "serve/poll_columns.hpp"
#include "serve/rollup_history.hpp"
#include "serve/round_archive.hpp"
#include "serve/round_history.hpp"
#include "support/served_nodes.hpp"

#include <catch2/catch_test_macros.hpp>

#include <malloc.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define EDGE_ROLLUP_SANITIZED_HEAP
/// Of the sanitizers' allocator; g++ comes without the header that declares it.
extern "C" std::size_t __sanitizer_get_current_allocated_bytes();
#endif

using namespace edge_rollup;

namespace {

constexpr std::size_t fleet = 10'000;
constexpr std::size_t one_fails_in = 20;
constexpr int rounds = 210;  // more than are kept
constexpr std::size_t mebibyte = 1024 * 1024;

std::size_t held_bytes() {
#ifdef EDGE_ROLLUP_SANITIZED_HEAP
  return ::__sanitizer_get_current_allocated_bytes();
#else
  const auto all = ::mallinfo2();
  return all.uordblks + all.hblkhd;
#endif
}

model::node_list make_fleet() {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < fleet; ++i) names.push_back("pump-" + std::to_string(i) + ".example.com:8080");
  return tests::nodes_named(names);
}

std::vector<model::poll_outcome> outcomes_of_round(int round) {
  std::vector<model::poll_outcome> made;
  made.reserve(fleet);
  for (std::size_t i = 0; i < fleet; ++i) {
    if ((i + static_cast<std::size_t>(round)) % one_fails_in == 0) {
      made.push_back(tests::failed(model::failure_kind::connect));
    } else {
      made.push_back(tests::ok(4'000 + i, 0.98));
      made.back().answer->last_updated = "2026-11-22T17:04:51Z";
    }
  }
  return made;
}

/// All that the daemon remembers for the page.
struct page_memory {
  serve::poll_columns polls;
  serve::round_archive archive;
  serve::round_history history;
  serve::rollup_history rollups;
  serve::event_feed events{"12345678"};
  serve::node_board board;

  void round_ended(const model::node_list& nodes, int number) {
    const auto now = tests::at_second(number);
    auto outcomes = outcomes_of_round(number);
    std::vector<model::freshness> freshness(fleet, model::freshness::fresh);
    auto marks = serve::marks_of(outcomes, freshness);
    history.round_ended({}, serve::spread_of(marks), model::mono_time(model::seconds(number)));
    polls.round_ended(nodes, std::move(marks), now);
    const auto sequence = static_cast<std::uint64_t>(number);
    archive.keep(sequence, nodes, outcomes, freshness);
    board.round_ended(nodes, std::move(outcomes), std::move(freshness), now);
    serve::made_rollup made;
    made.sequence = sequence;
    made.id = std::string(36, 'i');
    events.tell(serve::events_of_round(made, board, now));
    rollups.made(made);
    const std::string words(256, 'w');
    for (int again = 0; again < 2; ++again) {
      serve::ended_try ended{now, sequence, *made.id, "retry", 503, model::milliseconds(3), words};
      events.tell({serve::event_of_try(ended)});
      rollups.tried(std::move(ended));
      rollups.failed(sequence, "retry", {503, words});
    }
  }
};

}  // namespace

TEST_CASE("All that is remembered for the page takes less than 8 MiB for ten thousand nodes, and grows no more") {
  const auto nodes = make_fleet();
  const auto before = held_bytes();
  page_memory memory;
  for (int number = 0; number < rounds; ++number) memory.round_ended(nodes, number);
  const auto full = held_bytes() - before;
  CHECK(full < 8 * mebibyte);
  for (int number = rounds; number < rounds + 5; ++number) memory.round_ended(nodes, number);
  CHECK(held_bytes() - before <= full + 4096);
}
