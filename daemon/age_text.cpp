#include "daemon/age_text.hpp"

#include <fmt/format.h>

#include <chrono>

namespace edge_rollup::daemon {

std::string age_text(model::milliseconds age) {
  using namespace std::chrono;
  if (age < milliseconds::zero()) return "in the future";
  if (age < minutes{1}) return fmt::format("{} s ago", floor<seconds>(age).count());
  if (age < hours{1}) return fmt::format("{} min ago", floor<minutes>(age).count());
  if (age < days{1}) return fmt::format("{} h ago", floor<hours>(age).count());
  return fmt::format("{} d ago", floor<days>(age).count());
}

}  // namespace edge_rollup::daemon
