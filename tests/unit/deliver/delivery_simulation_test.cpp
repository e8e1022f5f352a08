// The delivery promise under random histories: a virtual clock, an outbox model, and a cloud that is a function of time
// and rollup. Tries that time out take their time, so that the cloud may come back within an occasion.
#include "deliver/delivery_policy.hpp"
#include "support/property.hpp"

#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <iterator>
#include <map>
#include <random>
#include <set>
#include <span>
#include <utility>
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
constexpr int out_of_reach = -2;  // timed out before anything was sent
constexpr int asks_to_wait = -3;  // 503 with Retry-After
constexpr model::seconds try_timeout{30};
constexpr model::seconds asked_wait{120};

using cloud = std::function<int(std::uint64_t sequence, model::mono_time now)>;

deliver::answer answer_of(int status) {
  deliver::answer came;
  if (status == no_connection) came.failure = model::failure{model::failure_kind::connect, "refused", {}};
  if (status == timed_out || status == out_of_reach) {
    came.failure = model::failure{model::failure_kind::timeout, "timed out", {}};
    came.took = try_timeout;
  }
  came.request_left = status != no_connection && status != out_of_reach;
  if (status > 0) came.status = status;
  if (status == asks_to_wait) {
    came.status = 503;
    came.retry_after = asked_wait;
  }
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
    now_ = std::max(now_, end);
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
    note_offer(sequence);
    now_ += came.took;
    refused_[sequence] = judged.verdict == deliver::verdict::refused;
    tried_at_[sequence] = now_;
    apply(policy_.answered(front(), sequence, came, judged, now_, random_()));
  }

  void note_offer(std::uint64_t sequence) {
    if (!occasion_.empty() && sequence <= occasion_.back()) occasion_.clear();
    occasion_.push_back(sequence);
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
      RC_ASSERT(std::ranges::count(occasion_, sequence) == 1);        // moments after this one was not
      RC_ASSERT(now_ - tried_at_[sequence] <= (try_timeout + asked_wait) * std::ssize(occasion_));
      RC_ASSERT((refused_[sequence] || is_worn_out(sequence)));
      dead_.insert(sequence);
      erase(sequence);
    }
    for (auto& each : waiting_) {
      if (change.tried && change.tried->sequence == each.sequence) each = *change.tried;
      if (std::ranges::count(change.pending, each.sequence) > 0) each.state = entry_state::pending;
    }
  }

  [[nodiscard]] bool is_worn_out(std::uint64_t sequence) const {
    const auto found = std::ranges::find(waiting_, sequence, &entry::sequence);
    return found != waiting_.end() && found->troubled_tries >= 20 && found->troubled >= 1h;
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
  std::map<std::uint64_t, bool> refused_;
  std::vector<std::uint64_t> occasion_;  ///< what was offered in it
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
  return rc::gen::element(400, 413, 422, 409, 429, 500, 503, 401, 404, 302, no_connection, timed_out, out_of_reach);
}

/// Says nothing about the rollup that was offered.
rc::Gen<int> answer_that_does_not_count() {
  return rc::gen::element(no_connection, out_of_reach, out_of_reach, 429, 401, 302);
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

TEST_CASE("nothing dies of a cloud that was out of reach, whenever it comes back") {
  tests::holds_for_all("no dead, all delivered in order", [](std::uint64_t seed) {
    std::vector<std::pair<model::mono_time, int>> changes;
    auto at = model::mono_time{1h};
    for (int outages = *rc::gen::inRange(1, 8); outages > 0; --outages) {
      changes.emplace_back(at += model::seconds{*rc::gen::inRange(1, 7'200)}, *answer_that_does_not_count());
      changes.emplace_back(at += model::seconds{*rc::gen::inRange(1, 43'200)}, accepted);
    }
    simulation run(
        [&](std::uint64_t, model::mono_time now) {
          const auto next = std::ranges::upper_bound(changes, now, {}, &std::pair<model::mono_time, int>::first);
          return next == changes.begin() ? accepted : std::prev(next)->second;
        },
        seed);
    while (run.now() < at) live(run, 1, 0);
    run.run_until(run.now() + 24h);
    RC_ASSERT(run.drained());
    RC_ASSERT(run.dead().empty());
    RC_ASSERT(run.delivered().size() == run.stored());
  });
}

TEST_CASE("rollups that make the cloud ask for a wait die like others that it does not take") {
  tests::holds_for_all("dead == bad", [](std::uint64_t seed) {
    const auto first = *rc::gen::inRange<std::uint64_t>(1, 10);
    const auto last = first + *rc::gen::inRange<std::uint64_t>(0, 3);
    simulation run([&](std::uint64_t sequence,
                       model::mono_time) { return sequence >= first && sequence <= last ? asks_to_wait : accepted; },
                   seed);
    live(run, 20, 0);
    for (int days = 0; days < 5 && !run.drained(); ++days) run.run_until(run.now() + 24h);
    RC_ASSERT(run.drained());
    RC_ASSERT(run.dead().size() == last - first + 1);
    RC_ASSERT(run.delivered().size() + run.dead().size() == run.stored());
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
    const auto down_from = model::mono_time{1h} + model::seconds{*rc::gen::inRange(0, 60'000)};
    const auto down_until = down_from + model::seconds{*rc::gen::inRange(0, 30'000)};
    // Not with tries that hang: where the cloud comes back within one, a good rollup may die (ADR 4).
    const int down_with = *rc::gen::suchThat(failing_answer(), [](int answer) { return answer != timed_out; });
    const auto answers = [&](std::uint64_t sequence, model::mono_time now) {
      if (now >= down_from && now < down_until) return down_with;
      return bad.contains(sequence) ? bad[sequence] : accepted;
    };
    simulation run(answers, seed);
    live(run, 210, 0);
    for (int days = 0; days < 90 && !run.drained(); ++days) run.run_until(run.now() + 24h);

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
