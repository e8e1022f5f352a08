// The power fails at every moment of a salvage that runs between rounds and deliveries: what was acknowledged is there
// once, under its own number, and what is gone is told.
#include "outbox/resilient_store.hpp"

#include "support/store_process.hpp"
#include "support/temporary_directory.hpp"
#include "unit/outbox/recording_disk.hpp"

#include <catch2/catch_get_random_seed.hpp>
#include <catch2/catch_test_macros.hpp>

#include <SQLiteCpp/Database.h>

#include <algorithm>
#include <cstdint>
#include <fstream>
#include <iterator>
#include <map>
#include <random>
#include <string>
#include <vector>

namespace edge_rollup::outbox {
namespace {

namespace fs = std::filesystem;
using tests::first_start;
using tests::store_process;
using tests::unsynced;

constexpr std::uint64_t kept = 4;
constexpr std::uint64_t damaged = 3;

/// Each of the first two is more than a step of a salvage takes.
record make_record(std::uint64_t sequence) {
  record made;
  made.sequence = sequence;
  made.id = "id-" + std::to_string(sequence);
  std::mt19937 noise(static_cast<std::uint32_t>(sequence));
  const std::uint64_t size = sequence <= 2 ? salvage_run::step_bytes + 1'000 : 100;
  while (made.body.size() < size) made.body.push_back(static_cast<char>(noise()));
  return made;
}

const record& numbered(std::uint64_t sequence) {
  static std::map<std::uint64_t, record> made;
  const auto found = made.find(sequence);
  return found != made.end() ? found->second : made.emplace(sequence, make_record(sequence)).first->second;
}

/// A store was set aside, with a damaged record in it, and nothing is salvaged yet. Returns its name.
fs::path set_one_aside(const fs::path& directory) {
  store_process daemon;
  {
    auto store = daemon.open(directory);
    for (std::uint64_t sequence = 1; sequence <= kept; ++sequence) REQUIRE(store.store(numbered(sequence)));
  }
  SQLite::Database((directory / store_file_name).native(), SQLite::OPEN_READWRITE)
      .exec("UPDATE rollup SET checksum = checksum + 1 WHERE sequence = " + std::to_string(damaged));
  auto successor = first_start;
  successor.new_stream_id = "5f0c7a52-3d0e-4c9a-8f6b-2f0c4d7e8a55";
  const auto aside = begin_salvage(directory, successor, {}, daemon.time.wall_now());
  REQUIRE(aside);
  return aside->file.filename();
}

/// What the store has acknowledged, and what it comes to when the salvage has ended.
struct acknowledged {
  std::size_t events = 0;
  std::map<std::uint64_t, entry> waiting;
};

struct history {
  tests::disk_image before;
  std::vector<tests::disk_event> events;
  std::vector<acknowledged> steps;
};

history scripted_run(const fs::path& directory) {
  history told;
  std::ifstream file(directory / store_file_name, std::ios::binary);
  told.before[store_file_name] = {std::istreambuf_iterator<char>(file), {}};
  acknowledged now;
  for (std::uint64_t sequence = 1; sequence <= kept; ++sequence) now.waiting[sequence] = {.sequence = sequence};
  now.waiting.erase(damaged);

  tests::recording_disk disk;
  const auto note = [&] {
    now.events = disk.events().size();
    told.steps.push_back(now);
  };
  note();
  store_process daemon;
  auto store = daemon.open(directory);
  std::uint64_t next = kept + 1;
  const auto keep_one = [&] {
    REQUIRE(store.store(numbered(next)));
    now.waiting[next] = {.sequence = next};
    ++next;
    note();
  };
  const auto deliver = [&](std::uint64_t sequence) {
    settlement change;
    change.delivered = sequence;
    REQUIRE(store.settle(change));
    now.waiting.erase(sequence);
    note();
  };
  keep_one();
  deliver(1);
  SQLite::Database((directory / store_file_name).native(), SQLite::OPEN_READWRITE)
      .exec("PRAGMA wal_checkpoint(PASSIVE)");
  int steps = 1;
  for (; store.continue_salvage(); ++steps) keep_one();
  CHECK(steps > 1);
  settlement refused;
  refused.tried = entry{2, entry_state::aside, 3, 2, model::milliseconds{1'000}};
  REQUIRE(store.settle(refused));
  now.waiting[2] = *refused.tried;
  note();
  keep_one();
  deliver(4);
  told.events = disk.events();
  return told;
}

/// The moments around each sync and change of size, and some of those between.
std::vector<std::size_t> cuts_in(const std::vector<tests::disk_event>& events) {
  constexpr std::size_t stride = 150;
  std::vector<std::size_t> cuts;
  const auto is_write = [&](std::size_t at) { return events[at].what == tests::disk_event::kind::write; };
  for (std::size_t at = 0; at < events.size(); ++at) {
    if (at % stride == 0 || !is_write(at) || (at > 0 && !is_write(at - 1))) cuts.push_back(at);
  }
  cuts.push_back(events.size());
  return cuts;
}

class after_a_cut {
 public:
  after_a_cut(const tests::disk_image& image, const fs::path& source, const fs::path& name) {
    fs::create_hard_link(source / name, room_.path() / name);
    for (const auto& [file, bytes] : image) std::ofstream(room_.path() / file, std::ios::binary) << bytes;
    auto store = daemon_.open(room_.path());
    while (store.continue_salvage()) continue;
    const auto front = store.front(1'000);
    REQUIRE(front);
    for (const auto& each : *front) {
      waiting[each.sequence] = each;
      CHECK(store.load(each.sequence).value() == numbered(each.sequence));
    }
    lost = store.at_a_glance().lost;
  }

  std::map<std::uint64_t, entry> waiting;
  model::loss lost;

 private:
  tests::temporary_directory room_;
  store_process daemon_;
};

TEST_CASE("a power cut anywhere in a salvage loses nothing readable, brings nothing back, and the rest is told") {
  const auto seed = Catch::getSeed();
  CAPTURE(seed);
  const tests::temporary_directory room;
  const auto aside = set_one_aside(room.path());
  const auto told = scripted_run(room.path());
  tests::platter disk{seed};
  disk.becomes(told.before);
  std::size_t taken = 0;
  std::size_t done = 0;  // steps that were acknowledged before the cut
  const auto cuts = cuts_in(told.events);
  CHECK(cuts.size() > 50);
  for (const auto cut : cuts) {
    CAPTURE(cut);
    for (; taken < cut; ++taken) disk.take(told.events[taken]);
    while (done < told.steps.size() && told.steps[done].events <= cut) ++done;
    for (const auto fate : {unsynced::all_lost, unsynced::all_kept, unsynced::some_torn}) {
      CAPTURE(fate);
      const after_a_cut found(disk.after_power_cut(fate), room.path(), aside);
      const bool as_before = found.waiting == told.steps[done - 1].waiting;
      const bool one_further = done < told.steps.size() && found.waiting == told.steps[done].waiting;
      CHECK((as_before || one_further));
      CHECK(found.lost == model::loss{1, {{damaged, damaged, model::loss_reason::damage}}});
    }
  }
}

}  // namespace
}  // namespace edge_rollup::outbox
