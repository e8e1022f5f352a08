// What every outbox promises, held against the real one and against the fake that other tests use in its place.
#include "outbox/outbox.hpp"

#include "outbox/sqlite_outbox.hpp"
#include "support/await.hpp"
#include "support/memory_log.hpp"
#include "support/memory_outbox.hpp"
#include "support/property.hpp"
#include "support/seeded_entropy.hpp"
#include "support/temporary_directory.hpp"
#include "support/virtual_clock.hpp"

#include <catch2/catch_template_test_macros.hpp>

#include <cstdint>
#include <limits>
#include <map>
#include <memory>
#include <string>
#include <tuple>
#include <vector>

namespace edge_rollup::outbox {
namespace {

constexpr auto everything = std::numeric_limits<std::size_t>::max();
constexpr const char* stream = "919108f7-52d1-4320-9bac-f847db4148a8";

/// The fake: it cannot be closed and opened again.
class in_memory {
 public:
  outbox& box() { return box_; }
  void reopen() {}

 private:
  tests::memory_outbox box_{stream, "gateway-1"};
};

class on_disk {
 public:
  on_disk() { reopen(); }
  outbox& box() { return *box_; }
  void reopen() {
    box_.reset();
    auto opened = sqlite_outbox::open(room_.path(), {.gateway = "gateway-1", .new_stream_id = stream},
                                      {time_, chance_, messages_});
    REQUIRE(opened);
    box_ = std::move(*opened);
  }

 private:
  tests::temporary_directory room_;
  runtime::asio::io_context idle_;
  tests::virtual_clock time_{idle_};
  tests::seeded_entropy chance_{1};
  tests::memory_log messages_;
  std::unique_ptr<sqlite_outbox> box_;
};

/// An outbox with a loop to run its operations on.
template <class Kind>
class tested {
 public:
  [[nodiscard]] overview glance() { return kind_.box().at_a_glance(); }
  model::result<void> store(const record& made) { return tests::await(loop_, kind_.box().store(made)); }
  model::result<void> settle(const settlement& change) { return tests::await(loop_, kind_.box().settle(change)); }
  std::vector<entry> front(std::size_t limit = everything) {
    return tests::await(loop_, kind_.box().front(limit)).value();
  }
  std::optional<record> load(std::uint64_t sequence) { return tests::await(loop_, kind_.box().load(sequence)).value(); }
  void reopen() { kind_.reopen(); }
  runtime::asio::io_context& loop() { return loop_; }
  outbox& box() { return kind_.box(); }

