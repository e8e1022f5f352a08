#include "outbox/resilient_store.hpp"

#include "outbox/changeover.hpp"
#include "wire/uuid.hpp"

#include <fmt/format.h>

#include <utility>

namespace edge_rollup::outbox {
namespace {

/// A commit whose sync failed may turn out to be there when the store was opened again.
bool is_stored(sqlite_store& disk, const record& made) {
  if (disk.at_a_glance().next_sequence <= made.sequence) return false;
  const auto there = disk.load(made.sequence);
  return there && *there == made;
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
  if (!opened) return std::unexpected(std::move(opened.error()));
  [[maybe_unused]] const bool reserved = made.has_room();
  return made;
}

resilient_store::resilient_store(std::filesystem::path directory, store_parameters parameters,
                                 const store_surroundings& around)
    : directory_{std::move(directory)},
      parameters_{std::move(parameters)},
      around_{around},
      reserve_{directory_},
      room_{parameters_.bounds.min_free_disk} {}

resilient_store::~resilient_store() {
  if (!disk_ || !held_ || stop_holding()) return;
  auto losses = held_->dropped();
  if (const auto& newest = held_->newest()) {
    const auto gone = newest->second.sequence;
    losses.push_back({{gone, gone, model::loss_reason::disk}, held_->next_sequence()});
    around_.messages.error(fmt::format("rollup {} could not be stored and ends with this process", gone));
  }
  // Where even that fails, the reserved numbers tell it.
  [[maybe_unused]] const auto accounted = disk_->account(held_->next_sequence(), 0, losses);
}

overview resilient_store::at_a_glance() const {
  const auto& disk = disk_ ? disk_->at_a_glance() : last_glance_;
  return held_ ? held_->over(disk) : disk;
}

/// Runs an operation on the store. One that meets trouble which can be mended is run once more.
template <class Operation>
auto resilient_store::carry_out(on_full then, Operation operation)
    -> decltype(operation(std::declval<sqlite_store&>())) {
  for (const bool again : {true, false}) {
    if (!disk_) {
      if (auto opened = open_again(); !opened) return std::unexpected(std::move(opened.error()));
    }
    auto done = operation(*disk_);
    if (done) return done;
    const auto trouble = disk_->last_trouble();
    if (trouble == disk_trouble::io || trouble == disk_trouble::damage) {
      last_glance_ = disk_->at_a_glance();
      unmended_ = trouble;
      disk_.reset();
      around_.messages.error(fmt::format("the outbox is closed and opened again: {}", done.error().text));
    }
    const bool mended = trouble == disk_trouble::full && make_room(then);
    if (!again || (!mended && disk_)) return done;
  }
  std::unreachable();
}

/// A log that is written into the file is cut off, which gives room back; doing so may need some first.
bool resilient_store::make_room(on_full then) {
  const bool released = then == on_full::use_reserve && reserve_.release();
  return disk_->empty_log().has_value() || released;
}

model::result<void> resilient_store::open_again() {
  const auto ended = end_changeover(directory_);
  if (!ended) return std::unexpected(ended.error());
  if (*ended) {
    unmended_ = disk_trouble::none;
    around_.messages.error("a damaged outbox was set aside: its salvage had stopped half-way");
  }
  if (unmended_ == disk_trouble::damage) {
    if (auto salvaged = salvage_all(); !salvaged) return salvaged;
  }
  auto opened = sqlite_store::try_open(directory_, parameters_, life_);
  if (!opened && opened.error().trouble == disk_trouble::damage) {
    unmended_ = disk_trouble::damage;
    around_.messages.error(fmt::format("the outbox is damaged: {}", opened.error().error.text));
    if (auto salvaged = salvage_all(); !salvaged) return salvaged;
    opened = sqlite_store::try_open(directory_, parameters_, life_);
  }
  if (!opened) {
    unmended_ = opened.error().trouble;
    return std::unexpected(std::move(opened.error().error));
  }
  if (unmended_ == disk_trouble::io) {
    if (auto emptied = opened->empty_log(); !emptied) return emptied;
  }
  opened->carry_on_counting(last_glance_.discarded);
  disk_.emplace(std::move(*opened));
  unmended_ = disk_trouble::none;
  life_ = process_life::goes_on;
  return {};
}

/// As long as it fails, the damaged file keeps its name, and the next operation tries again.
model::result<void> resilient_store::salvage_all() {
  auto report = salvage_beside();
  if (!report && report.error().trouble == disk_trouble::full && reserve_.release()) report = salvage_beside();
  if (!report) return std::unexpected(report.error().error);
  const auto aside = change_over(directory_, around_.time.wall_now());
  if (!aside) return std::unexpected(aside.error());
  unmended_ = disk_trouble::none;
  last_glance_.discarded.at(static_cast<std::size_t>(model::loss_reason::damage)) += report->lost;
  around_.messages.error(
      fmt::format("a damaged outbox was set aside as {}: {} rollups saved, {} lost{}", aside->native(), report->saved,
                  report->lost, report->previous_stream ? "" : "; how many were in it is not known"),
      {{"saved", report->saved}, {"lost", report->lost}});
  if (const auto dropped = drop_oldest_set_aside(directory_, *aside)) {
    around_.messages.warn(fmt::format("{} was removed: {} damaged outboxes are kept", dropped->native(), kept_aside));
  }
  return {};
}

std::expected<salvage_report, refusal> resilient_store::salvage_beside() {
  if (auto removed = end_changeover(directory_); !removed) {
    return std::unexpected(refusal{removed.error(), disk_trouble::other});
  }
  auto parameters = parameters_;
  parameters.new_stream_id = wire::uuid_v4(around_.chance.next(), around_.chance.next());
  auto report = salvage(directory_, parameters, last_glance_.next_sequence);
  // A part of it would take room that others need.
  if (!report) [[maybe_unused]]
    const auto removed = end_changeover(directory_);
  return report;
}

bool resilient_store::has_room() {
  const auto space = around_.space(directory_);
  return (!space || room_.allows(space->free, space->total)) && reserve_.refill();
}

model::result<void> resilient_store::store(const record& made) {
  if (disk_) disk_->time_is(around_.time.now());
  if (!has_room()) return hold(made, "the disk is nearly full (outbox.min_free_disk)");
  if (held_ && !stop_holding()) return hold(made, "the disk still takes nothing");
  auto stored = put_on_disk(made);
  if (stored) return stored;
  return stored.error().kind == model::error_kind::disk ? hold(made, stored.error().text) : stored;
}

model::result<void> resilient_store::put_on_disk(const record& made) {
  return carry_out(on_full::give_up, [&made](sqlite_store& disk) -> model::result<void> {
    if (is_stored(disk, made)) return {};
    if (disk.at_a_glance().next_sequence > made.sequence) {  // a salvage was told of more numbers than were used
      if (auto accounted = disk.account(made.sequence, 0, {}); !accounted) return accounted;
    }
    return disk.store(made);
  });
}

model::result<void> resilient_store::hold(const record& made, std::string_view why) {
  auto next = memory_hold{made.sequence};
  const bool all_used = made.sequence > reserved_to_;
  const auto reserved_to = all_used ? made.sequence + reserved_numbers - 1 : reserved_to_;
  bool stored = false;
  const auto take = [&] {
    next = held_.value_or(memory_hold{made.sequence});
    next.take(made);
  };
  take();
  const auto accounted = carry_out(on_full::use_reserve, [&](sqlite_store& disk) {
    stored = !held_ && is_stored(disk, made);
    if (stored) return model::result<void>{};
    if (held_ && held_->newest() && is_stored(disk, held_->newest()->second)) {
      held_->forget_newest();
      take();
    }
    return disk.account(next.first_open(), reserved_to, next.dropped());
  });
  if (stored) return {};
  // A number may leave the process only when the disk knows that it may be used.
  if (!accounted && all_used) return accounted;
  if (accounted) {
    next.forget_dropped();
    reserved_to_ = reserved_to;
  }
  if (!held_) {
    around_.messages.error(fmt::format("rollup {} is kept in memory only: {}", made.sequence, why),
                           {{"sequence", made.sequence}});
  }
  held_ = std::move(next);
  return {};
}

bool resilient_store::stop_holding() {
  if (!has_room()) return false;
  const auto accounted = carry_out(on_full::give_up, [this](sqlite_store& disk) {
    const bool still_reserved = held_->newest().has_value();
    return disk.account(held_->first_open(), still_reserved ? reserved_to_ : 0, held_->dropped());
  });
  if (!accounted) return false;
  held_->forget_dropped();
  if (const auto& newest = held_->newest()) {
    if (!put_on_disk(newest->second)) return false;
    settlement state;
    state.tried = newest->first;
    // Counts of tries are worth less than the rollup: it is stored, whether they are or not.
    [[maybe_unused]] const auto noted = disk_->settle(state);
  }
  const auto dropped = held_->dropped_in_all();
  held_.reset();
  reserved_to_ = 0;
  disk_->count_discarded(model::loss_reason::disk, dropped);
  around_.messages.warn(fmt::format("the outbox is stored on disk again; {} rollups could not be kept", dropped),
                        {{"lost", dropped}});
  return true;
}

model::result<std::vector<entry>> resilient_store::front(std::size_t limit) {
  auto waiting = carry_out(on_full::use_reserve, [limit](sqlite_store& disk) { return disk.front(limit); });
  if (!waiting || !held_ || !held_->newest() || waiting->size() >= limit) return waiting;
  const auto& newest = held_->newest()->first;
  if (newest.state != entry_state::dead) waiting->push_back(newest);
  return waiting;
}

model::result<std::optional<record>> resilient_store::load(std::uint64_t sequence) {
  if (held_ && held_->newest() && held_->newest()->second.sequence == sequence) return held_->newest()->second;
  return carry_out(on_full::use_reserve, [sequence](sqlite_store& disk) { return disk.load(sequence); });
}

model::result<void> resilient_store::settle(const settlement& change) {
  if (held_) held_->settle(change);
  return carry_out(on_full::use_reserve, [&change](sqlite_store& disk) { return disk.settle(change); });
}

}  // namespace edge_rollup::outbox
