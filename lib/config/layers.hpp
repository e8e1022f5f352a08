// Where settings come from, laid one over the other: defaults, a file, the environment, flags. Everything that is wrong
// in any of them is collected.
#pragma once

#include "config/key_values.hpp"
#include "config/mistakes.hpp"
#include "config/references.hpp"
#include "config/secret_notes.hpp"
#include "config/settings.hpp"
#include "config/source_text.hpp"
#include "config/yaml_value.hpp"

#include <cstddef>
#include <list>
#include <string>
#include <string_view>

namespace edge_rollup::config {

/// Largest file that is read.
inline constexpr std::size_t max_file_bytes = 64 * 1024 * 1024;

/// Operation:   texts are added from the lowest to the highest; what a text sets goes before what was there.
/// Concurrency: one thread. The settings refer to the texts in here.
class layers {
 public:
  /// With nothing but the defaults.
  explicit layers(reference_sources references);
  layers(const layers&) = delete;
  layers& operator=(const layers&) = delete;

  void add_file(std::string path, std::string text);

  /// A variable that begins with EDGE_ROLLUP_. Ignored: empty ones, and those that are no settings (EDGE_ROLLUP_CONFIG,
  /// EDGE_ROLLUP_LISTEN_TOKEN). Unknown ones are mistakes.
  void add_variable(const std::string& name, std::string text);

  /// `--set KEY=VALUE`. Lists and maps are written as in a file, on one line.
  void add_set(std::string_view assignment);

  /// A flag that is a short form of a key.
  void add_flag(std::string flag, std::string_view key_name, std::string text);

  [[nodiscard]] settings& effective() noexcept { return effective_; }
  [[nodiscard]] mistakes& wrong() noexcept { return wrong_; }
  /// What variables and flags were laid over.
  [[nodiscard]] held_values& held() noexcept { return held_; }
  [[nodiscard]] const secret_notes& noticed() const noexcept { return noticed_; }
  [[nodiscard]] bool has_file() const noexcept { return has_file_; }
  /// Whether a part of the file could not be read as YAML, so that nothing can be said of what it lacks.
  [[nodiscard]] bool is_cut_off() const noexcept { return is_cut_off_; }

 private:
  source_text& keep(source_kind kind, std::string name, std::string text);
  void add(const key& of, source_text& source);
  void hold(const key& of, const source_text& over_it);

  reference_sources references_;
  std::list<source_text> texts_;
  settings effective_;
  held_values held_;
  mistakes wrong_;
  secret_notes noticed_;
  bool has_file_ = false;
  bool is_cut_off_ = false;
};

}  // namespace edge_rollup::config
