#include "outbox/background_salvage.hpp"

#include "observe/event.hpp"
#include "outbox/changeover.hpp"

#include <SQLiteCpp/Exception.h>
#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <utility>

namespace edge_rollup::outbox {

background_salvage::background_salvage(std::filesystem::path directory, observe::log& messages)
    : directory_{std::move(directory)}, messages_{&messages} {}

void background_salvage::find_in(const sqlite_store& disk) {
  open_ = disk.open_salvages();
  run_.reset();
}

bool background_salvage::step(sqlite_store& disk, model::mono_time now) {
  try {
    if (!run_) run_ = std::make_unique<salvage_run>(directory_, open_.front());
  } catch (const SQLite::Exception& refused) {
    fail(now, refused.what());
    return true;
  }
  const auto gain = disk.salvage(*run_);
  if (!gain) {
    fail(now, gain.error().text);
    return false;
  }
  is_stuck_ = false;
  open_.front() = gain->progress;
  if (gain->progress.ended) end(gain->progress);
  return true;
}

void background_salvage::fail(model::mono_time now, const std::string& why) {
  not_before_ = now + rest;
  if (std::exchange(is_stuck_, true)) return;
  messages_->error(fmt::format("the salvage of {} has to wait: {}", open_.front().source, why));
}

void background_salvage::end(const salvage_progress& ended) {
  messages_->error(
      fmt::format("the salvage of {} has ended: {} rollups saved, {} lost{}", ended.source, ended.saved, ended.lost,
                  run_->knows_nothing() ? "; how many rollups were in it is not known" : ""),
      {observe::event_field(observe::event::outbox_salvaged), {"saved", ended.saved}, {"lost", ended.lost}});
  run_.reset();
  open_.erase(open_.begin());
  if (!open_.empty()) return;
  if (const auto dropped = drop_oldest_set_aside(directory_, directory_ / ended.source)) {
    messages_->warn(fmt::format("{} was removed: {} damaged outboxes are kept", dropped->native(), kept_aside));
  }
}

std::optional<std::uint64_t> background_salvage::in_order_up_to() const noexcept {
  if (open_.empty() || is_stuck_) return std::nullopt;
  return std::ranges::min(open_, {}, &salvage_progress::position).position;
}

}  // namespace edge_rollup::outbox
