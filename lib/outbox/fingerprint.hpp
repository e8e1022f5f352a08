// What tells one machine from another, so that a copied disk begins a stream of its own. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace edge_rollup::outbox {

/// Both may be empty: not every machine says.
struct fingerprint {
  std::string machine_id;              ///< machine-id(5)
  std::vector<std::string> addresses;  ///< of its network hardware

  friend bool operator==(const fingerprint&, const fingerprint&) = default;
};

/// One network address in common is enough, so that a card can be changed; without addresses on both sides the machine
/// id decides. Where nothing can be compared they count as the same.
[[nodiscard]] bool is_same_machine(const fingerprint& one, const fingerprint& other);

/// Words with spaces between, the machine id first ("-" where there is none); empty for an empty fingerprint.
[[nodiscard]] std::string to_text(const fingerprint& machine);
[[nodiscard]] fingerprint fingerprint_from(std::string_view text);

}  // namespace edge_rollup::outbox
