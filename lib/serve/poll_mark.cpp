#include "serve/poll_mark.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <limits>

namespace edge_rollup::serve {
namespace {

constexpr float steps_an_octave = 12;
constexpr float least_ms = 0.1F;  // code 1
constexpr float least_code = 1;
constexpr float greatest_code = 255;

/// The least code that so many of the polls do not exceed.
poll_time_code quantile(const std::array<std::uint32_t, 256>& counts, std::uint64_t wanted) noexcept {
  std::uint64_t seen = 0;
  std::size_t code = no_poll_time;
  while (seen < wanted) seen += counts[++code];
  return static_cast<poll_time_code>(code);
}

}  // namespace

poll_time_code to_poll_time(model::nanoseconds took) noexcept {
  if (took <= model::nanoseconds::zero()) return no_poll_time;
  const auto ms = std::chrono::duration<float, std::milli>(took).count();
  const auto code = least_code + std::round(steps_an_octave * std::log2(ms / least_ms));
  return static_cast<poll_time_code>(std::clamp(code, least_code, greatest_code));
}

std::optional<double> ms_of(poll_time_code code) noexcept {
  if (code == no_poll_time) return std::nullopt;
  constexpr int told_digits = 3;
  const double ms = least_ms * std::exp2((static_cast<float>(code) - least_code) / steps_an_octave);
  const double unit = std::pow(10.0, std::floor(std::log10(ms)) + 1 - told_digits);
  return unit < 1 ? std::round(ms / unit) / std::round(1 / unit) : std::round(ms / unit) * unit;
}

poll_mark::poll_mark(const model::poll_outcome& outcome, model::freshness age) noexcept
    : time_(to_poll_time(outcome.latency)) {
  if (outcome.ok()) {
    const auto first = age == model::freshness::stale ? first_stale : first_ok;
    ending_ = static_cast<std::uint8_t>(first + std::lround(outcome.answer->quality_score * quality_steps));
  } else {
    ending_ = static_cast<std::uint8_t>(first_failure + static_cast<int>(outcome.answer.error().kind));
  }
}

shown_state poll_mark::state() const noexcept {
  if (ending_ >= first_stale) return shown_state::stale;
  if (ending_ >= first_ok) return shown_state::ok;
  const auto why = failure();
  if (!why || *why == model::failure_kind::cancelled) return shown_state::unknown;
  return *why == model::failure_kind::skipped ? shown_state::skipped : shown_state::failed;
}

std::optional<model::failure_kind> poll_mark::failure() const noexcept {
  if (ending_ < first_failure || ending_ >= first_ok) return std::nullopt;
  return static_cast<model::failure_kind>(ending_ - first_failure);
}

std::optional<double> poll_mark::quality() const noexcept {
  if (ending_ < first_ok) return std::nullopt;
  const auto steps = ending_ - (ending_ >= first_stale ? first_stale : first_ok);
  return static_cast<double>(steps) / quality_steps;
}

std::vector<poll_mark> marks_of(std::span<const model::poll_outcome> outcomes,
                                std::span<const model::freshness> freshness) {
  std::vector<poll_mark> made;
  made.reserve(outcomes.size());
  for (std::size_t i = 0; i < outcomes.size(); ++i) made.emplace_back(outcomes[i], freshness[i]);
  return made;
}

poll_time_spread spread_of(std::span<const poll_mark> marks) noexcept {
  std::array<std::uint32_t, 256> counts{};
  for (const auto& each : marks) ++counts[each.time()];
  const auto began = marks.size() - counts[no_poll_time];
  constexpr std::uint64_t half = 50, most = 95, all = 100;
  const auto share = [began](std::uint64_t percent) { return (began * percent + all - 1) / all; };
  return {quantile(counts, share(half)), quantile(counts, share(most))};
}

}  // namespace edge_rollup::serve
