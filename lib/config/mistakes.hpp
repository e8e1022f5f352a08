// What is wrong with the settings: everything is collected and told at once, each mistake with its place.
#pragma once

#include "config/source_text.hpp"
#include "model/result.hpp"

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

namespace edge_rollup::config {

/// A place in a text; `text` outlives it, and is null for what nobody wrote.
struct place {
  const source_text* text = nullptr;
  position at;
};

/// Operation:   mistakes in a file are told in the order of its lines, before those of the environment and of flags.
/// Limits:      `max_told` are told, the rest is counted.
class mistakes {
 public:
  static constexpr std::size_t max_told = 50;

  /// `what` is wrong, `remedy` says how to mend it; neither holds a secret, a break or a final period.
  void add(const place& where, std::string what, std::string remedy) {
    found_.push_back({where, std::move(what), std::move(remedy)});
  }

  [[nodiscard]] std::size_t count() const noexcept { return found_.size(); }

  /// All of them as one error: kind usage where only flags are wrong, else config. A single one that is in no file is
  /// one line.
  [[nodiscard]] model::error as_error() const;

 private:
  struct mistake {
    place where;
    std::string what;
    std::string remedy;

    [[nodiscard]] bool is_in_file() const noexcept;
    [[nodiscard]] std::string told() const;
  };

  std::vector<mistake> found_;
};

}  // namespace edge_rollup::config
