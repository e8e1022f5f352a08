#include "wire/http_date.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <span>

namespace edge_rollup::wire {

namespace {

namespace chrono = std::chrono;

constexpr std::array<std::string_view, 7> short_days = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
constexpr std::array<std::string_view, 7> long_days = {"Sunday",   "Monday", "Tuesday", "Wednesday",
                                                       "Thursday", "Friday", "Saturday"};
constexpr std::array<std::string_view, 12> months = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

constexpr int furthest_future_years = 50;

/// Takes a date apart from left to right; after the first mismatch nothing matches any more.
class date_reader {
 public:
  explicit date_reader(std::string_view text) : rest_(text) {}

  [[nodiscard]] bool complete() const noexcept { return good_ && rest_.empty(); }

  void literal(std::string_view expected) {
    good_ = good_ && rest_.starts_with(expected);
    if (good_) rest_.remove_prefix(expected.size());
  }

  int digits(std::size_t count) {
    if (rest_.size() < count) good_ = false;
    int value = 0;
    for (std::size_t i = 0; good_ && i < count; ++i) {
      good_ = rest_[i] >= '0' && rest_[i] <= '9';
      value = value * 10 + (rest_[i] - '0');
    }
    if (good_) rest_.remove_prefix(count);
    return value;
  }

  /// asctime pads a day below 10 with a space.
  int padded_day() {
    if (!rest_.starts_with(' ')) return digits(2);
    literal(" ");
    return digits(1);
  }

  /// The index of the name that comes next.
  std::size_t name_of(std::span<const std::string_view> names) {
    const auto found = std::ranges::find_if(names, [&](std::string_view name) { return rest_.starts_with(name); });
    good_ = good_ && found != names.end();
    if (!good_) return 0;
    rest_.remove_prefix(found->size());
    return static_cast<std::size_t>(found - names.begin());
  }

  chrono::month month() { return chrono::month{static_cast<unsigned>(name_of(months)) + 1}; }

  chrono::seconds time_of_day() {
    const int hours = digits(2);
    literal(":");
    const int minutes = digits(2);
    literal(":");
    const int leap_or_seconds = digits(2);
    good_ = good_ && hours <= 23 && minutes <= 59 && leap_or_seconds <= 60;
    return chrono::hours{hours} + chrono::minutes{minutes} + chrono::seconds{leap_or_seconds};
  }

 private:
  std::string_view rest_;
  bool good_ = true;
};

chrono::day day_of(int number) {
  return chrono::day{static_cast<unsigned>(number)};
}

std::optional<model::wall_time> moment(const date_reader& read, chrono::year_month_day date, chrono::seconds time) {
  if (!read.complete() || !date.ok()) return std::nullopt;
  return chrono::sys_days{date} + time;
}

std::optional<model::wall_time> parse_imf_fixdate(std::string_view text) {
  date_reader read(text);
  read.name_of(short_days);
  read.literal(", ");
  const auto day = day_of(read.digits(2));
  read.literal(" ");
  const auto month = read.month();
  read.literal(" ");
  const chrono::year year{read.digits(4)};
  read.literal(" ");
  const auto time = read.time_of_day();
  read.literal(" GMT");
  return moment(read, year / month / day, time);
}

chrono::year full_year(int last_two_digits, model::wall_time now) {
  const auto this_year = chrono::year_month_day{chrono::floor<chrono::days>(now)}.year();
  const int century = static_cast<int>(this_year) / 100 * 100;
  const chrono::year soonest{century + last_two_digits + (century + last_two_digits < int{this_year} ? 100 : 0)};
  return soonest - this_year > chrono::years{furthest_future_years} ? soonest - chrono::years{100} : soonest;
}

std::optional<model::wall_time> parse_rfc850_date(std::string_view text, model::wall_time now) {
  date_reader read(text);
  read.name_of(long_days);
  read.literal(", ");
  const auto day = day_of(read.digits(2));
  read.literal("-");
  const auto month = read.month();
  read.literal("-");
  const auto year = full_year(read.digits(2), now);
  read.literal(" ");
  const auto time = read.time_of_day();
  read.literal(" GMT");
  return moment(read, year / month / day, time);
}

std::optional<model::wall_time> parse_asctime_date(std::string_view text) {
  date_reader read(text);
  read.name_of(short_days);
  read.literal(" ");
  const auto month = read.month();
  read.literal(" ");
  const auto day = day_of(read.padded_day());
  read.literal(" ");
  const auto time = read.time_of_day();
  read.literal(" ");
  const chrono::year year{read.digits(4)};
  return moment(read, year / month / day, time);
}

}  // namespace

std::string format_http_date(model::wall_time when) {
  const auto day = chrono::floor<chrono::days>(when);
  const chrono::year_month_day date{day};
  const chrono::hh_mm_ss time{chrono::floor<chrono::seconds>(when - day)};
  return fmt::format("{}, {:02} {} {:04} {:02}:{:02}:{:02} GMT", short_days[chrono::weekday{day}.c_encoding()],
                     static_cast<unsigned>(date.day()), months[static_cast<unsigned>(date.month()) - 1],
                     static_cast<int>(date.year()), time.hours().count(), time.minutes().count(),
                     time.seconds().count());
}

std::optional<model::wall_time> parse_http_date(std::string_view text, model::wall_time now) {
  if (const auto preferred = parse_imf_fixdate(text)) return preferred;
  if (const auto dashed = parse_rfc850_date(text, now)) return dashed;
  return parse_asctime_date(text);
}

}  // namespace edge_rollup::wire
