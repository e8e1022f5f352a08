// The delivery promise under random histories: a virtual clock, an outbox model, and a cloud that is a function of time
// and rollup.
#include "deliver/delivery_policy.hpp"
#include "support/property.hpp"

#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <random>
#include <set>
#include <span>
#include <vector>

using namespace edge_rollup;
using namespace std::chrono_literals;
using deliver::delivery_policy;
using outbox::entry;
using outbox::entry_state;

namespace {

constexpr std::size_t window = 256;
constexpr std::size_t most_offers = 400;
constexpr int accepted = 202;
constexpr int no_connection = 0;
constexpr int timed_out = -1;

using cloud = std::function<int(std::uint64_t sequence, model::mono_time now)>;

deliver::answer answer_of(int status) {
  deliver::answer came;
  if (status == no_connection) came.failure = model::failure{model::failure_kind::connect, "refused", {}};
  if (status == timed_out) came.failure = model::failure{model::failure_kind::timeout, "timed out", {}};
  if (status > 0) came.status = status;
  return came;
}

/// Every promise that holds at every step is asserted here; a property then looks at how it ended.
class simulation {
 public:
  simulation(cloud answers, std::uint64_t seed) : answers_(std::move(answers)), random_(seed) {}

  void store() { waiting_.push_back({.sequence = ++stored_}); }

  /// Lets delivery work until `end`, or until it waits for longer than that.
  void run_until(model::mono_time end) {
    for (;;) {
      const auto step = policy_.next_step(front(), now_);
      if (const auto* chosen = std::get_if<deliver::send>(&step)) {
        offer(chosen->sequence);
        continue;
      }
      const auto* wait = std::get_if<deliver::wait_until>(&step);
      if (wait == nullptr || wait->due > end) break;
      RC_ASSERT(wait->due > now_);
      now_ = wait->due;
    }
    now_ = end;
  }

  void restart() { policy_ = delivery_policy(deliver::deliver_options{}); }

  [[nodiscard]] model::mono_time now() const { return now_; }
  [[nodiscard]] std::uint64_t stored() const { return stored_; }
  [[nodiscard]] bool drained() const { return waiting_.empty(); }
  [[nodiscard]] const std::vector<std::uint64_t>& delivered() const { return delivered_; }
  [[nodiscard]] const std::set<std::uint64_t>& dead() const { return dead_; }
  [[nodiscard]] std::size_t most_offers_in_an_hour() const { return most_offers_in_an_hour_; }

 private:
  [[nodiscard]] std::span<const entry> front() const { return {waiting_.data(), std::min(window, waiting_.size())}; }

  void offer(std::uint64_t sequence) {
    const auto came = answer_of(answers_(sequence, now_));
    const auto judged = deliver::judge(came, deliver::endpoint_trust::certain);
    tried_at_[sequence] = now_;
    note_offer();
    apply(policy_.answered(front(), sequence, came, judged, now_, random_()));
  }

  void note_offer() {
    offers_.push_back(now_);
    while (offers_.front() + 1h < now_) offers_.pop_front();
    most_offers_in_an_hour_ = std::max(most_offers_in_an_hour_, offers_.size());
  }

  void apply(const outbox::settlement& change) {
    if (change.delivered) {
      RC_ASSERT((delivered_.empty() || delivered_.back() < *change.delivered));  // in order
      delivered_.push_back(*change.delivered);
      erase(*change.delivered);
    }
    for (const auto sequence : change.dead) {
      RC_ASSERT((change.delivered && sequence < *change.delivered));  // a later one was accepted
      RC_ASSERT(tried_at_[sequence] == now_);                         // moments after this one was not
      dead_.insert(sequence);
      erase(sequence);
    }
    for (auto& each : waiting_) {
      if (change.tried && change.tried->sequence == each.sequence) each = *change.tried;
      if (std::ranges::count(change.pending, each.sequence) > 0) each.state = entry_state::pending;
    }
  }

  void erase(std::uint64_t sequence) {
    RC_ASSERT(std::erase_if(waiting_, [&](const entry& each) { return each.sequence == sequence; }) == 1U);
  }

