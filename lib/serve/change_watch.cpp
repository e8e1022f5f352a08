#include "serve/change_watch.hpp"

#include <utility>

namespace edge_rollup::serve {

std::vector<live_event> change_watch::look(const watched_facts& now, model::wall_time at) {
  std::vector<live_event> news;
  auto reason = now.hold ? std::optional<std::string>(now.hold->reason) : std::nullopt;
  if (reason != hold_) news.push_back(event_of_hold(now.hold, at));
  hold_ = std::move(reason);
  if (std::exchange(reloads_, now.reloads) != now.reloads) news.push_back(event_of_reload(now.last_reload, at));
  if (std::exchange(lost_total_, now.lost_total) < now.lost_total) {
    last_loss_ = at;
    news.push_back(event_of_loss(now.lost_total, at));
  }
  return news;
}

}  // namespace edge_rollup::serve
