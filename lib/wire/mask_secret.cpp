#include "wire/mask_secret.hpp"

#include <algorithm>

namespace edge_rollup::wire {

std::string mask_secret(std::string_view text, std::string_view secret) {
  const auto enough = std::min(secret.size(), least_masked_bytes);
  std::string masked;
  masked.reserve(text.size());
  while (!text.empty()) {
    const auto differs = std::ranges::mismatch(text, secret).in2;
    const auto same = static_cast<std::size_t>(differs - secret.begin());
    if (enough > 0 && same >= enough) {
      masked += "***";
      text.remove_prefix(same);
    } else {
      masked += text.front();
      text.remove_prefix(1);
    }
  }
  return masked;
}

}  // namespace edge_rollup::wire
