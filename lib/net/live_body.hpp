// The body of an answer that goes on for as long as its client listens, as server-sent events do.
#pragma once

#include "model/time.hpp"

#include <functional>
#include <string>

namespace edge_rollup::net {

/// Concurrency: loop thread only. The client's going away is told by the end of the object.
class live_body {
 public:
  virtual ~live_body() = default;
  /// What is to be sent next; empty where nothing has come.
  [[nodiscard]] virtual std::string take() = 0;
  /// Sent in between, so that both sides notice when the other is gone.
  [[nodiscard]] virtual std::string sign_of_life(model::wall_time now) = 0;
  /// `wake` is called when something comes after `take` has given nothing; an empty one takes back the one before.
  virtual void when_more(std::function<void()> wake) = 0;
};

}  // namespace edge_rollup::net
