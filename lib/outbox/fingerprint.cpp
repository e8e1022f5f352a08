#include "outbox/fingerprint.hpp"

#include <algorithm>
#include <sstream>

namespace edge_rollup::outbox {

bool is_same_machine(const fingerprint& one, const fingerprint& other) {
  if (!one.addresses.empty() && !other.addresses.empty()) {
    return std::ranges::find_first_of(one.addresses, other.addresses) != one.addresses.end();
  }
  return one.machine_id.empty() || other.machine_id.empty() || one.machine_id == other.machine_id;
}

std::string to_text(const fingerprint& machine) {
  if (machine == fingerprint{}) return {};
  std::string text = machine.machine_id.empty() ? "-" : machine.machine_id;
  for (const auto& address : machine.addresses) text += " " + address;
  return text;
}

fingerprint fingerprint_from(std::string_view text) {
  std::istringstream words{std::string(text)};
  fingerprint read;
  words >> read.machine_id;
  if (read.machine_id == "-") read.machine_id.clear();
  for (std::string address; words >> address;) read.addresses.push_back(address);
  return read;
}

}  // namespace edge_rollup::outbox