  cloud answers_;
  std::mt19937_64 random_;
  delivery_policy policy_{deliver::deliver_options{}};
  model::mono_time now_{1h};
  std::uint64_t stored_ = 0;
  std::vector<entry> waiting_;
  std::vector<std::uint64_t> delivered_;
  std::set<std::uint64_t> dead_;
  std::map<std::uint64_t, model::mono_time> tried_at_;
  std::deque<model::mono_time> offers_;
  std::size_t most_offers_in_an_hour_ = 0;
};

/// Stores a rollup every five minutes, and restarts now and then.
void live(simulation& run, int rollups, std::uint64_t restart_one_in) {
  for (int i = 0; i < rollups; ++i) {
    run.store();
    run.run_until(run.now() + 5min);
    if (restart_one_in > 0 && run.stored() % restart_one_in == 0) run.restart();
  }
}

rc::Gen<int> failing_answer() {
  return rc::gen::element(400, 413, 422, 409, 429, 500, 503, 401, 404, 302, no_connection, timed_out);
}

struct phase {
  int rollups = 0;
  int answer = accepted;
};

/// Some phases of up to half a day, each with one answer to everything.
std::vector<phase> some_outages() {
  std::vector<phase> phases(*rc::gen::inRange<std::size_t>(1, 6));
  for (auto& each : phases) each = {*rc::gen::inRange(1, 144), *failing_answer()};
  return phases;
}

}  // namespace

TEST_CASE("nothing dies in an outage of any kind and length, and all is delivered after it") {
  tests::holds_for_all("no dead, all delivered in order", [](std::uint64_t seed, std::uint8_t restart_one_in) {
    int answer = accepted;
    simulation run([&](std::uint64_t, model::mono_time) { return answer; }, seed);
    for (const auto& [rollups, failing] : some_outages()) {
      answer = failing;
      live(run, rollups, restart_one_in);
    }
    answer = accepted;
    run.run_until(run.now() + 24h);
    RC_ASSERT(run.drained());
    RC_ASSERT(run.dead().empty());
    RC_ASSERT(run.delivered().size() == run.stored());
  });
}

TEST_CASE("exactly the rollups die that a working cloud does not take, alone or in a row") {
  tests::holds_for_all("dead == bad", [](std::uint64_t seed) {
    std::map<std::uint64_t, int> bad;
    for (int runs = *rc::gen::inRange(0, 8); runs > 0; --runs) {
      const auto first = *rc::gen::inRange<std::uint64_t>(1, 200);
      const auto length = *rc::gen::inRange<std::uint64_t>(1, 8);
      const int status = *rc::gen::element(400, 413, 422, 409, 500, timed_out);
      for (auto sequence = first; sequence < first + length; ++sequence) bad[sequence] = status;
    }
    const auto down_from = model::mono_time{1h} + 5min * *rc::gen::inRange(0, 200);
    const auto down_until = down_from + 5min * *rc::gen::inRange(0, 100);
    const int down_with = *failing_answer();
    const auto answers = [&](std::uint64_t sequence, model::mono_time now) {
      if (now >= down_from && now < down_until) return down_with;
      return bad.contains(sequence) ? bad[sequence] : accepted;
    };
    simulation run(answers, seed);
    live(run, 210, 0);
    for (int days = 0; days < 30 && !run.drained(); ++days) run.run_until(run.now() + 24h);

    RC_ASSERT(run.drained());
    RC_ASSERT(run.dead().size() == bad.size());
    for (const auto& [sequence, status] : bad) RC_ASSERT(run.dead().contains(sequence));
    RC_ASSERT(run.delivered().size() + run.dead().size() == run.stored());
  });
}

TEST_CASE("however everything fails, offers in an hour are bounded") {
  tests::holds_for_all("offers per hour <= 400", [](std::uint64_t seed) {
    int answer = accepted;
    simulation run([&](std::uint64_t, model::mono_time) { return answer; }, seed);
    for (const auto& [rollups, failing] : some_outages()) {
      answer = failing;
      live(run, rollups, 0);
    }
    RC_ASSERT(run.most_offers_in_an_hour() <= most_offers);
  });

  for (const int status : {400, 503}) {
    INFO("three days of " << status);
    simulation run([&](std::uint64_t, model::mono_time) { return status; }, 1);
    live(run, 3 * 288, 0);
    CHECK(run.most_offers_in_an_hour() <= most_offers);
    CHECK(run.most_offers_in_an_hour() >= 10);
  }
}
