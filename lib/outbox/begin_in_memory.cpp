// What resilient_store does where no store can be opened, or the one that is open does not take a number.
#include "observe/event.hpp"
#include "outbox/changeover.hpp"
#include "outbox/damaged_store.hpp"
#include "outbox/number_beyond_any.hpp"
#include "outbox/resilient_store.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <system_error>
#include <utility>

namespace edge_rollup::outbox {

/// Where a changeover stopped half-way, the successor says more.
std::filesystem::path resilient_store::file_to_ask() const {
  std::error_code unknown;
  const auto copy = directory_ / whole_copy_file_name;
  if (std::filesystem::exists(copy, unknown)) return copy;
  const auto file = directory_ / store_file_name;
  const bool has_left = !std::filesystem::exists(file, unknown) && !unknown;
  return has_left ? directory_ / salvage_file_name : file;
}

/// The store cannot be opened. A process that went before may have stored anything, so nothing is its stream's.
void resilient_store::begin_in_memory(std::string_view why) {
  std::error_code failed;
  const auto file = file_to_ask();
  const auto size = std::filesystem::file_size(file, failed);
  const bool is_first = failed ? failed == std::errc::no_such_file_or_directory : size == 0;
  memory_stream begun{.id = new_stream_id(), .previous = {}};
  last_glance_.gateway = parameters_.gateway;
  last_glance_.limit_bytes = parameters_.bounds.max_bytes;
  last_glance_.max_age = parameters_.bounds.max_age;
  if (const auto meta = is_first ? std::nullopt : peek_at_meta(file)) {
    begun.previous = meta->stream;
    begun.from = std::max(meta->next, meta->reserved_to + 1);
    last_glance_.gateway = meta->gateway;
    last_glance_.lost.total = meta->lost_total;
  } else if (!is_first) {
    begun.from = number_beyond_any(around_.time.wall_now());
  }
  held_ = std::make_unique<memory_hold>(begun.from);
  held_->begin_stream(std::move(begun));
  refused_ = around_.time.now() - disk_rest;
  around_.messages.error(fmt::format("the outbox cannot be opened and begins in memory: {}", why),
                         {observe::event_field(observe::event::outbox_in_memory)});
}

/// What was to be stored as `refused` may turn up under that number in the stream on disk.
void resilient_store::leave_disk(std::uint64_t refused, std::string_view why) {
  const auto before = at_a_glance().stream;
  if (!held_) held_ = std::make_unique<memory_hold>(refused);
  held_->begin_stream({new_stream_id(), before, refused + 1, {refused}});
  disk_may_know_stream_ = false;
  around_.messages.error(
      fmt::format("the disk takes nothing, and rollups are kept in memory only, in a stream of their own: {}", why),
      {observe::event_field(observe::event::outbox_in_memory), {"stream", held_->stream()->id}});
}

}  // namespace edge_rollup::outbox
