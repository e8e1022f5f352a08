#include "daemon/outbox_watch.hpp"

#include <fmt/format.h>

#include <cstddef>
#include <utility>

namespace edge_rollup::daemon {
namespace {

std::pair<std::uint64_t, std::uint64_t> counts(const outbox::overview& glance) {
  return {glance.pending, glance.dead};
}

}  // namespace

outbox_watch::outbox_watch(runtime::clock& time, outbox::outbox& store, observe::log& messages,
                           std::function<void()> changed)
    : time_(time),
      store_(store),
      messages_(messages),
      changed_(std::move(changed)),
      next_look_(time.make_timer()),
      stream_(store.at_a_glance().stream) {}

/// What this process does itself meanwhile can look like a change, and costs no more than one look by delivery.
runtime::task<void> outbox_watch::run() {
  constexpr std::size_t one_entry = 1;
  while (!stopping_) {
    const auto due = time_.now() + outbox_check;
    [[maybe_unused]] auto waited = co_await next_look_->wait_until(due);
    if (stopping_) break;
    const auto before = counts(store_.at_a_glance());
    [[maybe_unused]] auto looked = co_await store_.front(one_entry);  // a disk that fails is delivery's to tell
    if (counts(store_.at_a_glance()) != before) changed_();
    note_stream();
  }
}

void outbox_watch::note_stream() {
  auto before = std::exchange(stream_, store_.at_a_glance().stream);
  if (stream_ == before) return;
  messages_.info(fmt::format("rollups are numbered in stream {} from now on, before that in {}", stream_, before),
                 {{"stream", stream_}});
}

void outbox_watch::stop() noexcept {
  stopping_ = true;
  next_look_->cancel();
}

}  // namespace edge_rollup::daemon
