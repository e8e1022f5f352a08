#include "outbox/runway.hpp"

#include <catch2/catch_test_macros.hpp>

#include <chrono>

using namespace edge_rollup;
using namespace std::chrono_literals;
using outbox::overview;
using outbox::runway;

namespace {

constexpr std::uint64_t mebibyte = 1024 * 1024;
constexpr model::milliseconds interval = 5min;

/// With the defaults and small rollups, one of which waits.
overview with_defaults() {
  overview store;
  store.pending = 1;
  store.file_bytes = 50'000;
  store.newest_bytes = 440;
  store.limit_bytes = 256 * mebibyte;
  store.max_age = std::chrono::days{30};
  store.disk_room = 30'000 * mebibyte;
  return store;
}

}  // namespace

TEST_CASE("the runway ends with the age, the limit or the disk, whichever comes first") {
  struct row {
    const char* label;
    void (*change)(overview&);
    model::seconds lasts;
  };
  const row rows[] = {
      {"the defaults: age", [](overview&) {}, std::chrono::days{30}},
      {"nothing waits", [](overview& store) { store.pending = 0; }, std::chrono::days{30}},
      {"the oldest waits", [](overview& store) { store.oldest_age = 72h; }, std::chrono::days{27}},
      {"the oldest goes", [](overview& store) { store.oldest_age = std::chrono::days{31}; }, 0s},
      {"the limit", [](overview& store) { store.limit_bytes = store.file_bytes + 6'000; }, 50min},
      {"over the limit", [](overview& store) { store.limit_bytes = 1; }, 0s},
      {"the disk", [](overview& store) { store.disk_room = 1'200; }, 10min},
      {"a full disk", [](overview& store) { store.disk_room = 0; }, 0s},
      {"no age", [](overview& store) { store.max_age = 0ms, store.disk_room = 1'200; }, 10min},
      {"nobody knows of the disk",
       [](overview& store) { store.disk_room.reset(), store.limit_bytes = store.file_bytes + 600; }, 5min},
  };
  for (const auto& [label, change, lasts] : rows) {
    INFO(label);
    auto store = with_defaults();
    change(store);
    CHECK(runway(store, interval) == lasts);
  }
}

TEST_CASE("a rollup takes what those that are stored take, dead letters too, and no less than the newest") {
  auto store = with_defaults();
  CHECK(outbox::bytes_a_rollup(store) == 440 + outbox::row_bytes);
  store.pending = 1'500;
  store.dead = 500;
  store.file_bytes = outbox::empty_store_bytes + 2'000 * 800;
  CHECK(outbox::bytes_a_rollup(store) == 800);
  store.newest_bytes = 5'000;
  CHECK(outbox::bytes_a_rollup(store) == 5'000 + outbox::row_bytes);
}

TEST_CASE("there is no runway without a rollup, a limit or an interval") {
  CHECK_FALSE(runway({}, interval));
  CHECK_FALSE(runway(with_defaults(), 0ms));
  auto store = with_defaults();
  store.newest_bytes = 0;
  CHECK_FALSE(runway(store, interval));
}
