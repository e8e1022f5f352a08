// Builds the daemon's log as the options ask for it.
#pragma once

#include "model/time.hpp"
#include "observe/log_options.hpp"
#include "observe/output_log.hpp"

#include <functional>
#include <memory>

namespace edge_rollup::observe {

/// What the options come to: never `automatic`, and text where there is no journal to hear what is said.
[[nodiscard]] log_format resolved_format(const log_options& options);

/// `now` labels the lines; any thread may call it, for as long as the log lives.
[[nodiscard]] std::unique_ptr<output_log> make_log(const log_options& options, std::function<model::wall_time()> now);

}  // namespace edge_rollup::observe
