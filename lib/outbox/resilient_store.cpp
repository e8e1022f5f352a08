#include "outbox/resilient_store.hpp"

#include "observe/event.hpp"
#include "wire/uuid.hpp"

#include <fmt/format.h>

#include <algorithm>
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

resilient_store::resilient_store(std::filesystem::path directory, store_parameters parameters,
                                 const store_surroundings& around)
    : directory_{std::move(directory)},
      parameters_{std::move(parameters)},
      around_{around},
      reserve_{directory_},
      room_{parameters_.bounds.min_free_disk},
      salvage_{directory_, around_.messages} {}

resilient_store::~resilient_store() {
  if (held_) end_holding();
  not_put_back_.reset();
  if (disk_) put_back_in_place();
  while (continue_copy()) continue;
}

void resilient_store::end_holding() {
  if (disk_) disk_->wait_in_full();
  if (stop_holding()) return;
  auto lost = *held_;
  if (const auto& newest = held_->newest()) {
    around_.messages.error(
        fmt::format("rollup {} could not be stored and ends with this process", newest->second.sequence));
    lost.give_up_newest();
  }
  // Where even that fails, the reserved numbers tell it. Those that were not reserved go to other rollups.
  [[maybe_unused]] const auto accounted =
      carry_out(on_full::use_reserve, [&](sqlite_store& disk) { return account(disk, lost, 0); });
}

overview resilient_store::at_a_glance() const {
  auto disk = disk_ ? disk_->at_a_glance() : last_glance_;
  disk.disk_room = disk_room_;
  return held_ ? held_->over(std::move(disk)) : disk;
}

/// Runs an operation on the store. One that meets trouble which can be mended is run once more.
template <class Operation>
auto resilient_store::carry_out(on_full then, Operation operation)
    -> decltype(operation(std::declval<sqlite_store&>())) {
  trouble_ = disk_trouble::none;
  for (const bool again : {true, false}) {
    if (!disk_) {
      if (auto opened = open_again(); !opened) return std::unexpected(std::move(opened.error()));
    }
    auto done = operation(*disk_);
    if (done || done.error().kind != model::error_kind::disk) return done;
    trouble_ = disk_->last_trouble();  // making room can meet another one
    const bool is_mended_by_opening = trouble_ == disk_trouble::io || trouble_ == disk_trouble::damage;
    // A file without a name would be gone with its last descriptor.
    if (is_mended_by_opening && disk_->is_in_place()) close_for(trouble_, done.error().text);
    const bool mended = trouble_ == disk_trouble::full && make_room(then);
    if (!again || (!mended && disk_)) return done;
  }
  std::unreachable();
}

void resilient_store::close_for(disk_trouble trouble, std::string_view why) {
  last_glance_ = disk_->at_a_glance();
  unmended_ = trouble;
  copy_.reset();
  disk_.reset();
  around_.messages.error(fmt::format("the outbox is closed and opened again: {}", why));
}

/// A log that is written into the file is cut off, which gives room back; doing so may need some first.
bool resilient_store::make_room(on_full then) {
  const bool released = then == on_full::use_reserve && reserve_.release();
  return disk_->empty_log().has_value() || released;
}

bool resilient_store::continue_salvage() {
  if (!disk_ || !salvage_.is_due(around_.time.now())) return false;
  const bool works = salvage_.step(*disk_, around_.time.now());
  return works && salvage_.is_due(around_.time.now());
}

bool resilient_store::has_room() {
  const auto space = around_.space(directory_);
  disk_room_ = space ? std::optional(room_.room(space->free, space->total)) : std::nullopt;
  return (!space || room_.allows(space->free, space->total)) && reserve_.refill();
}

void resilient_store::change_bounds(const outbox_options& bounds) {
  parameters_.bounds = bounds;
  room_ = room_rule{bounds.min_free_disk};
  if (disk_) disk_->change_bounds(bounds);
}

model::result<void> resilient_store::store(const record& made) {
  if (disk_) disk_->time_is(around_.time.now());
  if (disk_) put_back_in_place();
  if (disk_rests()) return hold(made, "the disk takes nothing");
  if (disk_ && numbers_collide(*disk_)) return give_numbers_up();
  if (!has_room()) return hold(made, "the disk is nearly full (outbox.min_free_disk)");
  if (held_ && !stop_holding()) return hold(made, "the disk still takes nothing");
  auto stored = put_on_disk(made);
  if (stored) return stored;
  return stored.error().kind == model::error_kind::disk ? hold(made, stored.error().text) : stored;
}

