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
    note_disk_works();
    if (std::holds_alternative<send>(*step)) continue;
    const auto due = end_of_rest(*step);
    if (!in_time(due)) break;
    [[maybe_unused]] auto woken = co_await wake_up_->wait_until(due);
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

void deliverer::finish_by(model::mono_time deadline) noexcept {
  deadline_ = deadline;
  wake_up_->cancel();
}

void deliverer::cancel() noexcept {
  cancelled_ = true;
  parts_.cloud.cancel();
  wake_up_->cancel();
}

bool deliverer::over() const noexcept {
  return cancelled_ || !in_time(parts_.time.now());
}

runtime::task<model::result<action>> deliverer::advance() {
  auto settled = co_await settle();
  if (!settled) co_return std::unexpected(std::move(settled.error()));
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
    parts_.messages.error(
        fmt::format("rollup {} cannot be sent and becomes a dead letter: {}", sequence, loaded.error().text),
        {{"sequence", sequence}});
    unsettled_ = outbox::settlement{.delivered = {}, .tried = {}, .dead = {sequence}, .pending = {}};
    auto settled = co_await settle();
    co_return settled;
  }
  if (!loaded) co_return std::unexpected(std::move(loaded.error()));
  if (!*loaded) co_return model::fail(model::error_kind::disk, fmt::format("rollup {} is listed but gone", sequence));

  if (over()) co_return model::result<void>{};  // the end came while the disk worked
  const outbox::record& record = **loaded;
  auto came = co_await parts_.cloud.offer(record);
  const auto judged = judge(came, trust_);
  last_try_ = delivery_try{sequence, record.body.size(), came, judged};
  const auto now = parts_.time.now();
  const auto change = policy_.answered(front, sequence, came, judged, now, parts_.chance.next());
  if (change == outbox::settlement{}) co_return model::result<void>{};  // cut short
  unsettled_ = change;
  auto settled = co_await settle();
  log_.tried(*last_try_, policy_.state(), parts_.store.at_a_glance().pending, now);
  log_.gave_up(change.dead);
  if (parts_.tried) parts_.tried(*last_try_, policy_.state());
  co_return settled;
}

runtime::task<model::result<void>> deliverer::settle() {
  if (!unsettled_) co_return model::result<void>{};
  outbox::settlement change = *unsettled_;
  auto settled = co_await parts_.store.settle(std::move(change));
  if (settled) unsettled_.reset();
  co_return settled;
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

void deliverer::note_disk_works() {
  if (std::exchange(disk_failures_, 0) > 0) parts_.messages.info("the outbox can be used again");
}

void deliverer::note_unrecorded() {
  if (!unsettled_ || !unsettled_->delivered) return;
  parts_.messages.error(
      fmt::format("rollup {} was delivered, but that could not be recorded; it will be offered once "
                  "more, with the same key",
                  *unsettled_->delivered));
}

}  // namespace edge_rollup::deliver
