#include "poll/node_logins.hpp"

#include "net/authorization.hpp"

#include <utility>

namespace edge_rollup::poll {

void node_logins::use_for(const std::vector<model::node>& nodes) {
  auto before = std::exchange(in_use_, {});
  const model::credentials* last = nullptr;  // nodes that are configured alike stand together and share theirs
  for (const model::node& node : nodes) {
    if (node.auth == nullptr || node.auth.get() == last) continue;
    last = node.auth.get();
    if (in_use_.contains(*last)) continue;
    const auto known = before.find(*last);
    in_use_.emplace(*last, known == before.end() ? login{} : std::move(known->second));
  }
}

const node_logins::login* node_logins::of(const model::node& node) const {
  return node.auth == nullptr ? nullptr : &in_use_.at(*node.auth);
}

std::vector<model::error> node_logins::read_again() {
  std::vector<model::error> new_troubles;
  for (auto& [who, known] : in_use_) {
    auto value = net::authorization_value(who, files_);
    known.changed = value && *value != known.header;
    if (value) {
      known.header = std::move(*value);
      known.trouble.clear();
    } else if (value.error().text != known.trouble) {
      known.trouble = value.error().text;
      new_troubles.push_back(std::move(value.error()));
    }
  }
  return new_troubles;
}

}  // namespace edge_rollup::poll