model::result<void> resilient_store::put_on_disk(const record& made) {
  return carry_out(on_full::give_up, [&made](sqlite_store& disk) -> model::result<void> {
    if (is_stored(disk, made)) return {};
    const auto next = disk.at_a_glance().next_sequence;
    if (next < made.sequence) {  // it is not the store for which the rollup was made
      return model::fail(model::error_kind::disk,
                         fmt::format("the outbox goes on with {}, not with {}", next, made.sequence));
    }
    if (next > made.sequence) {  // a salvage was told of more numbers than were used
      if (auto accounted = disk.account({.next = made.sequence}); !accounted) return accounted;
    }
    return disk.store(made);
  });
}

model::result<void> resilient_store::hold(const record& made, std::string_view why) {
  const bool is_numbered = has_number(made.sequence);
  const auto reserved_to = std::max(reserved_to_, made.sequence + reserved_numbers - 1);
  const auto with_made = [&] {
    auto held = held_ ? *held_ : memory_hold{made.sequence};
    held.take(made);
    return held;
  };
  auto next = with_made();
  bool stored = false;
  model::result<void> accounted = model::fail(model::error_kind::disk, std::string(why));
  if (!disk_rests()) {
    accounted = carry_out(on_full::use_reserve, [&](sqlite_store& disk) {
      stored = !held_ && is_stored(disk, made);
      if (stored) return model::result<void>{};
      if (forget_newest_stored(disk)) next = with_made();
      return account(disk, next, made.sequence > reserved_to_ ? reserved_to : reserved_to_);
    });
    if (!accounted) note_refusal();
  }
  if (stored) return {};
  // A number may leave the process only when the disk knows that it may be used. What another process locks will take
  // the rollup soon, under this number.
  const bool waits_for_lock = rest_ == lock_rest;
  if (!accounted && !is_numbered && !waits_for_lock) {
    leave_disk(made.sequence, accounted.error().text);
    return accounted;
  }
  if (!held_) {
    around_.messages.error(fmt::format("rollup {} is kept in memory only: {}", made.sequence, why),
                           {observe::event_field(observe::event::outbox_in_memory), {"sequence", made.sequence}});
  }
  held_ = std::make_unique<memory_hold>(std::move(next));
  is_withheld_ = !accounted && !is_numbered;
  if (accounted) note_accounted(made.sequence > reserved_to_ ? reserved_to : reserved_to_);
  return {};
}

/// A commit that was reported as failed may stand. Returns whether that of the newest does.
bool resilient_store::forget_newest_stored(sqlite_store& disk) {
  const bool stands = held_ && held_->newest() && is_stored(disk, held_->newest()->second);
  if (stands) held_->forget_newest();
  return stands;
}

/// Whether no process after this one can use the number too. A stream that no disk knows has all numbers to itself.
bool resilient_store::has_number(std::uint64_t sequence) const {
  return sequence <= reserved_to_ || (held_ && held_->stream() && !disk_may_know_stream_);
}

/// Tells the disk all that is held, the newest rollup itself excepted. As a commit that is reported as failed may
/// stand, numbers that it lets go of are not taken for reserved any more.
model::result<void> resilient_store::account(sqlite_store& disk, const memory_hold& held, std::uint64_t reserved_to) {
  if (numbers_collide(disk)) return model::fail(model::error_kind::state, "the numbers in memory were used before");
  const bool is_new_stream = held.stream() && held.stream()->id != disk.at_a_glance().stream;
  for (const auto& change : held.settled_meanwhile()) {
    // No rollup of a stream that the store does not know has told what the store has to tell.
    if (is_new_stream && change.delivered >= held.stream()->from) continue;
    if (auto settled = disk.settle(change); !settled) return settled;
  }
  const bool begins_stream = held.stream() && !disk_may_know_stream_;
  if (!begins_stream) reserved_to_ = std::min(reserved_to_, reserved_to);
  auto done = disk.account({held.first_open(), reserved_to, held.dropped(), held.dropped_and_told(), held.stream()});
  if (!done && begins_stream && disk.last_trouble() == disk_trouble::io) {
    disk_may_know_stream_ = true;
    reserved_to_ = reserved_to;
  }
  return done;
}

void resilient_store::note_accounted(std::uint64_t reserved_to) {
  held_->forget_dropped();
  held_->forget_settled();
  held_->forget_stream();
  disk_may_know_stream_ = false;
  reserved_to_ = reserved_to;
  refused_.reset();
  is_withheld_ = false;
}

