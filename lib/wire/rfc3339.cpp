#include "wire/rfc3339.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

namespace edge_rollup::wire {
namespace {

using model::milliseconds;
using model::seconds;
using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;

constexpr model::wall_time earliest = std::chrono::sys_days{std::chrono::year{0} / 1 / 1};
constexpr model::wall_time latest =
    model::wall_time{std::chrono::sys_days{std::chrono::year{10'000} / 1 / 1}} - milliseconds{1};

/// Takes a text apart from the left. What fails leaves the reader in a failed state, so that one check at the end is
/// enough.
class text_reader {
 public:
  explicit text_reader(std::string_view text) noexcept : rest_(text) {}

  [[nodiscard]] bool ok() const noexcept { return ok_; }
  [[nodiscard]] bool at_end() const noexcept { return rest_.empty(); }

  bool take_one_of(std::string_view choices) noexcept {
    if (rest_.empty() || !choices.contains(rest_.front())) return false;
    rest_.remove_prefix(1);
    return true;
  }

  void expect_one_of(std::string_view choices) noexcept { ok_ = take_one_of(choices) && ok_; }

  /// A number of exactly `digits` digits, at most `max`.
  int number(std::size_t digits, int max) noexcept {
    int value = 0;
    for (std::size_t i = 0; i < digits; ++i) value = value * 10 + digit();
    ok_ = ok_ && value <= max;
    return value;
  }

  /// The digits of a fraction of a second: at least one, and any number.
  milliseconds fraction() noexcept {
    int value = digit() * 100;
    for (int weight = 10; ok_ && !rest_.empty() && is_digit(rest_.front()); weight /= 10) value += digit() * weight;
    return milliseconds{value};
  }

 private:
  static bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

  int digit() noexcept {
    if (rest_.empty() || !is_digit(rest_.front())) {
      ok_ = false;
      return 0;
    }
    const int value = rest_.front() - '0';
    rest_.remove_prefix(1);
    return value;
  }

  std::string_view rest_;
  bool ok_ = true;
};

minutes read_offset(text_reader& in) {
  if (in.at_end() || in.take_one_of("Zz")) return minutes{0};
  const bool east = in.take_one_of("+");
  if (!east) in.expect_one_of("-");
  const hours whole{in.number(2, 23)};
  in.expect_one_of(":");
  const minutes offset = whole + minutes{in.number(2, 59)};
  return east ? offset : -offset;
}

}  // namespace

std::optional<model::wall_time> parse_timestamp(std::string_view text) {
  text_reader in{text};
  const std::chrono::year year{in.number(4, 9999)};
  in.expect_one_of("-");
  const std::chrono::month month{static_cast<unsigned>(in.number(2, 12))};
  in.expect_one_of("-");
  const std::chrono::day day{static_cast<unsigned>(in.number(2, 31))};
  in.expect_one_of("Tt ");
  const hours hour{in.number(2, 23)};
  in.expect_one_of(":");
  const minutes minute{in.number(2, 59)};
  in.expect_one_of(":");
  const seconds second{in.number(2, 60)};
  const milliseconds fraction = in.take_one_of(".") ? in.fraction() : milliseconds{0};
  const minutes offset = read_offset(in);

  const std::chrono::year_month_day date{year, month, day};
  if (!in.ok() || !in.at_end() || !date.ok()) return std::nullopt;

  const auto whole = std::chrono::sys_days{date} + hour + minute + second - offset;
  if (second == seconds{60} && whole != std::chrono::floor<days>(whole)) return std::nullopt;
  const model::wall_time when = whole + fraction;
  if (when < earliest || when > latest) return std::nullopt;
  return when;
}

std::string format_timestamp(model::wall_time when) {
  const auto clamped = std::clamp(when, earliest, latest);
  const auto midnight = std::chrono::floor<days>(clamped);
  const std::chrono::year_month_day date{midnight};
  const std::chrono::hh_mm_ss time{clamped - midnight};
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()), time.hours().count(),
                     time.minutes().count(), time.seconds().count(), time.subseconds().count());
}

}  // namespace edge_rollup::wire
