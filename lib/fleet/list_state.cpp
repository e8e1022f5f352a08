#include "fleet/list_state.hpp"

#include "model/grouped.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <string_view>
#include <utility>

namespace edge_rollup::fleet {
namespace {

std::string counted(std::size_t nodes) {
  return fmt::format("{} node{}", model::grouped(nodes), nodes == 1 ? "" : "s");
}

/// The first of the mistakes in a list, and how many more there are: a log line has no room for all.
std::string in_short(std::string_view text) {
  const auto end = text.find('\n');
  if (end == std::string_view::npos) return std::string(text);
  const auto more = std::ranges::count(text, '\n');
  return fmt::format("{} (and {} more line{})", text.substr(0, end), more, more == 1 ? "" : "s");
}

/// In the largest unit that fits: minutes for what is new, days for what is old.
std::string age(model::milliseconds passed) {
  using std::chrono::floor;
  const auto plural = [](auto count, std::string_view unit) {
    return fmt::format("{} {}{}", count, unit, count == 1 ? "" : "s");
  };
  if (passed >= std::chrono::days{2}) return plural(floor<std::chrono::days>(passed).count(), "day");
  if (passed >= std::chrono::hours{2}) return plural(floor<std::chrono::hours>(passed).count(), "hour");
  return plural(std::max<std::int64_t>(0, floor<std::chrono::minutes>(passed).count()), "minute");
}

}  // namespace

std::optional<observe::log_entry> list_state::take(list_reading came) {
  if (came && came->empty() && empty_ == empty_list::refused) {
    came = model::fail(model::error_kind::bad_data, name_ + ": the list names no node");
  }
  if (came) {
    const bool recovered = !told_.empty();
    nodes_ = *std::move(came);
    is_good_ = true;
    told_.clear();
    if (!recovered) return std::nullopt;
    return observe::log_entry{observe::log_level::info,
                              fmt::format("the node list {} is good again: {}", name_, counted(nodes_.size())),
                              {{"list", name_}}};
  }
  is_good_ = false;
  if (std::exchange(told_, came.error().text) == came.error().text) return std::nullopt;
  const auto stays = nodes_.empty() ? std::string("it counts for nothing until it is mended")
                                    : fmt::format("its last good {} stay", counted(nodes_.size()));
  return observe::log_entry{observe::log_level::warn,
                            fmt::format("a node list cannot be used, {}: {}", stays, in_short(told_)),
                            {{"list", name_}}};
}

observe::log_entry list_state::fall_back(kept_list kept, model::wall_time now) {
  nodes_ = std::move(kept.nodes);
  return {observe::log_level::warn,
          fmt::format("the node list {} is taken from an earlier run: {}, {} old", name_, counted(nodes_.size()),
                      age(now - kept.read_at)),
          {{"list", name_}}};
}

}  // namespace edge_rollup::fleet
