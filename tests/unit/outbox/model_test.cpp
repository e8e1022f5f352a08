// Random operations on the real store, on a disk whose room comes and goes, with an operator's visits and damaged rows
// between them, against a list that follows the rules in the plainest words. What fails is shrunk to the fewest steps.
#include "outbox/resilient_store.hpp"
#include "outbox/visited_store.hpp"

#include "support/memory_log.hpp"
#include "support/property.hpp"
#include "support/seeded_entropy.hpp"
#include "support/temporary_directory.hpp"
#include "support/virtual_clock.hpp"

#include <boost/asio/io_context.hpp>

#include <SQLiteCpp/Database.h>
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <random>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

namespace edge_rollup::outbox {
namespace {

using model::loss_reason;
using std::chrono::hours;

constexpr std::size_t everything = 1'000;
constexpr std::uint64_t whole_disk = 1ULL << 40;
constexpr outbox_options bounds{.max_bytes = 150'000, .max_age = hours{30}};

/// With a body that does not compress.
record numbered(std::uint64_t sequence, std::size_t bytes) {
  record made;
  made.sequence = sequence;
  made.id = "id-" + std::to_string(sequence);
  std::mt19937 noise(static_cast<std::uint32_t>(sequence));
  for (std::size_t size = 0; size < bytes; ++size) made.body.push_back(static_cast<char>(noise()));
  return made;
}

/// The store with all that surrounds it.
class tested {
 public:
  tested() { open(); }
  void open() {
    store.reset();
    auto opened =
        resilient_store::open(room_.path(), {.gateway = "gateway-1", .new_stream_id = "stream", .bounds = bounds},
                              {time_, chance_, messages_, [this](const auto&) {
                                 return runtime::disk_space{free, whole_disk};
                               }});
    RC_ASSERT(opened.has_value());
    store.emplace(std::move(*opened));
  }
  void pass(hours time) { time_.advance(time); }
  model::mono_time now() const { return time_.now(); }
  visited_store visit() { return visited_store::open(room_.path()).value(); }
  void damage(std::uint64_t sequence) {
    SQLite::Database((room_.path() / store_file_name).native(), SQLite::OPEN_READWRITE)
        .exec(fmt::format("UPDATE rollup SET checksum = checksum + 1 WHERE sequence = {}", sequence));
  }

  std::uint64_t free = whole_disk / 2;

 private:
  tests::temporary_directory room_;
  boost::asio::io_context loop_;
  tests::virtual_clock time_{loop_};
  tests::seeded_entropy chance_{3};
  tests::memory_log messages_;

 public:
  std::optional<resilient_store> store;  // ends before what it works with
};

struct kept_rollup {
  entry progress;
  record made;
  model::nanoseconds since;  ///< of the store's own time
  bool damaged = false;
};

class plain_list {
 public:
  std::map<std::uint64_t, kept_rollup> kept;
  std::map<std::uint64_t, loss_reason> lost;
  std::uint64_t next = 1;
  std::optional<std::uint64_t> held;  ///< the one that is in memory
  /// Rollups age by it. It passes from one `store` to the next, and is known to the disk as of the last one kept there.
  model::nanoseconds elapsed{0}, elapsed_on_disk{0};
  std::optional<model::mono_time> looked_at_clock;

  void store(const record& made, model::mono_time now, bool has_room) {
    if (looked_at_clock) elapsed += now - *looked_at_clock;
    looked_at_clock = now;
    if (!has_room && held) lose(*held, loss_reason::disk);
    if (has_room && held) put_on_disk(*held);
    kept[made.sequence] = {entry{.sequence = made.sequence}, made, elapsed};
    next = made.sequence + 1;
    held = has_room ? std::nullopt : std::optional(made.sequence);
    if (has_room) put_on_disk(made.sequence);
  }

  void settle(const settlement& change) {
    if (change.delivered) {
      kept.erase(*change.delivered);
      if (held == change.delivered) held.reset();
    }
    if (change.tried && is_waiting(change.tried->sequence)) kept[change.tried->sequence].progress = *change.tried;
    for (const auto each : change.dead) {
      if (kept.contains(each)) kept[each].progress.state = entry_state::dead;
    }
    for (const auto each : change.pending) {
      if (is_waiting(each)) kept[each].progress.state = entry_state::pending;
    }
  }

  void restart(bool has_room) {
    if (held && !has_room) lose(*held, loss_reason::disk);
    if (held && has_room) put_on_disk(*held);
    held.reset();
    looked_at_clock.reset();
    elapsed = elapsed_on_disk;
  }

  void lose(std::uint64_t sequence, loss_reason reason) {
    if (kept.erase(sequence) > 0) lost[sequence] = reason;
  }

  [[nodiscard]] bool is_waiting(std::uint64_t sequence) const {
    return kept.contains(sequence) && kept.at(sequence).progress.state != entry_state::dead;
  }
  [[nodiscard]] bool is_on_disk(std::uint64_t sequence) const { return kept.contains(sequence) && held != sequence; }

  [[nodiscard]] std::vector<entry> in_state(bool dead) const {
    std::vector<entry> found;
    for (const auto& [sequence, each] : kept) {
      if ((each.progress.state == entry_state::dead) == dead) found.push_back(each.progress);
    }
    return found;
  }

 private:
  /// Dead letters and the others age in the order of their numbers; the newest is kept, however old.
  void put_on_disk(std::uint64_t newest) {
    kept[newest].since = elapsed_on_disk = elapsed;
    for (const bool dead : {true, false}) {
      for (const auto& each : in_state(dead)) {
        const auto& oldest = kept.at(each.sequence);
        if (each.sequence >= newest || elapsed - oldest.since <= bounds.max_age) break;
        lose(each.sequence, loss_reason::max_age);
      }
    }
  }
};

std::map<std::uint64_t, loss_reason> told_by(const overview& glance) {
  std::map<std::uint64_t, loss_reason> told;
  for (const auto& range : glance.lost.ranges) {
    for (auto sequence = range.from; sequence <= range.to; ++sequence) told[sequence] = range.reason;
  }
  return told;
}

/// How much room a store takes the list does not know, but what goes first for it: dead letters, then the oldest.
void follow_bytes(const overview& glance, plain_list& model) {
  std::vector<entry> in_order = model.in_state(true);
  const auto waiting = model.in_state(false);
  in_order.insert(in_order.end(), waiting.begin(), waiting.end());
  const auto told = told_by(glance);
  for (const auto& each : in_order) {
    const auto found = told.find(each.sequence);
    if (found == told.end() || found->second != loss_reason::max_bytes) break;
    model.lose(each.sequence, loss_reason::max_bytes);
  }
}

void agree(tested& real, plain_list& model) {
  const auto waiting = real.store->front(everything);
  const auto glance = real.store->at_a_glance();
  RC_ASSERT(waiting.has_value());
  follow_bytes(glance, model);
  RC_ASSERT(*waiting == model.in_state(false));
  RC_ASSERT(glance.pending == waiting->size());
  RC_ASSERT(glance.dead == model.in_state(true).size());
  RC_ASSERT(glance.next_sequence == model.next);
  RC_ASSERT(glance.in_memory_only || !model.held);
  RC_ASSERT(glance.lost.total == model.lost.size());
  for (const auto& [sequence, reason] : told_by(glance)) {
    RC_ASSERT(model.lost.contains(sequence));
    RC_ASSERT(model.lost.at(sequence) == reason);
  }
}

void load(tested& real, plain_list& model, std::uint64_t sequence) {
  const auto found = real.store->load(sequence);
  const bool is_damaged = model.kept.contains(sequence) && model.kept.at(sequence).damaged;
  RC_ASSERT(found.has_value() == !is_damaged);
  if (is_damaged) return model.lose(sequence, loss_reason::damage);
  RC_ASSERT(found->has_value() == model.kept.contains(sequence));
  if (*found) RC_ASSERT(**found == model.kept.at(sequence).made);
}

/// What to do, and three numbers to do it with.
using step = std::tuple<std::uint8_t, std::uint8_t, std::uint8_t, std::uint8_t>;

void take(const step& taken, tested& real, plain_list& model) {
  const auto [what, a, b, c] = taken;
  const bool has_room = real.free > 0;
  const auto one_of_the_last = [&model](std::uint8_t number) {
    return model.next - std::min<std::uint64_t>(model.next - 1, number % 8);
  };
  const auto ignore = [](std::uint64_t, std::uint64_t) {};
  settlement change;
  switch (what % 12) {
    case 0: {
      const auto refused = entry{one_of_the_last(a), static_cast<entry_state>(b % 3), c, c / 2U, hours{b}};
      change.tried = refused;
      change.pending = {one_of_the_last(c)};
      break;
    }
    case 1: change.delivered = one_of_the_last(a); break;
    case 2:
      change.delivered = one_of_the_last(c);
      change.dead = {one_of_the_last(a), one_of_the_last(b)};
      break;
    case 3: return load(real, model, one_of_the_last(a));
    case 4: return real.pass(hours{a % 12});
    case 5: real.free = a % 2 == 0 ? 0 : whole_disk / 2; return;
    case 6: {
      const auto [from, to] = std::minmax({one_of_the_last(a), one_of_the_last(b)});
      RC_ASSERT(real.visit().drop(sequence_range{from, to}, ignore).has_value());
      for (auto each = from; each <= to; ++each) {
        if (model.is_on_disk(each)) model.lose(each, loss_reason::operator_request);
      }
      return;
    }
    case 7:
      RC_ASSERT(real.visit().requeue(all_dead_letters{}, ignore).has_value());
      for (auto& [sequence, each] : model.kept) {
        if (each.progress.state != entry_state::dead || !model.is_on_disk(sequence)) continue;
        each.progress = entry{.sequence = sequence, .tries = each.progress.tries};
      }
      return;
    case 8: {
      const auto sequence = one_of_the_last(a);
      if (!model.is_on_disk(sequence)) return;
      real.damage(sequence);
      model.kept.at(sequence).damaged = true;
      return;
    }
    case 9:
      real.store.reset();
      model.restart(has_room);
      return real.open();
    default: {
      const auto made = numbered(model.next, 4'000U + std::size_t{a} * 64);
      RC_ASSERT(real.store->store(made).has_value());
      return model.store(made, real.now(), has_room);
    }
  }
  RC_ASSERT(real.store->settle(change).has_value());
  model.settle(change);
}

TEST_CASE(
    "bounds, full disks, damage, restarts and operators leave what a plain list of the rules has, and all losses "
    "told") {
  tests::holds_for_all("agrees with a plain list", [] {
    const auto steps = *rc::gen::resize(60, rc::gen::arbitrary<std::vector<step>>());
    tested real;
    plain_list model;
    for (const auto& each : steps) {
      take(each, real, model);
      agree(real, model);
    }
  });
}

}  // namespace
}  // namespace edge_rollup::outbox
