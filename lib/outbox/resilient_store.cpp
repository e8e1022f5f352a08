#include "outbox/resilient_store.hpp"

#include "observe/event.hpp"
#include "outbox/changeover.hpp"
#include "outbox/number_beyond_any.hpp"
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

/// One is left by a process that did not end in peace.
bool has_log(const std::filesystem::path& directory) {
  std::error_code none;
  const auto bytes = std::filesystem::file_size(directory / (std::string(store_file_name) + "-wal"), none);
  return !none && bytes > 0;
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
  // A sync may have failed: with what it should have kept, a power cut takes all that follows in the log. Nobody heard of
  // one that failed while the last process ended.
  if (unmended_ == disk_trouble::io || found_log) {
    auto mended = opened->mend_log();
    const bool must_be = unmended_ == disk_trouble::io || opened->last_trouble() != disk_trouble::locked;
    if (!mended && must_be) {
      if (unmended_ == disk_trouble::none) unmended_ = opened->last_trouble();
      return mended;
    }
  }
  opened->carry_on_counting(last_glance_);
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

/// Tells the disk all that is held, the newest rollup itself excepted. As a commit that is reported as failed may stand,
/// numbers that it lets go of are not taken for reserved any more.
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
