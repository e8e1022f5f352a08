// Delivers what the outbox holds, one rollup after the other, for as long as the daemon runs. What to do next is
// decided in delivery_policy.hpp.
#pragma once

#include "deliver/delivery_log.hpp"
#include "deliver/delivery_policy.hpp"
#include "deliver/delivery_try.hpp"
#include "deliver/endpoint_trust.hpp"
#include "deliver/sink.hpp"
#include "deliver/slow_start.hpp"
#include "model/result.hpp"
#include "observe/log.hpp"
#include "outbox/outbox.hpp"
#include "runtime/clock.hpp"
#include "runtime/entropy.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>

namespace edge_rollup::deliver {

/// What a deliverer works with; everything outlives it.
struct deliverer_parts {
  runtime::clock& time;
  runtime::entropy& chance;
  observe::log& messages;
  outbox::outbox& store;
  std::shared_ptr<sink> cloud;
  /// Called after each try that was not cut short, when the outbox and the state know of it. May be empty.
  std::function<void(const delivery_try&, const delivery_state&)> tried;
};

/// So many of the oldest waiting entries are looked at. More rollups than this that the cloud takes none of, all in a
/// row, hold delivery until an operator drops some.
inline constexpr std::size_t front_window = 256;

/// While delivery holds, files with secrets are looked at so often.
inline constexpr model::seconds set_up_check{5};

/// Operation:    `run` delivers until it is ended; `deliver_until` is for a process that delivers once. One of the
///               two, once at a time. Offers keep the distance that slow_start asks for; while delivery holds, the
///               set-up is looked at every `set_up_check` and tried at once where it changed. A record that is gone or
///               damaged is passed over. A result that cannot be written to the disk is written before anything else
///               is offered.
/// Concurrency:  loop thread only; one rollup in flight.
/// Cancellation: `finish_by`, then `cancel`.
class deliverer {
 public:
  deliverer(deliverer_parts parts, deliver_options options, endpoint_trust trust);

  /// Completes after `cancel`, or after `finish_by` when nothing more can be done in time.
  [[nodiscard]] runtime::task<void> run();

  /// Offers what waits, in order and once each, until `sequence` has been offered or delivery would have to wait.
  /// Completes with the last try, which is that of `sequence` or the one that failed; empty where nothing was offered.
  /// Errors: those of the outbox; what was delivered may then not be recorded as such.
  [[nodiscard]] runtime::task<model::result<std::optional<delivery_try>>> deliver_until(std::uint64_t sequence);

  /// Something was stored. Where delivery was idle it begins `after` that, or when an earlier call had
  /// said if that is sooner, and at once where it is to finish.
  void notify(model::milliseconds after = model::milliseconds{0}) noexcept;
  /// Something may have changed in the outbox: looks at it where delivery was idle. The moment that `notify` gave
  /// stays.
  void look() noexcept;
  /// From the next try on rollups go there. The one in flight is cut short, so that a cloud that hangs delays nothing;
  /// both clouds may take its rollup, under the same key. What delivery was waiting for may be mended by that: it tries
  /// at once.
  void change_cloud(std::shared_ptr<sink> cloud, endpoint_trust trust);
  void change_options(const deliver_options& options) noexcept { policy_.change_options(options); }
  /// Delivers on until `deadline`, but begins no try after it and does not wait for what comes later.
  void finish_by(model::mono_time deadline) noexcept;
  /// Ends the try in flight and begins no other.
  void cancel() noexcept;

  [[nodiscard]] const delivery_state& state() const noexcept { return policy_.state(); }

 private:
  /// One step of the policy, carried out. Completes with that step.
  [[nodiscard]] runtime::task<model::result<action>> advance();
  [[nodiscard]] runtime::task<model::result<void>> offer(std::span<const outbox::entry> front, std::uint64_t sequence);
  [[nodiscard]] model::result<void> pass_over(std::uint64_t gone);
  [[nodiscard]] runtime::task<model::result<void>> settle();
  [[nodiscard]] runtime::task<void> sit_out(model::error disk_trouble);
  [[nodiscard]] runtime::task<void> rest_until(model::mono_time due);
  [[nodiscard]] runtime::task<void> keep_distance(const model::mono_time& next_offer);
  void note_it_goes_on();
  void note_unrecorded();
  [[nodiscard]] bool over() const noexcept;
  [[nodiscard]] bool in_time(model::mono_time due) const noexcept { return !deadline_ || due < *deadline_; }

  deliverer_parts parts_;
  endpoint_trust trust_;
  std::shared_ptr<sink> busy_;  ///< with the try in flight; null where there is none
  delivery_policy policy_;
  slow_start pace_;
  delivery_log log_;
  std::unique_ptr<runtime::timer> wake_up_;
  std::optional<outbox::settlement> unsettled_;  ///< what the disk has not taken yet
  std::optional<std::uint64_t> passed_over_;     ///< the newest that was listed but gone
  std::optional<delivery_try> last_try_;
  std::optional<model::mono_time> deadline_;
  model::mono_time begin_at_{};      ///< not before, after having been idle
  std::uint32_t disk_failures_ = 0;  ///< in a row
  bool cancelled_ = false;
};

}  // namespace edge_rollup::deliver
