#include "runtime/crash_point.hpp"

#ifdef EDGE_ROLLUP_CRASH_POINTS

#include <atomic>
#include <charconv>
#include <csignal>
#include <cstdlib>

namespace edge_rollup::runtime {
namespace {

struct wanted_crash {
  std::string_view name;  ///< empty: none
  int time = 1;
};

wanted_crash from_environment() {
  const char* text = std::getenv("CRASH_AT");
  if (text == nullptr) return {};
  const std::string_view all = text;
  wanted_crash wanted{.name = all.substr(0, all.find(':'))};
  const auto digits = all.substr(wanted.name.size());
  if (!digits.empty()) std::from_chars(digits.data() + 1, digits.data() + digits.size(), wanted.time);
  return wanted;
}

}  // namespace

void crash_point(std::string_view place, std::string_view moment) noexcept {
  static const wanted_crash wanted = from_environment();
  static std::atomic<int> passed = 0;
  const auto name = place.substr(0, place.find(' '));
  const bool is_wanted = wanted.name.size() == name.size() + 1 + moment.size() && wanted.name.starts_with(name) &&
                         wanted.name[name.size()] == '.' && wanted.name.ends_with(moment);
  if (is_wanted && ++passed == wanted.time) std::raise(SIGKILL);
}

}  // namespace edge_rollup::runtime

#endif
