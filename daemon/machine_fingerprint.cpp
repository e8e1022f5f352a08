#include "daemon/machine_fingerprint.hpp"

#include <algorithm>
#include <fstream>
#include <string>
#include <system_error>

namespace edge_rollup::daemon {
namespace {

std::string first_word_of(const std::filesystem::path& file) {
  std::ifstream text(file);
  std::string word;
  text >> word;
  return word;
}

}  // namespace

outbox::fingerprint read_machine_fingerprint(const std::filesystem::path& root) {
  constexpr const char* permanent = "0";  // NET_ADDR_PERM of linux/netdevice.h
  constexpr const char* none = "00:00:00:00:00:00";
  outbox::fingerprint machine{first_word_of(root / "etc/machine-id"), {}};
  std::error_code unreadable;
  for (const auto& card : std::filesystem::directory_iterator(root / "sys/class/net", unreadable)) {
    const auto address = first_word_of(card.path() / "address");
    const bool own = first_word_of(card.path() / "addr_assign_type") == permanent;
    if (own && !address.empty() && address != none) machine.addresses.push_back(address);
  }
  std::ranges::sort(machine.addresses);
  return machine;
}

}  // namespace edge_rollup::daemon
