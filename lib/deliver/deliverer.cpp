#include "deliver/deliverer.hpp"

#include "deliver/backoff.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <variant>
#include <vector>

namespace edge_rollup::deliver {

namespace {

constexpr backoff_range disk_backoff{model::milliseconds{1'000}, model::milliseconds{60'000}};

model::mono_time end_of_rest(const action& step) {
  const auto* wait = std::get_if<wait_until>(&step);
  return wait != nullptr ? wait->due : runtime::never;
}

}  // namespace

deliverer::deliverer(deliverer_parts parts, deliver_options options, endpoint_trust trust)
    : parts_(std::move(parts)),
      trust_(trust),
      policy_(options),
      log_(parts_.messages),
      wake_up_(parts_.time.make_timer()) {}

runtime::task<void> deliverer::run() {
  while (!over()) {
    auto step = co_await advance();
    if (!step) {
      auto trouble = std::move(step.error());
      co_await sit_out(std::move(trouble));
      continue;
    }
    note_it_goes_on();
    if (std::holds_alternative<send>(*step)) continue;
    const auto due = end_of_rest(*step);
    if (!in_time(due)) break;
    co_await rest_until(due);
    if (std::holds_alternative<idle>(*step)) co_await keep_distance(begin_at_);
  }
  note_unrecorded();
}

runtime::task<model::result<std::optional<delivery_try>>> deliverer::deliver_until(std::uint64_t sequence) {
  last_try_.reset();
  while (!over()) {
    auto step = co_await advance();
    if (!step) co_return std::unexpected(std::move(step.error()));
    const auto* offered = std::get_if<send>(&*step);
    if (offered == nullptr || offered->sequence >= sequence) break;
  }
  co_return last_try_;
}

void deliverer::notify(model::milliseconds after) noexcept {
  const auto now = parts_.time.now();
  // A wait that is under way ends when it was to end, however often rounds come.
  begin_at_ = begin_at_ > now ? std::min(begin_at_, now + after) : now + after;
  wake_up_->cancel();
}

void deliverer::look() noexcept {
  wake_up_->cancel();
}

void deliverer::finish_by(model::mono_time deadline) noexcept {
  deadline_ = deadline;
  wake_up_->cancel();
}

void deliverer::cancel() noexcept {
  cancelled_ = true;
  (busy_ ? busy_ : parts_.cloud)->cancel();
  wake_up_->cancel();
}

void deliverer::change_cloud(std::shared_ptr<sink> cloud, endpoint_trust trust) {
  if (busy_) busy_->cancel();
  parts_.cloud = std::move(cloud);
  trust_ = trust;
  policy_.set_up_changed();
  wake_up_->cancel();
}

bool deliverer::over() const noexcept {
  return cancelled_ || !in_time(parts_.time.now());
}

runtime::task<model::result<action>> deliverer::advance() {
  auto settled = co_await settle();
  if (!settled) co_return std::unexpected(std::move(settled.error()));
  const auto next_offer = pace_.next_offer();
  co_await keep_distance(next_offer);
  auto front = co_await parts_.store.front(front_window);
  if (!front) co_return std::unexpected(std::move(front.error()));
  const std::span<const outbox::entry> waiting(*front);
  const action step = policy_.next_step(waiting, parts_.time.now());
  const auto* next = std::get_if<send>(&step);
  if (next == nullptr) co_return step;
  const auto sequence = next->sequence;
  auto offered = co_await offer(waiting, sequence);
  if (!offered) co_return std::unexpected(std::move(offered.error()));
  co_return step;
}

runtime::task<model::result<void>> deliverer::offer(std::span<const outbox::entry> front, std::uint64_t sequence) {
  auto loaded = co_await parts_.store.load(sequence);
  if (!loaded && loaded.error().kind == model::error_kind::bad_data) {
    parts_.messages.error(fmt::format("{}; it is discarded and told as lost", loaded.error().text),
                          {{"sequence", sequence}});
    co_return pass_over(sequence);
  }
  if (!loaded) co_return std::unexpected(std::move(loaded.error()));
  if (!*loaded) co_return pass_over(sequence);

  if (over()) co_return model::result<void>{};  // the end came while the disk worked
  const outbox::record& record = **loaded;
  const auto trust = trust_;
  busy_ = parts_.cloud;
  auto came = co_await busy_->offer(record);
  const bool moved = std::exchange(busy_, nullptr) != parts_.cloud;
  const auto judged = judge(came, trust);
  last_try_ = delivery_try{sequence, came, judged, record.id};
  const moment now{parts_.time.now(), parts_.time.wall_now()};  // together, before the disk takes its time
  const auto change = policy_.answered(front, sequence, came, judged, now.mono, parts_.chance.next());
  if (change == outbox::settlement{}) co_return model::result<void>{};  // cut short
  pace_.answered(came, judged.verdict, front.size() > 1 ? backlog::some : backlog::none, now.mono);
  unsettled_ = change;
  auto settled = co_await settle();
  log_.tried(*last_try_, policy_.state(), parts_.store.at_a_glance().pending, now);
  log_.gave_up(change.dead);
  if (parts_.tried) parts_.tried(*last_try_, policy_.state());
  if (moved) policy_.set_up_changed();
  co_return settled;
}

/// An operator may have dropped it since it was listed. What is listed again though it is gone is the store's trouble.
model::result<void> deliverer::pass_over(std::uint64_t gone) {
  if (std::exchange(passed_over_, gone) != gone) return {};
  return model::fail(model::error_kind::disk, fmt::format("rollup {} is listed but gone", gone));
}

runtime::task<model::result<void>> deliverer::settle() {
  if (!unsettled_) co_return model::result<void>{};
  outbox::settlement change = *unsettled_;
  auto settled = co_await parts_.store.settle(std::move(change));
  if (settled) unsettled_.reset();
  co_return settled;
}

/// Ends early when something is stored, and in a hold when the set-up has changed for what waits.
runtime::task<void> deliverer::rest_until(model::mono_time due) {
  for (;;) {
    const bool holds = policy_.state().hold && due != runtime::never;
    const auto until = holds ? std::min(due, parts_.time.now() + set_up_check) : due;
    auto woken = co_await wake_up_->wait_until(until);
    if (woken == runtime::wait_result::cancelled || until == due) co_return;
    if (!parts_.cloud->set_up_changed()) continue;
    parts_.messages.info("the credentials for the cloud have changed: delivery tries again");
    policy_.set_up_changed();
    co_return;
  }
}

/// Nothing that is stored meanwhile shortens it, only the end does.
runtime::task<void> deliverer::keep_distance(const model::mono_time& next_offer) {
  while (!cancelled_ && !deadline_ && parts_.time.now() < next_offer) {
    [[maybe_unused]] auto woken = co_await wake_up_->wait_until(next_offer);
  }
}

runtime::task<void> deliverer::sit_out(model::error disk_trouble) {
  const auto level = disk_failures_ == 0 ? observe::log_level::error : observe::log_level::debug;
  parts_.messages.write(level, fmt::format("delivery waits for the outbox: {}", disk_trouble.text), {});
  const auto due = parts_.time.now() + full_jitter(disk_backoff, disk_failures_++, parts_.chance.next());
  while (!over() && parts_.time.now() < due) {
    const auto until = std::min(due, deadline_.value_or(runtime::never));
    [[maybe_unused]] auto woken = co_await wake_up_->wait_until(until);
  }
}

void deliverer::note_it_goes_on() {
  if (std::exchange(disk_failures_, 0) > 0) parts_.messages.info("delivery goes on");
}

void deliverer::note_unrecorded() {
  if (!unsettled_ || !unsettled_->delivered) return;
  parts_.messages.error(
      fmt::format("rollup {} was delivered, but that could not be recorded; it will be offered once "
                  "more, with the same key",
                  *unsettled_->delivered));
}

}  // namespace edge_rollup::deliver