 private:
  runtime::asio::io_context loop_;
  Kind kind_;
};

record numbered(std::uint64_t sequence, std::string body = "{}") {
  record made;
  made.sequence = sequence;
  made.id = "id-" + std::to_string(sequence);
  made.stored_at = model::wall_time{model::milliseconds{1'764'000'000'000 + static_cast<std::int64_t>(sequence)}};
  made.body = std::move(body);
  return made;
}

settlement delivery_of(std::uint64_t sequence) {
  settlement change;
  change.delivered = sequence;
  return change;
}

TEMPLATE_TEST_CASE("a new outbox is empty and begins a stream", "", in_memory, on_disk) {
  tested<TestType> outbox;
  const auto glance = outbox.glance();
  CHECK(glance.stream == stream);
  CHECK(glance.gateway == "gateway-1");
  CHECK(glance.reason == model::stream_reason::fresh);
  CHECK(!glance.previous_stream);
  CHECK(glance.next_sequence == 1);
  CHECK(glance.pending == 0);
  CHECK(glance.dead == 0);
  CHECK(glance.bytes == 0);
  CHECK(!glance.oldest);
  CHECK(glance.lost == model::loss{});
  CHECK(outbox.front().empty());
  CHECK(!outbox.load(1));
}

TEMPLATE_TEST_CASE("what is stored comes back byte for byte, after a restart too", "", in_memory, on_disk) {
  tested<TestType> outbox;
  const auto first = numbered(1, std::string("\0 any bytes \xff", 12));
  const auto second = numbered(2, std::string(200'000, 'x'));
  REQUIRE(outbox.store(first));
  REQUIRE(outbox.store(second));
  outbox.reopen();
  CHECK(outbox.load(1) == first);
  CHECK(outbox.load(2) == second);
  CHECK(outbox.front() == std::vector<entry>{{.sequence = 1}, {.sequence = 2}});
  CHECK(outbox.front(1) == std::vector<entry>{{.sequence = 1}});
  CHECK(outbox.front(0).empty());
  CHECK(outbox.glance().oldest == first.stored_at);
  CHECK(outbox.glance().bytes > 0);
}

TEMPLATE_TEST_CASE("a sequence is used once, even when everything is delivered", "", in_memory, on_disk) {
  tested<TestType> outbox;
  REQUIRE(outbox.store(numbered(1)));
  REQUIRE(outbox.settle(delivery_of(1)));
  outbox.reopen();
  CHECK(!outbox.load(1));
  CHECK(outbox.glance().pending == 0);
  CHECK(outbox.glance().bytes == 0);
  CHECK(!outbox.glance().oldest);
  CHECK(outbox.glance().next_sequence == 2);
}

TEMPLATE_TEST_CASE("the reason of a stream is told until a rollup is delivered", "", in_memory, on_disk) {
  tested<TestType> outbox;
  REQUIRE(outbox.store(numbered(1)));
  settlement refused;
  refused.tried = entry{1, entry_state::aside, 1, 1, model::milliseconds{10}};
  refused.dead = {1};
  REQUIRE(outbox.settle(refused));
  CHECK(outbox.glance().reason == model::stream_reason::fresh);
  REQUIRE(outbox.store(numbered(2)));
  REQUIRE(outbox.settle(delivery_of(2)));
  outbox.reopen();
  CHECK(!outbox.glance().reason);
}

TEMPLATE_TEST_CASE("counts of tries survive a restart", "", in_memory, on_disk) {
  tested<TestType> outbox;
  REQUIRE(outbox.store(numbered(1)));
  settlement tried;
  tried.tried = entry{1, entry_state::aside, 70, 21, model::milliseconds{3'600'001}};
  REQUIRE(outbox.settle(tried));
  outbox.reopen();
  CHECK(outbox.front() == std::vector<entry>{*tried.tried});
}

runtime::task<void> keep_outcome(runtime::task<model::result<void>> operation, std::vector<bool>& outcomes) {
  const auto outcome = co_await std::move(operation);
  outcomes.push_back(outcome.has_value());
}

TEMPLATE_TEST_CASE("operations that overlap take effect in the order they were called", "", in_memory, on_disk) {
  tested<TestType> outbox;
  REQUIRE(outbox.store(numbered(1)));
  settlement aside, back, dead;
  aside.tried = entry{1, entry_state::aside, 1, 1, {}};
  back.pending = {1};
  dead.dead = {1};
  std::vector<bool> outcomes;
  const auto keep = [](std::exception_ptr problem) { CHECK(!problem); };
  for (const auto& change : {dead, aside, back}) {
    runtime::asio::co_spawn(outbox.loop(), keep_outcome(outbox.box().settle(change), outcomes), keep);
  }
  runtime::asio::co_spawn(outbox.loop(), keep_outcome(outbox.box().store(numbered(2)), outcomes), keep);
  outbox.loop().restart();
  outbox.loop().run();
  CHECK(outcomes == std::vector<bool>(4, true));
  CHECK(outbox.glance().dead == 1);  // in any other order the first one would still wait
  CHECK(outbox.front() == std::vector<entry>{{.sequence = 2}});
}

/// The dumb model: a list, and the rules in the plainest words.
class plain_list {
 public:
  void store(const record& made) {
    kept[made.sequence] = {entry{.sequence = made.sequence}, made};
    next += 1;
  }

  void settle(const settlement& change) {
    if (change.delivered) {
      kept.erase(*change.delivered);
      declared = true;
    }
    if (change.tried && is_waiting(change.tried->sequence)) kept[change.tried->sequence].first = *change.tried;
    for (const auto each : change.dead) {
      if (kept.contains(each)) kept[each].first.state = entry_state::dead;
    }
    for (const auto each : change.pending) {
      if (is_waiting(each)) kept[each].first.state = entry_state::pending;
    }
  }

  [[nodiscard]] bool is_waiting(std::uint64_t sequence) const {
    return kept.contains(sequence) && kept.at(sequence).first.state != entry_state::dead;
  }

  [[nodiscard]] std::vector<entry> front(std::size_t limit) const {
    std::vector<entry> found;
    for (const auto& [sequence, each] : kept) {
      if (is_waiting(sequence) && found.size() < limit) found.push_back(each.first);
    }
    return found;
  }

  std::map<std::uint64_t, std::pair<entry, record>> kept;
  std::uint64_t next = 1;
  bool declared = false;
};

template <class Kind>
void agree(tested<Kind>& outbox, const plain_list& model) {
  const auto glance = outbox.glance();
  const auto waiting = model.front(everything);
  RC_ASSERT(glance.next_sequence == model.next);
  RC_ASSERT(glance.pending == waiting.size());
  RC_ASSERT(glance.dead == model.kept.size() - waiting.size());
  if (model.kept.empty()) RC_ASSERT(glance.bytes == 0U);
  RC_ASSERT(glance.reason.has_value() == !model.declared);
  RC_ASSERT(glance.oldest.has_value() == !waiting.empty());
  if (!waiting.empty()) RC_ASSERT(*glance.oldest == model.kept.at(waiting.front().sequence).second.stored_at);
  RC_ASSERT(outbox.front() == waiting);
}

/// One random step: what to do, and three numbers to do it with.
using step = std::tuple<std::uint8_t, std::uint8_t, std::uint8_t, std::uint8_t>;

template <class Kind>
void take(const step& taken, tested<Kind>& outbox, plain_list& model) {
  const auto [what, a, b, c] = taken;
  const auto sequence_from = [](std::uint8_t number) { return std::uint64_t{number} % 8 + 1; };
  const entry tried{sequence_from(a), static_cast<entry_state>(b % 3), c, c / 2U, model::milliseconds{b * 1'000}};
  settlement change;
  switch (what % 9) {
    case 0:
    case 1:
    case 2: {
      const auto made = numbered(model.next, std::string(std::size_t{a} * b, static_cast<char>(c)));
      RC_ASSERT(outbox.store(made).has_value());
      return model.store(made);
    }
    case 3: change.delivered = sequence_from(a); break;
    case 4: change.tried = tried; break;
    case 5:
      change.delivered = sequence_from(c);
      change.dead = {sequence_from(a), sequence_from(b)};
      break;
    case 6:
      change.tried = tried;
      change.dead = {sequence_from(c)};
      change.pending = {sequence_from(a), sequence_from(b)};
      break;
    case 7: {
      const auto sequence = sequence_from(a);
      const auto found = outbox.load(sequence);
      RC_ASSERT(found.has_value() == model.kept.contains(sequence));
      if (found) RC_ASSERT(*found == model.kept.at(sequence).second);
      RC_ASSERT(outbox.front(b % 4) == model.front(b % 4));
      return;
    }
    default: return outbox.reopen();
  }
  RC_ASSERT(outbox.settle(change).has_value());
  model.settle(change);
}

TEMPLATE_TEST_CASE("an outbox behaves like a list, whatever is done to it in whatever order", "", in_memory, on_disk) {
  tests::holds_for_all("agrees with a plain list", [] {
    const auto steps = *rc::gen::resize(30, rc::gen::arbitrary<std::vector<step>>());
    tested<TestType> outbox;
    plain_list model;
    for (const auto& each : steps) {
      take(each, outbox, model);
      agree(outbox, model);
    }
  });
}

TEST_CASE("the fake fails when it is told to, changes nothing then, and keeps what it ever stored") {
  runtime::asio::io_context loop;
  tests::memory_outbox outbox;
  outbox.fail_next();
  const auto refused = tests::await(loop, outbox.store(numbered(1)));
  REQUIRE(!refused);
  CHECK(refused.error().kind == model::error_kind::disk);
  CHECK(outbox.at_a_glance().next_sequence == 1);
  REQUIRE(tests::await(loop, outbox.store(numbered(1))));
  REQUIRE(tests::await(loop, outbox.settle(delivery_of(1))));
  CHECK(outbox.entries().empty());
  CHECK(outbox.ever_stored() == std::vector<record>{numbered(1)});
}

}  // namespace
}  // namespace edge_rollup::outbox
