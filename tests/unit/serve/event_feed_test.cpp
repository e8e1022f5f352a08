#include "serve/event_feed.hpp"

#include "support/property.hpp"

#include <fmt/format.h>
#include <catch2/catch_test_macros.hpp>

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

using namespace edge_rollup;
using serve::event_feed;
using serve::event_ring;

namespace {

serve::live_event event(std::uint64_t number) {
  return {serve::event_kind::loss, fmt::format("{{\"total\":{}}}", number)};
}

void tell(event_feed& feed, std::uint64_t first, std::uint64_t last) {
  for (auto number = first; number <= last; ++number) feed.tell({event(number)});
}

std::string text_of(std::uint64_t number) {
  return fmt::format("id: p-{0}\nevent: loss\ndata: {{\"total\":{0}}}\n\n", number);
}

std::string texts(std::uint64_t first, std::uint64_t last) {
  std::string all;
  for (auto number = first; number <= last; ++number) all += text_of(number);
  return all;
}

/// All that a listener is told now.
std::string taken(net::live_body& body) {
  std::string all;
  for (auto piece = body.take(); !piece.empty(); piece = body.take()) {
    CHECK(piece.size() < event_feed::piece_bytes + event_ring::max_event_bytes);
    all += piece;
  }
  return all;
}

const std::string greeting = "retry: 2000\n\n";

}  // namespace

TEST_CASE("A listener is told what follows the event that it has seen last") {
  event_feed feed("p");
  tell(feed, 1, 300);
  struct row {
    const char* label;
    std::optional<std::string> last_id;
    std::string told;
  };
  const std::string replay = "id: p-250\nevent: reset\ndata: {}\n\n" + texts(251, 300);
  const std::vector<row> rows = {
      {"comes for the first time", std::nullopt, texts(251, 300)},
      {"has seen all", "p-300", ""},
      {"was away for a moment", "p-298", texts(299, 300)},
      {"was away for as long as the ring is", "p-44", texts(45, 300)},
      {"was away for longer", "p-43", replay},
      {"comes from another process", "q-298", replay},
      {"comes from the future", "p-301", replay},
      {"says nonsense", "p-2x", replay},
      {"says nothing", "", replay},
  };
  for (const auto& [label, last_id, told] : rows) {
    INFO(label);
    const auto listener = feed.listen(last_id);
    REQUIRE(listener);
    CHECK(taken(*listener) == greeting + told);
  }
}

TEST_CASE("Before the first event a listener of this process misses nothing, and one of another starts anew") {
  event_feed feed("p");
  const auto first = feed.listen(std::nullopt);
  const auto other = feed.listen("q-7");
  CHECK(taken(*first) == greeting);
  CHECK(taken(*other) == greeting + "id: p-0\nevent: reset\ndata: {}\n\n");
  const auto back = feed.listen("p-0");
  tell(feed, 1, 2);
  CHECK(taken(*first) == texts(1, 2));
  CHECK(taken(*other) == texts(1, 2));
  CHECK(taken(*back) == greeting + texts(1, 2));
}

TEST_CASE("A listener that falls behind the ring starts anew") {
  event_feed feed("p");
  const auto slow = feed.listen(std::nullopt);
  CHECK(taken(*slow) == greeting);
  tell(feed, 1, event_ring::most_events + 1);
  CHECK(taken(*slow) == "id: p-207\nevent: reset\ndata: {}\n\n" + texts(208, 257));
}

TEST_CASE("A listener is woken once for all that comes while it waits") {
  event_feed feed("p");
  const auto listener = feed.listen(std::nullopt);
  int woken = 0;
  listener->when_more([&woken] { ++woken; });
  tell(feed, 1, 1);
  CHECK(woken == 0);  // it has not waited yet
  taken(*listener);
  feed.tell({event(2), event(3)});
  tell(feed, 4, 5);
  CHECK(woken == 1);
  CHECK(taken(*listener) == texts(2, 5));
  feed.tell({});
  CHECK(woken == 1);
  listener->when_more({});
  tell(feed, 6, 6);
  CHECK(woken == 1);
}

TEST_CASE("Only so many listen at once, and who goes makes room") {
  event_feed feed("p");
  std::deque<std::shared_ptr<net::live_body>> listeners;
  for (std::size_t i = 0; i < event_feed::most_listeners; ++i) listeners.push_back(feed.listen(std::nullopt));
  CHECK(feed.listen(std::nullopt) == nullptr);
  listeners.pop_front();
  CHECK(feed.listen(std::nullopt) != nullptr);
}

TEST_CASE("A sign of life is an event without an id") {
  event_feed feed("p");
  CHECK(feed.listen(std::nullopt)->sign_of_life(model::wall_time{}) ==
        "event: alive\ndata: {\"at\":\"1970-01-01T00:00:00.000Z\"}\n\n");
}

TEST_CASE("Whoever comes back with the last id misses nothing and is told nothing twice") {
  tests::holds_for_all("for any pauses shorter than the ring", [](const std::vector<std::uint8_t>& pauses) {
    event_feed feed("p");
    std::uint64_t told = 0, seen = 0;
    std::string heard;
    for (const auto pause : pauses) {
      const auto listener = feed.listen(fmt::format("p-{}", seen));
      tell(feed, told + 1, told + pause);
      told += pause;
      heard += taken(*listener).substr(greeting.size());
      seen = told;
    }
    return heard == texts(1, told);
  });
}
