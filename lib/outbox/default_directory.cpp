#include "outbox/default_directory.hpp"

namespace edge_rollup::outbox {
namespace {

constexpr const char* own_name = "edge-rollup";
constexpr const char* system_state = "/var/lib";
constexpr const char* user_state = ".local/state";

bool is_set(const std::optional<std::string>& variable) {
  return variable && !variable->empty();
}

}  // namespace

model::result<std::filesystem::path> default_state_directory(const directory_sources& sources) {
  using std::filesystem::path;
  if (sources.chosen) {
    if (sources.chosen->empty()) return model::fail(model::error_kind::state, "the state directory's path is empty");
    return path{*sources.chosen};
  }
  if (is_set(sources.state_directory)) {
    const auto& list = *sources.state_directory;
    if (const auto first = list.substr(0, list.find(':')); !first.empty()) return path{first};
  }
  if (sources.user == 0) return path{system_state} / own_name;
  if (is_set(sources.xdg_state_home) && path{*sources.xdg_state_home}.is_absolute()) {
    return path{*sources.xdg_state_home} / own_name;
  }
  if (is_set(sources.home)) return path{*sources.home} / user_state / own_name;
  return model::fail(model::error_kind::state, "no place for the state directory: HOME is not set; give --state-dir");
}

}  // namespace edge_rollup::outbox
