#include "observe/output_log.hpp"

#include <fmt/format.h>

namespace edge_rollup::observe {

void output_log::write(log_level level, std::string_view message, const std::vector<log_field>& fields) {
  if (level < lowest_) return;
  if (output_->put(level, message, fields) == put_result::lost) {
    ++lost_;
    return;
  }
  if (const std::uint64_t lost = lost_.exchange(0); lost > 0) {
    const auto notice = fmt::format("{} log {} before this could not be written", lost, lost == 1 ? "line" : "lines");
    if (output_->put(log_level::warn, notice, {{"lost", lost}}) == put_result::lost) lost_ += lost;
  }
}

}  // namespace edge_rollup::observe
