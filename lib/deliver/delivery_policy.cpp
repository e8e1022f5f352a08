#include "deliver/delivery_policy.hpp"

#include "deliver/backoff.hpp"
#include "deliver/kept_answer.hpp"
#include "model/invariant.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <utility>

namespace edge_rollup::deliver {

namespace {

using outbox::entry;
using outbox::entry_state;

std::size_t count_aside(std::span<const entry> front) {
  return static_cast<std::size_t>(std::ranges::count(front, entry_state::aside, &entry::state));
}

bool is_cancelled(const answer& came) {
  return !came.status && came.failure && came.failure->kind == model::failure_kind::cancelled;
}

}  // namespace

action delivery_policy::next_step(std::span<const entry> front, model::mono_time now) const {
  if (front.empty()) return idle{};
  const bool woken = wakes_beyond_ && front.back().sequence > *wakes_beyond_;
  if (state_.next_try && now < *state_.next_try && !woken) return wait_until{*state_.next_try};
  const auto next = std::ranges::find_if(
      front, [&](const entry& waiting) { return !occasion_.passed || waiting.sequence > *occasion_.passed; });
  // What was to come next may be gone meanwhile; then a new occasion begins.
  return send{next == front.end() ? front.front().sequence : next->sequence};
}

outbox::settlement delivery_policy::answered(std::span<const entry> front, std::uint64_t sequence, const answer& came,
                                             const judgement& judged, model::mono_time now, std::uint64_t random) {
  const auto offered = std::ranges::find(front, sequence, &entry::sequence);
  EDGE_ROLLUP_INVARIANT(offered != front.end());
  if (is_cancelled(came)) return {};
  state_.last = judged.verdict;
  if (judged.verdict == verdict::delivered) return accept(front, sequence);

  const bool was_aside = offered->state == entry_state::aside;
  const bool others_behind = offered + 1 != front.end();
  entry tried = *offered;
  ++tried.tries;
  add_trouble(tried, judged, now);
  const bool steps_aside = judged.verdict == verdict::refused ||
                           (judged.counts_as_trouble && worn_out(tried) && (others_behind || was_aside));
  if (steps_aside) tried.state = entry_state::aside;

  const std::size_t aside = count_aside(front) + (steps_aside && !was_aside ? 1 : 0);
  const bool is_oldest = offered == front.begin();
  const bool few_aside = aside < options_.aside_limit;
  const auto asked = asked_wait(came, judged);
  const bool may_pass = few_aside || (was_aside && worn_out(is_oldest ? tried : front.front()));
  const bool kept_back =
      is_oldest && was_aside && judged.verdict == verdict::retry && is_risky_to_pass(tried, came.took + asked);
  const bool goes_on = steps_aside && others_behind && may_pass && !kept_back;

  ++state_.consecutive_failures;
  ++occasion_.offers;
  show_hold(judged, aside, now);
  wakes_beyond_.reset();
  state_.next_try.reset();
  if (goes_on) {
    occasion_.passed = sequence;
    if (asked > asked.zero()) state_.next_try = now + asked;
  } else {
    state_.next_try = now + std::max(asked, wait_after(judged.verdict, random));
    if (judged.verdict == verdict::refused && few_aside) wakes_beyond_ = sequence;
    occasion_ = {};
  }
  return {.delivered = {}, .tried = tried, .dead = {}, .pending = {}, .answer = kept_answer(came)};
}

void delivery_policy::set_up_changed() noexcept {
  state_.next_try.reset();
  occasion_ = {};
  holds_ = 0;
}

outbox::settlement delivery_policy::accept(std::span<const entry> front, std::uint64_t sequence) {
  outbox::settlement change;
  change.delivered = sequence;
  for (const entry& waiting : front) {
    if (waiting.state != entry_state::aside || waiting.sequence == sequence) continue;
    (waiting.sequence < sequence ? change.dead : change.pending).push_back(waiting.sequence);
  }
  state_ = {.last = verdict::delivered, .hold = {}, .next_try = {}, .consecutive_failures = 0};
  occasion_ = {};
  retries_ = 0;
  holds_ = 0;
  wakes_beyond_.reset();
  last_tries_.erase(last_tries_.begin(), last_tries_.upper_bound(sequence));
  return change;
}

/// Trouble is the time before each try that counts, back to the try before it. A wait that ended otherwise (no network,
/// a wrong token) says nothing about the rollup. How long ago another process tried is not known: that counts as the
/// share of one try, so that processes that end after one try wear a rollup out too.
void delivery_policy::add_trouble(entry& tried, const judgement& judged, model::mono_time now) {
  const bool counts = judged.counts_as_trouble;
  if (counts) ++tried.troubled_tries;
  const auto before = last_tries_.find(tried.sequence);
  const bool known = before != last_tries_.end();
  if (counts && known) tried.troubled += std::chrono::duration_cast<model::milliseconds>(now - before->second);
  if (counts && !known && tried.troubled_tries > 1) tried.troubled += options_.aside_after / options_.aside_tries;
  if (counts || known) last_tries_[tried.sequence] = now;
}

bool delivery_policy::worn_out(const entry& tried) const noexcept {
  return tried.troubled_tries >= options_.aside_tries && tried.troubled >= options_.aside_after;
}

/// The cloud may come back in the pause and take the next one, which kills this one.
bool delivery_policy::is_risky_to_pass(const entry& tried, model::nanoseconds pause) const noexcept {
  return pause > options_.aside_moment && tried.troubled_tries % options_.aside_tries != 0;
}

model::milliseconds delivery_policy::asked_wait(const answer& came, const judgement& judged) const {
  if (judged.verdict != verdict::retry || !came.retry_after) return {};
  return std::min<model::milliseconds>(*came.retry_after, options_.retry_after_max);
}

void delivery_policy::show_hold(const judgement& judged, std::size_t aside, model::mono_time now) {
  auto reason = judged.reason;
  if (judged.verdict == verdict::refused && aside >= options_.aside_limit) reason = hold_reason::refused_all;
  if (!reason) {
    state_.hold.reset();
    return;
  }
  const bool same = state_.hold && state_.hold->reason == *reason;
  auto words = judged.sentence;
  if (*reason == hold_reason::refused_all) {
    words = fmt::format(
        "the cloud refuses every rollup: {}; see what it objects to, `edge-rollup outbox list` shows them", words);
  }
  state_.hold = hold_state{*reason, same ? state_.hold->since : now, std::move(words)};
}

/// An occasion that passed many is paid for with a longer wait, so that offers per hour stay bounded however many are
/// aside. A set-up that is wrong mends itself no sooner for being asked at once: only retries have full jitter.
model::milliseconds delivery_policy::wait_after(verdict last, std::uint64_t random) {
  const auto backoff = last == verdict::retry
                           ? full_jitter(options_.retry, retries_++, random)
                           : std::max(options_.hold.first, full_jitter(options_.hold, holds_++, random));
  const std::size_t beyond = occasion_.offers - std::min(occasion_.offers, options_.aside_limit);
  return std::max(backoff, options_.aside_pace * static_cast<std::int64_t>(beyond));
}

}  // namespace edge_rollup::deliver
