// An edge node of a simulated world: answers with a summary that changes from poll to poll, or fails in one of the ways
// that nodes fail, and remembers what it told.
#pragma once

#include "model/node.hpp"
#include "model/time.hpp"
#include "support/fake_network.hpp"
#include "support/virtual_clock.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

namespace edge_rollup::sim {

enum class node_mood { healthy, refuses, ignores, silent, drips, resets, busy, garbles, forgets_a_field, flaky };

inline constexpr std::array node_troubles = {node_mood::refuses, node_mood::ignores, node_mood::silent,
                                             node_mood::drips,   node_mood::resets,  node_mood::busy,
                                             node_mood::garbles, node_mood::flaky,   node_mood::forgets_a_field};

/// A good summary that was sent, and the time of its last byte.
struct told_summary {
  model::mono_time asked;
  model::mono_time whole;
  std::uint64_t records = 0;
  double quality = 0.0;
};

class fake_node {
 public:
  /// `network` and `time` must outlive the object, and it stays where it is.
  fake_node(tests::fake_network& network, tests::virtual_clock& time, std::size_t number, std::uint64_t seed);
  fake_node(const fake_node&) = delete;
  fake_node& operator=(const fake_node&) = delete;

  [[nodiscard]] const model::node& described() const noexcept { return described_; }

  void become(node_mood mood);

  std::vector<told_summary> told;  ///< in the order asked

 private:
  [[nodiscard]] std::vector<tests::piece> answer();
  [[nodiscard]] std::vector<tests::piece> answer_in(node_mood mood);
  [[nodiscard]] std::vector<tests::piece> tell_summary();

  tests::virtual_clock& time_;
  model::node described_;
  tests::fake_host& host_;
  std::mt19937_64 random_;
  node_mood mood_ = node_mood::healthy;
};

}  // namespace edge_rollup::sim
