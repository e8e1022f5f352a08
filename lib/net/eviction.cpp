#include "net/eviction.hpp"

#include <algorithm>
#include <string_view>
#include <tuple>
#include <unordered_map>

namespace edge_rollup::net {

std::size_t connection_to_end(std::span<const held_connection> held) {
  std::unordered_map<std::string_view, std::size_t> of_address;
  for (const auto& each : held) ++of_address[each.address];
  const auto goes_before = [&of_address](const held_connection& a, const held_connection& b) {
    if (a.at != b.at) return a.at == held_connection::work::idle;
    if (a.at == held_connection::work::idle) return a.since < b.since;
    const auto [count_a, count_b] = std::tuple(of_address.at(a.address), of_address.at(b.address));
    return count_a != count_b ? count_a > count_b : a.since < b.since;
  };
  return static_cast<std::size_t>(std::ranges::min_element(held, goes_before) - held.begin());
}

}  // namespace edge_rollup::net
