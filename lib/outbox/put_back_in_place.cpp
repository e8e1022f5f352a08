// What resilient_store does when the file of its store is taken away.
#include "outbox/changeover.hpp"
#include "outbox/resilient_store.hpp"

#include <fmt/format.h>

#include <optional>
#include <system_error>
#include <utility>

namespace edge_rollup::outbox {

/// Somebody has removed the file, or put another one in its place. As long as it cannot be written anew, the store goes
/// on in the one that has no name.
void resilient_store::put_back_in_place() {
  const auto now = around_.time.now();
  if (copy_ || disk_->is_in_place() || (not_put_back_ && now < *not_put_back_ + disk_rest)) return;
  if (auto begun = begin_copy()) {
    [[maybe_unused]] const bool goes_on = continue_copy();  // a small store is written at once
  } else {
    note_nameless(begun.error());
  }
}

model::result<void> resilient_store::begin_copy() {
  const bool has_room_for_it = has_room() && (!disk_room_ || *disk_room_ >= disk_->at_a_glance().file_bytes);
  if (!has_room_for_it) {
    return model::fail(model::error_kind::disk, "there is no room for a copy of it (outbox.min_free_disk)");
  }
  if (auto removed = remove_copy(directory_); !removed) return removed;  // of an attempt that stopped half-way
  auto begun = disk_->begin_copy(directory_ / copy_file_name);
  if (!begun) return std::unexpected(std::move(begun.error()));
  copy_ = std::move(*begun);
  return {};
}

bool resilient_store::continue_copy() {
  if (!copy_) return false;
  if (disk_->is_in_place()) {  // it was put back by whoever took it away
    copy_.reset();
    return false;
  }
  const auto is_whole = disk_->continue_copy(*copy_);
  if (is_whole && !*is_whole) return true;
  copy_.reset();
  if (!is_whole) {
    [[maybe_unused]] const auto removed = remove_copy(directory_);  // the next attempt begins with it
    note_nameless(is_whole.error());
    return false;
  }
  const auto aside = name_aside(directory_, around_.time.wall_now());
  const auto written = change_to_copy(aside);
  if (written) {
    note_written_anew(aside);
  } else if (disk_) {
    note_nameless(written.error());
  }
  return false;
}

/// From the moment the copy is called whole, all is there after a kill too. Where the store goes on in the file without
/// a name, a copy of what it was must not come after it. Once that is closed, what is missing is what every opening
/// does.
model::result<void> resilient_store::change_to_copy(const std::filesystem::path& aside) {
  model::result<void> done;
  if (disk_->is_log_in_place()) done = remove_log_in_place(directory_);  // before it is taken for that of another file
  if (done) done = call_copy_whole(directory_);
  if (!done) {
    [[maybe_unused]] const auto removed = remove_copy(directory_);
    return done;
  }
  done = put_copy_in_place(directory_, aside);
  if (!done && withdraw_copy(directory_)) return done;
  last_glance_ = disk_->at_a_glance();
  disk_.reset();
  return open_again();
}

void resilient_store::note_nameless(const model::error& why) {
  const bool is_first = !std::exchange(not_put_back_, around_.time.now());
  if (!is_first) return;
  around_.messages.error(
      fmt::format("{} was taken away from this daemon, and what it holds ends with this process as "
                  "long as it cannot be written anew: {}",
                  (directory_ / store_file_name).native(), why.text));
}

void resilient_store::note_written_anew(const std::filesystem::path& aside) {
  not_put_back_.reset();
  std::error_code unknown;
  const bool was_replaced = std::filesystem::exists(aside, unknown);
  around_.messages.error(
      fmt::format("{} was {} and is written anew, nothing is lost; stop the daemon before you touch "
                  "its files",
                  (directory_ / store_file_name).native(),
                  was_replaced ? fmt::format("replaced by another file, now {},", aside.native()) : "removed"));
  if (!disk_->open_salvages().empty()) return;
  if (const auto dropped = drop_oldest_set_aside(directory_, aside)) {
    around_.messages.warn(fmt::format("{} was removed: {} outboxes set aside are kept", dropped->native(), kept_aside));
  }
}

}  // namespace edge_rollup::outbox
