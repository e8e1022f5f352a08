// The power fails at every moment of a scripted run of the real store, with unsynced writes lost, torn or kept. What
// the store had acknowledged must be there afterwards; of what was under way, all or nothing.
#include "outbox/sqlite_outbox.hpp"
#include "outbox/visited_store.hpp"

#include "support/store_process.hpp"
#include "support/temporary_directory.hpp"
#include "unit/outbox/recording_disk.hpp"

#include <boost/asio/co_spawn.hpp>
#include <catch2/catch_get_random_seed.hpp>
#include <catch2/catch_test_macros.hpp>

#include <SQLiteCpp/Database.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <exception>
#include <fstream>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace edge_rollup::outbox {
namespace {

using tests::disk_event;
using tests::durability;
using tests::first_start;
using tests::recording_disk;
using tests::store_process;
using tests::unsynced;

record numbered(std::uint64_t sequence) {
  record made;
  made.sequence = sequence;
  made.id = "id-" + std::to_string(sequence);
  made.stored_at = model::wall_time{model::milliseconds{static_cast<std::int64_t>(sequence)}};
  for (std::uint64_t word = 0; word < sequence % 5 * 700; ++word) made.body += std::to_string(word * sequence * 7919);
  return made;
}

settlement delivery_of(std::uint64_t sequence) {
  settlement change;
  change.delivered = sequence;
  return change;
}

settlement refusal_of(std::uint64_t sequence) {
  settlement change;
  change.tried = entry{sequence, entry_state::aside, 3, 2, model::milliseconds{1'000}};
  return change;
}

/// Everything about a store that a power cut must not change.
struct state {
  std::uint64_t next = 1;
  std::uint64_t dead = 0;
  std::vector<entry> waiting;

  friend bool operator==(const state&, const state&) = default;
};

template <class Store>
state state_of(Store& store) {
  constexpr std::size_t all = 1'000;
  auto waiting = store.front(all);
  REQUIRE(waiting);
  return {store.at_a_glance().next_sequence, store.at_a_glance().dead, std::move(*waiting)};
}

/// The state that the store had acknowledged when so many events had reached the disk.
struct acknowledged {
  std::size_t events = 0;
  state then;
};

struct history {
  std::vector<disk_event> events;
  std::vector<acknowledged> steps;
};

void checkpoint(const std::filesystem::path& directory, const char* mode) {
  SQLite::Database beside((directory / store_file_name).native(), SQLite::OPEN_READWRITE);
  beside.exec(std::string("PRAGMA wal_checkpoint(") + mode + ")");
}

/// Every kind of commit there is, with checkpoints and restarts between them.
history scripted_run(recording_disk& disk) {
  const tests::temporary_directory room;
  history told;
  std::optional<sqlite_store> store;
  std::uint64_t next = 1;
  const auto open = [&] {
    store.reset();
    auto opened = sqlite_store::open(room.path(), first_start);
    REQUIRE(opened);
    store.emplace(std::move(*opened));
  };
  const auto note = [&] { told.steps.push_back({disk.events().size(), state_of(*store)}); };
  const auto keep = [&](std::uint64_t count) {
    for (; count > 0; --count) {
      REQUIRE(store->store(numbered(next++)));
      note();
    }
  };
  const auto settle = [&](const settlement& change) {
    REQUIRE(store->settle(change));
    note();
  };
  open();
  note();
  keep(4);
  settle(delivery_of(1));
  checkpoint(room.path(), "PASSIVE");
  keep(3);
  settle(refusal_of(2));
  auto accepted = delivery_of(3);
  accepted.dead = {2};
  settle(accepted);
  checkpoint(room.path(), "TRUNCATE");
  keep(2);
  settle(delivery_of(4));
  open();
  note();
  keep(5);
  checkpoint(room.path(), "RESTART");
  keep(2);
  settle(delivery_of(5));
  settle(delivery_of(6));
  store.reset();
  told.events = disk.events();
  return told;
}

/// Rollups come and go while `count` syncs in a row fail.
history failing_run(recording_disk& disk, std::size_t sync, std::size_t count) {
  const tests::temporary_directory room;
  store_process daemon;
  history told;
  auto store = resilient_store::open(room.path(), first_start, daemon.around());
  REQUIRE(store);
  disk.fail_sync_after(sync, count);
  for (std::uint64_t sequence = 1; sequence <= 8; ++sequence) {
    REQUIRE(store->store(numbered(sequence)));
    told.steps.push_back({disk.events().size(), state_of(*store)});
    if (sequence % 2 == 1) continue;
    REQUIRE(store->settle(delivery_of(sequence / 2)));
    told.steps.push_back({disk.events().size(), state_of(*store)});
  }
  told.events = disk.events();
  return told;
}

/// A sync fails when the store is closed, which nobody hears of; then another process goes on.
history run_after_failed_close(recording_disk& disk) {
  const tests::temporary_directory room;
  store_process daemon;
  history told;
  for (std::uint64_t sequence = 1; sequence <= 6; ++sequence) {
    const bool is_last = sequence % 3 == 0;
    auto store = resilient_store::open(room.path(), first_start, daemon.around());
    REQUIRE(store);
    REQUIRE(store->store(numbered(sequence)));
    told.steps.push_back({disk.events().size(), state_of(*store)});
    if (!is_last) disk.fail_sync_after(0);
  }
  told.events = disk.events();
  return told;
}

/// Syncs of a command that an operator gives beside the daemon fail.
template <std::size_t failing>
history run_beside_failing_command(recording_disk& disk) {
  const tests::temporary_directory room;
  store_process daemon;
  history told;
  auto store = resilient_store::open(room.path(), first_start, daemon.around());
  REQUIRE(store);
  for (std::uint64_t sequence = 1; sequence <= 6; ++sequence) {
    REQUIRE(store->store(numbered(sequence)));
    told.steps.push_back({disk.events().size(), state_of(*store)});
    if (sequence != 3) continue;
    auto beside = visited_store::open(room.path());
    REQUIRE(beside);
    disk.fail_sync_after(0, failing);
    REQUIRE(beside->begin_stream("5f0c7a52-3d0e-4c9a-8f6b-2f0c4d7e8a55"));  // at the second try
  }
  told.events = disk.events();
  return told;
}

/// What stands on the disk after the power came back, opened by a new process. Empty where an acknowledged body is
/// gone or altered.
std::optional<state> opened_after(const tests::disk_image& image) {
  const tests::temporary_directory room;
  for (const auto& [name, bytes] : image) std::ofstream(room.path() / name, std::ios::binary) << bytes;
  auto store = sqlite_store::open(room.path(), first_start);
  if (!store) return std::nullopt;
  for (const auto& each : state_of(*store).waiting) {
    const auto body = store->load(each.sequence);
    if (!body || *body != numbered(each.sequence)) return std::nullopt;
  }
  return state_of(*store);
}

struct tally {
  int cuts = 0;
  int losses = 0;
};

constexpr unsynced every_fate[] = {unsynced::all_lost, unsynced::all_kept, unsynced::some_torn, unsynced::some_torn};
constexpr unsynced fates_of_chance[] = {unsynced::some_torn, unsynced::some_torn};

tally cut_everywhere(const history& told, std::uint32_t seed, std::span<const unsynced> fates = every_fate) {
  tests::platter disk{seed};
  tally counted;
  std::size_t done = 0;  // steps that were acknowledged before the cut
  for (std::size_t cut = 0; cut <= told.events.size(); ++cut) {
    if (cut > 0) disk.take(told.events[cut - 1]);
    while (done < told.steps.size() && told.steps[done].events <= cut) ++done;
    for (const auto fate : fates) {
      const auto found = opened_after(disk.after_power_cut(fate));
      const bool as_before = found && (done == 0 || *found == told.steps[done - 1].then);
      const bool one_further = found && done < told.steps.size() && *found == told.steps[done].then;
      counted.cuts += 1;
      counted.losses += as_before || one_further ? 0 : 1;
    }
  }
  return counted;
}

TEST_CASE("a power cut at any write or sync loses nothing that was acknowledged") {
  const auto seed = Catch::getSeed();
  CAPTURE(seed);
  history told;
  {
    recording_disk disk;
    told = scripted_run(disk);
  }
  const auto counted = cut_everywhere(told, seed);
  CAPTURE(counted.cuts);
  CHECK(counted.cuts > 500);
  CHECK(counted.losses == 0);
}

TEST_CASE("the same power cuts find losses where commits are not synced, so they would be seen") {
  const auto seed = Catch::getSeed();
  CAPTURE(seed);
  history told;
  {
    recording_disk disk{durability::normal};
    told = scripted_run(disk);
  }
  const auto counted = cut_everywhere(told, seed);
  CAPTURE(counted.cuts);
  CHECK(counted.losses > 50);
}

TEST_CASE("a sync that fails, and a power cut any time later, loses nothing that was acknowledged") {
  const auto seed = Catch::getSeed();
  CAPTURE(seed);
  const struct {
    std::size_t sync;
    std::size_t count;
  } failures[] = {{0, 1}, {3, 2}, {8, 2}, {13, 1}};  // the second one is that of the file that is closed for the first
  for (const auto& [sync, count] : failures) {
    CAPTURE(sync, count);
    history told;
    {
      recording_disk disk;
      told = failing_run(disk, sync, count);
    }
    const auto counted = cut_everywhere(told, seed);
    CHECK(counted.cuts > 100);
    CHECK(counted.losses == 0);
  }
}

TEST_CASE("a sync that fails where no daemon hears of it costs nothing of what is stored later") {
  const struct {
    const char* row;
    history (*run)(recording_disk&);
  } failures[] = {{"as a process ends", run_after_failed_close},
                  {"in a command beside the daemon", run_beside_failing_command<1>},
                  {"there, and as its log is written again", run_beside_failing_command<2>}};
  const auto seed = Catch::getSeed();
  CAPTURE(seed);
  for (const auto& [row, run] : failures) {
    CAPTURE(row);
    history told;
    {
      recording_disk disk;
      told = run(disk);
    }
    CHECK(cut_everywhere(told, seed).losses == 0);
    for (std::uint32_t more = 1; more < 8; ++more) {
      CHECK(cut_everywhere(told, seed + more, fates_of_chance).losses == 0);
    }
  }
}

TEST_CASE("an outbox on a disk that takes half a second for a sync does not keep the loop waiting") {
  using namespace std::chrono_literals;
  recording_disk disk;
  const tests::temporary_directory room;
  store_process daemon;
  auto opened = sqlite_outbox::open(room.path(), first_start, daemon.around());
  REQUIRE(opened);
  auto& outbox = **opened;
  disk.take_for_a_sync(500ms);
  const auto stored = [](std::exception_ptr problem, const model::result<void>& outcome) {
    CHECK(!problem);
    CHECK(outcome);
  };
  runtime::asio::co_spawn(daemon.loop, outbox.store(numbered(1)), stored);
  auto longest = 0ns;
  auto last = std::chrono::steady_clock::now();
  while (outbox.at_a_glance().pending == 0) {
    daemon.loop.poll();
    const auto now = std::chrono::steady_clock::now();
    longest = std::max<std::chrono::nanoseconds>(longest, now - last);
    last = now;
  }
  CHECK(longest < 250ms);
}

}  // namespace
}  // namespace edge_rollup::outbox
