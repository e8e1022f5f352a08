#include "fleet/list_state.hpp"

#include "model/grouped.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <string_view>
#include <utility>

namespace edge_rollup::fleet {
namespace {

/// The first of the mistakes in a list, and how many more there are: a log line has no room for all.
std::string in_short(std::string_view text) {
  const auto end = text.find('\n');
  if (end == std::string_view::npos) return std::string(text);
  const auto more = static_cast<std::uint64_t>(std::ranges::count(text, '\n'));
  return fmt::format("{} (and {})", text.substr(0, end), model::counted(more, "more line"));
}

/// In the largest unit that fits: minutes for what is new, days for what is old.
std::string age(model::milliseconds passed) {
  using std::chrono::floor;
  const auto told = [](auto whole, std::string_view unit) {
    return model::counted(static_cast<std::uint64_t>(std::max<std::int64_t>(0, whole.count())), unit);
  };
  if (passed >= std::chrono::days{2}) return told(floor<std::chrono::days>(passed), "day");
  if (passed >= std::chrono::hours{2}) return told(floor<std::chrono::hours>(passed), "hour");
  return told(floor<std::chrono::minutes>(passed), "minute");
}

}  // namespace

std::optional<observe::log_entry> list_state::take(list_reading came) {
  if (came && came->empty() && empty_ == empty_list::refused) {
    came = model::fail(model::error_kind::bad_data, name_ + ": the list names no node");
  }
  if (came) {
    const bool recovered = !told_.empty();
    nodes_ = std::make_shared<const std::vector<node_setting>>(*std::move(came));
    is_good_ = true;
    told_.clear();
    if (!recovered) return std::nullopt;
    return observe::log_entry{
        observe::log_level::info,
        fmt::format("the node list {} is good again: {}", name_, model::counted(nodes_->size(), "node")),
        {{"list", name_}}};
  }
  is_good_ = false;
  if (std::exchange(told_, came.error().text) == came.error().text) return std::nullopt;
  const auto stays = nodes_->empty()
                         ? std::string("there is no good one in this run yet")
                         : fmt::format("the last good one stays ({})", model::counted(nodes_->size(), "node"));
  return observe::log_entry{observe::log_level::warn,
                            fmt::format("a node list cannot be used, {}: {}", stays, in_short(told_)),
                            {{"list", name_}}};
}

observe::log_entry list_state::fall_back(kept_list kept, model::wall_time now) {
  nodes_ = std::make_shared<const std::vector<node_setting>>(std::move(kept.nodes));
  return {observe::log_level::warn,
          fmt::format("the node list {} is taken from an earlier run: {}, {} old", name_,
                      model::counted(nodes_->size(), "node"), age(now - kept.read_at)),
          {{"list", name_}}};
}

}  // namespace edge_rollup::fleet
