#include "deliver/delivery_log.hpp"

#include "observe/event.hpp"
#include "wire/rfc3339.hpp"

#include <fmt/format.h>

#include <chrono>
#include <string>

namespace edge_rollup::deliver {

namespace {

namespace chrono = std::chrono;

constexpr model::seconds told_again_after{3'600};

std::string in_words(model::nanoseconds span) {
  if (span < chrono::minutes{1}) return fmt::format("{} s", chrono::floor<chrono::seconds>(span).count());
  if (span < chrono::hours{2}) return fmt::format("{} min", chrono::floor<chrono::minutes>(span).count());
  if (span < chrono::days{2}) return fmt::format("{} h", chrono::floor<chrono::hours>(span).count());
  return fmt::format("{} days", chrono::floor<chrono::days>(span).count());
}

/// "delivery holds since 2026-11-22T17:05:00.000Z: the cloud answers 401 Unauthorized: check cloud.auth".
std::string in_words(const hold_state& hold, moment now) {
  const auto since = now.wall + chrono::floor<model::milliseconds>(hold.since - now.mono);
  return fmt::format("delivery holds since {}: {}", wire::format_timestamp(since), hold.words);
}

}  // namespace

void delivery_log::tried(const delivery_try& ended, const delivery_state& state, std::uint64_t waiting, moment now) {
  if (ended.judged.verdict == verdict::delivered) {
    delivered(ended, waiting, now.mono);
  } else {
    failed(ended, state, waiting, now);
  }
}

void delivery_log::delivered(const delivery_try& ended, std::uint64_t waiting, model::mono_time now) {
  if (failing_since_) {
    messages_.info(fmt::format("delivered again after {}, {} waiting", in_words(now - *failing_since_), waiting),
                   {observe::event_field(observe::event::delivery_goes_on), {"sequence", ended.sequence}});
  } else {
    messages_.debug(fmt::format("rollup {} delivered", ended.sequence), {{"sequence", ended.sequence}});
  }
  failing_since_.reset();
  standing_.reset();
}

void delivery_log::failed(const delivery_try& ended, const delivery_state& state, std::uint64_t waiting, moment now) {
  const auto reason = state.hold ? std::optional(state.hold->reason) : std::nullopt;
  // A single rollup that is refused is no outage.
  const bool outage = ended.judged.verdict != verdict::refused || reason;
  if (outage && !failing_since_) failing_since_ = now.mono - ended.came.took;

  const bool repeated = was_told(ended, reason, now.mono);
  std::vector<observe::log_field> fields = {
      {"sequence", ended.sequence}, {"verdict", std::string(to_string(ended.judged.verdict))}, {"waiting", waiting}};
  if (reason) {
    fields.push_back({"hold", std::string(to_string(*reason))});
    fields.push_back(observe::event_field(observe::event::delivery_holds));
  }
  if (state.next_try) {
    fields.push_back({"next_try_in_s", chrono::duration<double>(*state.next_try - now.mono).count()});
  }
  messages_.write(repeated ? observe::log_level::debug : observe::log_level::warn,
                  state.hold ? in_words(*state.hold, now) : ended.judged.sentence, fields);
}

/// Whether this was told within the last hour. If not, it is from now on.
bool delivery_log::was_told(const delivery_try& ended, std::optional<hold_reason> reason, model::mono_time now) {
  const trouble present{ended.judged.verdict, reason};
  if (standing_ != present) {
    standing_ = present;
    told_.clear();
  }
  const auto& came = ended.came;
  const cause why{came.status, came.status || !came.failure ? std::nullopt : std::optional(came.failure->kind)};
  const auto [told, is_new] = told_.try_emplace(why, now);
  if (!is_new && now - told->second < told_again_after) return true;
  told->second = now;
  return false;
}

void delivery_log::gave_up(const std::vector<std::uint64_t>& sequences) {
  if (sequences.empty()) return;
  const auto which = sequences.size() == 1 ? fmt::format("rollup {} is a dead letter", sequences.front())
                                           : fmt::format("{} rollups from {} to {} are dead letters", sequences.size(),
                                                         sequences.front(), sequences.back());
  messages_.warn(fmt::format("{}: not taken by a cloud that took a later one", which),
                 {observe::event_field(observe::event::dead_letter)});
}

}  // namespace edge_rollup::deliver
