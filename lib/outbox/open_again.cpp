// What resilient_store does to open its file, at first and after trouble.
#include "outbox/changeover.hpp"
#include "outbox/log_damage.hpp"
#include "outbox/number_beyond_any.hpp"
#include "outbox/resilient_store.hpp"

#include <fmt/format.h>

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <system_error>
#include <utility>

namespace edge_rollup::outbox {
namespace {

std::filesystem::path log_in(const std::filesystem::path& directory) {
  return directory / (std::string(store_file_name) + "-wal");
}

/// One is left by a process that did not end in peace.
bool has_log(const std::filesystem::path& directory) {
  std::error_code none;
  const auto bytes = std::filesystem::file_size(log_in(directory), none);
  return !none && bytes > 0;
}

/// The cloud may know rollups that stood behind damage in the log: their numbers are not used again. Each commit may
/// have used one.
model::result<void> tell_unreadable(sqlite_store& opened, std::uint64_t commits, observe::log& messages) {
  if (commits == 0) return {};
  const auto first = opened.at_a_glance().next_sequence;
  const std::array losses = {
      declared_loss{{first, first + commits - 1, model::loss_reason::damage}, first + commits + 1}};
  if (auto told = opened.account({.next = first + commits, .losses = losses}); !told) return told;
  messages.error(fmt::format("the outbox has lost what stood behind damage in its log: {} rollups at most", commits),
                 {{"lost", commits}});
  return {};
}

}  // namespace

model::result<resilient_store> resilient_store::open(const std::filesystem::path& directory,
                                                     const store_parameters& parameters,
                                                     const store_surroundings& around) {
  resilient_store made(directory, parameters, around);
  auto opened = made.open_again();
  // SQLite calls it an I/O error where there is no room for the log's index.
  const bool is_full = made.unmended_ == disk_trouble::full || made.unmended_ == disk_trouble::io;
  const bool released = !opened && is_full && made.reserve_.release();
  if (!opened && (released || made.unmended_ == disk_trouble::io)) opened = made.open_again();
  if (!opened && opened.error().kind != model::error_kind::disk) return std::unexpected(std::move(opened.error()));
  if (!opened) made.begin_in_memory(opened.error().text);
  [[maybe_unused]] const bool reserved = made.has_room();
  return made;
}

/// Ends a changeover that stopped half-way: the damaged store has left its place then, and its successor is whole.
model::result<void> resilient_store::end_changeover_begun() {
  const auto ended = end_changeover(directory_, around_.time.wall_now());
  if (!ended) return std::unexpected(ended.error());
  if (*ended) {
    unmended_ = disk_trouble::none;
    around_.messages.error("a new outbox was put in its place: that had stopped half-way");
  }
  return {};
}

model::result<void> resilient_store::open_again() {
  if (auto ended = end_changeover_begun(); !ended) return ended;
  if (unmended_ == disk_trouble::damage) {
    if (auto aside = set_damaged_aside(); !aside) return aside;
  }
  const bool found_log = life_ == process_life::begins && has_log(directory_);
  const auto unreadable = found_log ? unreadable_commits(log_in(directory_)) : 0;
  auto opened = sqlite_store::try_open(directory_, parameters_, life_);
  if (!opened && opened.error().trouble == disk_trouble::damage) {
    unmended_ = disk_trouble::damage;
    around_.messages.error(fmt::format("the outbox is damaged: {}", opened.error().error.text));
    if (auto aside = set_damaged_aside(); !aside) return aside;
    opened = sqlite_store::try_open(directory_, parameters_, life_);
  }
  if (!opened) {
    unmended_ = opened.error().trouble;
    return std::unexpected(std::move(opened.error().error));
  }
  const bool is_streams_own = held_ && held_->stream() && opened->at_a_glance().stream == held_->stream()->id;
  if (!is_streams_own) disk_may_know_stream_ = false;
  if (auto told = tell_unreadable(*opened, unreadable, around_.messages); !told) {
    unmended_ = opened->last_trouble();
    return told;
  }
  // A sync may have failed: with what it should have kept, a power cut takes all that follows in the log. Nobody heard
  // of one that failed while the last process ended.
  if (unmended_ == disk_trouble::io || found_log) {
    auto mended = opened->mend_log();
    const bool must_be = unmended_ == disk_trouble::io || opened->last_trouble() != disk_trouble::locked;
    if (!mended && must_be) {
      if (unmended_ == disk_trouble::none) unmended_ = opened->last_trouble();
      return mended;
    }
  }
  opened->carry_on_counting(last_glance_);
  opened->count_discarded(model::loss_reason::damage, unreadable);
  disk_ = std::make_unique<sqlite_store>(std::move(*opened));
  unmended_ = disk_trouble::none;
  life_ = process_life::goes_on;
  parameters_.new_stream_id = new_stream_id();
  salvage_.find_in(*disk_);
  continue_salvage();
  return {};
}

/// As long as it fails, the damaged file keeps its name.
model::result<void> resilient_store::set_damaged_aside() {
  const auto now = around_.time.now();
  if (not_set_aside_ && now < *not_set_aside_ + disk_rest) {
    return model::fail(model::error_kind::disk, "the damaged outbox waits for room for a new one");
  }
  auto done = try_to_set_aside();
  const bool is_full = !done && unmended_ == disk_trouble::damage && done.error().trouble == disk_trouble::full;
  if (is_full && reserve_.release()) done = try_to_set_aside();
  not_set_aside_.reset();
  if (!done && unmended_ == disk_trouble::none) return {};
  if (!done) {
    not_set_aside_ = now;
    return std::unexpected(done.error().error);
  }
  unmended_ = disk_trouble::none;
  around_.messages.error(fmt::format("a damaged outbox was set aside as {}: what can be read of it follows{}",
                                     done->file.native(),
                                     done->stream ? "" : "; how many rollups were in it is not known"));
  return {};
}

std::expected<set_aside, refusal> resilient_store::try_to_set_aside() {
  auto parameters = parameters_;
  parameters.new_stream_id = new_stream_id();
  const auto now = around_.time.wall_now();
  // Numbers in memory are beyond any already.
  const auto beyond_any = held_ && held_->stream() ? held_->stream()->from : number_beyond_any(now);
  auto done = begin_salvage(directory_, parameters, {last_glance_, beyond_any}, now);
  // A part of it would take room that others need; where that fails, the next attempt begins with it.
  if (!done) [[maybe_unused]]
    const auto ended = end_changeover_begun();
  return done;
}

}  // namespace edge_rollup::outbox
