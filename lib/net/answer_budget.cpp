#include "net/answer_budget.hpp"

namespace edge_rollup::net {

bool answer_budget::admit(const http_response& answer) {
  const bool is_held_already = answer.shared_body && shared_.contains(answer.shared_body);
  const auto more = is_held_already ? 0 : answer.content().size();
  if (taken_ + more > limit_) return false;
  taken_ += more;
  if (answer.shared_body) ++shared_[answer.shared_body];
  return true;
}

void answer_budget::give_back(const http_response& answer) {
  if (answer.shared_body) {
    const auto held = shared_.find(answer.shared_body);
    if (--held->second > 0) return;
    shared_.erase(held);
  }
  taken_ -= answer.content().size();
}

}  // namespace edge_rollup::net
