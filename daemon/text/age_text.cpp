#include "daemon/text/age_text.hpp"

#include <fmt/format.h>

#include <chrono>

namespace edge_rollup::daemon {

std::string span_text(model::milliseconds span) {
  using namespace std::chrono;
  if (span < minutes{1}) return fmt::format("{} s", floor<seconds>(span).count());
  if (span < hours{1}) return fmt::format("{} min", floor<minutes>(span).count());
  if (span < days{1}) return fmt::format("{} h", floor<hours>(span).count());
  return fmt::format("{} d", floor<days>(span).count());
}

std::string age_text(model::milliseconds age) {
  return age < model::milliseconds::zero() ? "in the future" : span_text(age) + " ago";
}

}  // namespace edge_rollup::daemon
