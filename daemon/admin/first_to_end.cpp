#include "daemon/admin/first_to_end.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace edge_rollup::daemon {

net::certificate_expiries first_to_end(net::certificate_expiries all, const std::string& always, std::size_t most) {
  if (all.size() <= most) return all;
  std::vector<net::certificate_expiries::const_iterator> ranked;
  for (auto each = all.cbegin(); each != all.cend(); ++each) ranked.push_back(each);
  const auto end_of_kept = ranked.begin() + static_cast<std::ptrdiff_t>(most);
  std::ranges::nth_element(ranked, end_of_kept, {},
                           [&always](const auto& each) { return std::pair(each->first != always, each->second); });
  for (auto each = end_of_kept; each != ranked.end(); ++each) all.erase(*each);
  return all;
}

}  // namespace edge_rollup::daemon
