// Values that are lists and maps with names of one's own: paths, labels, headers.
#pragma once

#include "config/read_value.hpp"
#include "config/settings.hpp"
#include "config/yaml_value.hpp"

#include <cstddef>
#include <optional>
#include <string>

namespace edge_rollup::config {

inline constexpr std::size_t max_paths = 1000;
inline constexpr std::size_t max_hosts = 100;
inline constexpr std::size_t max_labels = 64;  ///< of one node
inline constexpr std::size_t max_label_name_bytes = 128;
inline constexpr std::size_t max_label_value_bytes = 1024;
inline constexpr std::size_t max_headers = 32;

/// Each is empty after a mistake, and reads on to find the next one.
[[nodiscard]] std::optional<setting> read_paths(const std::string& shown_name, const yaml_value& from,
                                                const reading& with);
[[nodiscard]] std::optional<setting> read_hosts(const std::string& shown_name, const yaml_value& from,
                                                const reading& with);
[[nodiscard]] std::optional<setting> read_labels(const std::string& shown_name, const yaml_value& from,
                                                 const reading& with);
/// Names are those of RFC 9110 §5.1; headers that the daemon writes itself are refused.
[[nodiscard]] std::optional<setting> read_headers(const std::string& shown_name, const yaml_value& from,
                                                  const reading& with);

}  // namespace edge_rollup::config