/// Happens only where a store could not be read when the numbers began, and the clock was wrong too. A store that knows
/// the stream already has taken it over, though the call that told it so reported a failure.
bool resilient_store::numbers_collide(const sqlite_store& disk) const {
  if (!held_ || !held_->stream()) return false;
  const auto& there = disk.at_a_glance();
  return there.stream != held_->stream()->id && there.next_sequence > held_->stream()->from;
}

model::result<void> resilient_store::give_numbers_up() {
  const auto lost = held_->dropped_in_all() + (held_->newest() ? 1U : 0U);
  held_.reset();
  refused_.reset();
  reserved_to_ = 0;
  disk_->count_discarded(model::loss_reason::disk, lost);
  const auto text = fmt::format("{} rollups in memory are lost: their numbers turned out to be used before", lost);
  around_.messages.error(text, {{"lost", lost}});
  return model::fail(model::error_kind::disk, text);
}

void resilient_store::note_refusal() {
  refused_ = around_.time.now();
  rest_ = trouble_ == disk_trouble::locked ? lock_rest : disk_rest;
}

/// All that is held, the newest itself excepted, whose number is reserved for it.
bool resilient_store::tell_disk() {
  std::uint64_t reserved_to = 0;
  const auto accounted = carry_out(on_full::use_reserve, [&](sqlite_store& disk) {
    forget_newest_stored(disk);
    const auto& newest = held_->newest();
    reserved_to = newest ? std::max(reserved_to_, newest->second.sequence + reserved_numbers - 1) : 0;
    return account(disk, *held_, reserved_to);
  });
  if (accounted) note_accounted(reserved_to);
  return accounted.has_value();
}

bool resilient_store::stop_holding() {
  if (!tell_disk() || !has_room()) return false;
  if (const auto& newest = held_->newest()) {
    reserved_to_ = 0;  // which the commit says, too
    if (!put_on_disk(newest->second)) return false;
    settlement state;
    state.tried = newest->first;
    state.answer = held_->newest_answer();
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

/// Where the disk has rested it hears of what is held, room or none. While it refuses, only that is offered, as nothing
/// else could be settled; where its number is not reserved, it waits with the rest.
model::result<std::vector<entry>> resilient_store::front(std::size_t limit) {
  if (held_ && refused_ && !disk_rests() && !stop_holding() && refused_) note_refusal();
  if (refused_ && is_withheld_ && held_ && held_->newest()) {
    const auto sequence = held_->newest()->second.sequence;
    return model::fail(model::error_kind::disk,
                       fmt::format("rollup {} is in memory only, and not offered before the disk takes it", sequence));
  }
  model::result<std::vector<entry>> waiting;
  if (!refused_) {
    waiting = carry_out(on_full::use_reserve, [&](sqlite_store& disk) {
      forget_newest_stored(disk);
      return disk.front(limit);
    });
  }
  if (!waiting && !held_) return waiting;
  if (!waiting) {
    note_refusal();
    waiting.emplace();
  }
  const auto in_order_up_to = refused_ ? std::nullopt : salvage_.in_order_up_to();
  if (in_order_up_to) std::erase_if(*waiting, [&](const entry& each) { return each.sequence > *in_order_up_to; });
  if (in_order_up_to || !held_ || !held_->newest() || waiting->size() >= limit) return waiting;
  const auto& newest = held_->newest()->first;
  if (newest.state != entry_state::dead) waiting->push_back(newest);
  return waiting;
}

model::result<std::optional<record>> resilient_store::load(std::uint64_t sequence) {
  if (held_ && held_->newest() && held_->newest()->second.sequence == sequence) return held_->newest()->second;
  if (refused_) return std::nullopt;  // listed before the disk refused; it comes again
  return carry_out(on_full::use_reserve, [sequence](sqlite_store& disk) { return disk.load(sequence); });
}

/// What the disk does not hear of now it hears of later; until then the worst is that a rollup is offered again.
model::result<void> resilient_store::settle(const settlement& change) {
  if (held_) held_->settle(change);
  model::result<void> settled = model::fail(model::error_kind::disk, "the disk takes nothing");
  if (!refused_) {
    settled = carry_out(on_full::use_reserve, [&change](sqlite_store& disk) { return disk.settle(change); });
  }
  if (settled || !held_) return settled;
  if (!refused_) note_refusal();
  return held_->put_off(change) ? model::result<void>{} : settled;
}

std::string resilient_store::new_stream_id() {
  return wire::uuid_v4(around_.chance.next(), around_.chance.next());
}

}  // namespace edge_rollup::outbox
