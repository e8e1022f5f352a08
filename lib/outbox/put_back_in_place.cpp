// What resilient_store does when the file of its store is taken away.
#include "outbox/changeover.hpp"
#include "outbox/resilient_store.hpp"
#include "outbox/write_anew.hpp"

#include <fmt/format.h>

#include <optional>
#include <system_error>

namespace edge_rollup::outbox {

/// Somebody has removed the file, or put another one in its place. As long as it cannot be written anew, the store goes
/// on in the one that has no name.
void resilient_store::put_back_in_place() {
  const auto now = around_.time.now();
  if (disk_->is_in_place() || (not_put_back_ && now < *not_put_back_ + disk_rest)) return;
  const auto aside = name_aside(directory_, around_.time.wall_now());
  const auto written = write_anew_with(aside);
  const bool is_nameless = !written && disk_;
  const bool is_first_failure = is_nameless && !not_put_back_;
  not_put_back_ = is_nameless ? std::optional(now) : std::nullopt;
  const auto file = directory_ / store_file_name;
  if (is_first_failure) {
    around_.messages.error(
        fmt::format("{} was taken away from this daemon, and what it holds ends with this process as "
                    "long as it cannot be written anew: {}",
                    file.native(), written.error().text));
  }
  if (!written) return;
  std::error_code unknown;
  const bool was_replaced = std::filesystem::exists(aside, unknown);
  around_.messages.error(fmt::format(
      "{} was {} and is written anew, nothing is lost; stop the daemon before you touch "
      "its files",
      file.native(), was_replaced ? fmt::format("replaced by another file, now {},", aside.native()) : "removed"));
  if (!disk_->open_salvages().empty()) return;
  if (const auto dropped = drop_oldest_set_aside(directory_, aside)) {
    around_.messages.warn(fmt::format("{} was removed: {} outboxes set aside are kept", dropped->native(), kept_aside));
  }
}

/// Once it is closed, all that is missing of it is what every opening does.
model::result<void> resilient_store::write_anew_with(const std::filesystem::path& aside) {
  const bool has_room_for_it = has_room() && (!disk_room_ || *disk_room_ >= disk_->at_a_glance().file_bytes);
  if (!has_room_for_it) {
    return model::fail(model::error_kind::disk, "there is no room for a copy of it (outbox.min_free_disk)");
  }
  last_glance_ = disk_->at_a_glance();
  auto written = write_anew(disk_, directory_, aside);
  return disk_ ? written : open_again();
}

}  // namespace edge_rollup::outbox
