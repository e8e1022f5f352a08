// How many bytes of answers wait for clients that have not taken them yet.
#pragma once

#include "net/http_message.hpp"

#include <cstddef>
#include <map>
#include <memory>
#include <string>

namespace edge_rollup::net {

/// Operation:   each answer that was admitted is given back once. A body that answers have in common counts once, from
///              the first of them to the last.
/// Concurrency: a value.
/// Limits:      `limit` bytes of bodies.
class answer_budget {
 public:
  explicit answer_budget(std::size_t limit) : limit_(limit) {}

  /// False where there is no room; nothing has changed then.
  [[nodiscard]] bool admit(const http_response& answer);
  void give_back(const http_response& answer);

  [[nodiscard]] std::size_t taken() const noexcept { return taken_; }

 private:
  std::size_t limit_;
  std::size_t taken_ = 0;
  std::map<std::shared_ptr<const std::string>, std::size_t> shared_;  ///< by how many answers
};

}  // namespace edge_rollup::net
