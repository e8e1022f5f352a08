// Input: lines "PLACE BYTES", each a decimal place in a database with a few rollups and what is written there instead,
// up to the line feed. Whatever it comes to, the store opens, takes a new rollup, and gives out no body but those that
// were stored; what it counts adds up.
#include "fuzz/fuzz_input.hpp"
#include "model/invariant.hpp"
#include "outbox/resilient_store.hpp"
#include "support/store_process.hpp"
#include "support/temporary_directory.hpp"

#include <charconv>
#include <fstream>
#include <iterator>
#include <string>

namespace {

using namespace edge_rollup;

constexpr std::uint64_t kept = 12;
constexpr std::size_t everything = 1'000;

std::string body_of(std::uint64_t sequence) {
  std::string body;
  for (std::uint64_t word = 0; word < 40 * (sequence % 16); ++word) body += std::to_string(word * sequence * 7919);
  return body;
}

outbox::record numbered(std::uint64_t sequence) {
  outbox::record made;
  made.sequence = sequence;
  made.id = "id-" + std::to_string(sequence);
  made.body = body_of(sequence);
  return made;
}

/// The file as a process left it: some rollups waiting, one dead, one aside, one delivered.
std::string make_database() {
  const tests::temporary_directory room;
  {
    tests::store_process daemon;
    auto store = daemon.open(room.path());
    for (std::uint64_t sequence = 1; sequence <= kept; ++sequence) {
      EDGE_ROLLUP_INVARIANT(store.store(numbered(sequence)).has_value());
    }
    outbox::settlement change;
    change.delivered = 1;
    change.tried = outbox::entry{3, outbox::entry_state::aside, 2, 1, model::milliseconds{10}};
    change.dead = {2};
    EDGE_ROLLUP_INVARIANT(store.settle(change).has_value());
  }
  std::ifstream file(room.path() / outbox::store_file_name, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::string damaged(std::string file, std::string_view changes) {
  while (!changes.empty()) {
    const auto line = tests::take_line(changes);
    std::size_t place = 0;
    const auto [end, error] = std::from_chars(line.data(), line.data() + line.size(), place);
    if (error != std::errc{} || end == line.data() + line.size()) continue;
    const auto bytes = line.substr(static_cast<std::size_t>(end - line.data()) + 1);
    place %= file.size();
    file.replace(place, std::min(bytes.size(), file.size() - place), bytes.substr(0, file.size() - place));
  }
  return file;
}

void check(const std::filesystem::path& directory) {
  tests::store_process daemon;
  auto store = daemon.open(directory);
  while (store.continue_salvage()) continue;
  const auto next = store.at_a_glance().next_sequence;
  EDGE_ROLLUP_INVARIANT(store.store(numbered(next)).has_value());
  const auto waiting = store.front(everything);
  EDGE_ROLLUP_INVARIANT(waiting.has_value());
  std::uint64_t before = 0;
  for (const auto& each : *waiting) {
    EDGE_ROLLUP_INVARIANT(each.sequence > before);
    before = each.sequence;
    const auto loaded = store.load(each.sequence);
    const bool is_told = !loaded && loaded.error().kind == model::error_kind::bad_data;
    EDGE_ROLLUP_INVARIANT(is_told || (loaded && (!*loaded || **loaded == numbered(each.sequence))));
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const std::string sound = make_database();
  static const tests::temporary_directory room;
  for (const auto& old : std::filesystem::directory_iterator(room.path())) std::filesystem::remove(old.path());
  std::ofstream(room.path() / outbox::store_file_name, std::ios::binary) << damaged(sound, tests::as_text(data, size));
  check(room.path());
  return 0;
}
