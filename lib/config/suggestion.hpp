// "did you mean": the known word nearest to one that was mistyped.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace edge_rollup::config {

/// ", did you mean 'node'?", or nothing if no known word is near: at most a third of the letters differ.
[[nodiscard]] std::string did_you_mean(std::string_view word, const std::vector<std::string>& known);

}  // namespace edge_rollup::config
