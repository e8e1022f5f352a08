#include "poll/node_logins.hpp"

#include "net/authorization.hpp"
#include "wire/mask_secret.hpp"

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

std::string node_logins::without_secrets(const model::node& node, std::string said) const {
  const login* told = of(node);
  if (told == nullptr) return said;
  const auto credentials = std::string_view(told->header).substr(told->header.find(' ') + 1);
  return wire::mask_secret(wire::mask_secret(said, credentials), told->word);
}

std::vector<node_logins::trouble> node_logins::read_again() {
  std::vector<trouble> new_troubles;
  for (auto& [who, known] : in_use_) {
    auto value = net::authorization_value(who, files_);
    known.changed = value && *value != known.header;
    if (value) {
      known.header = std::move(*value);
      known.word = files_.value_of(who.word).value_or("");
      known.told.clear();
    } else if (value.error().text != known.told) {
      known.told = value.error().text;
      new_troubles.push_back({std::move(value.error()), known.header.empty() ? "without" : "with those read before"});
    }
  }
  return new_troubles;
}

}  // namespace edge_rollup::poll
