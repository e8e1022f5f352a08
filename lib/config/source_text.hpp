// A text that settings are written in: a file, or the value of a flag or an environment variable. Knows where its parts
// are, and which of them may be shown: a line of it stands beside each mistake, and must not give a secret away.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace edge_rollup::config {

enum class source_kind { standard, file, environment, flag };

/// Zero-based; the column counts bytes, as yaml-cpp does.
struct position {
  std::size_t line = 0;
  std::size_t column = 0;

  friend auto operator<=>(const position&, const position&) = default;
};

enum class visibility { shown, hidden };

/// Operation:   the reader of the text marks where its parts begin. Hidden values are masked sign by sign up to the
///              next part, until they turn out to belong to a key that is no secret.
/// Concurrency: one thread. Values refer to their text, so it does not move.
/// Limits:      a line is shown in a window of `max_shown_bytes` around what is pointed at.
class source_text {
 public:
  static constexpr std::size_t max_shown_bytes = 160;

  /// `name`: the path of the file, the variable or the flag. A byte order mark is left out.
  source_text(source_kind kind, std::string name, std::string text);
  source_text(const source_text&) = delete;
  source_text& operator=(const source_text&) = delete;

  [[nodiscard]] source_kind kind() const noexcept { return kind_; }
  [[nodiscard]] const std::string& name() const noexcept { return name_; }
  [[nodiscard]] const std::string& text() const noexcept { return text_; }

  /// In the order of the text.
  void add_part(position at, visibility how) { parts_.push_back({at, how}); }
  void reveal(position at);
  /// What cannot be read as YAML has no parts: words that are no key are then masked sign by sign.
  void mask_all_but_keys() noexcept { readable_ = false; }
  [[nodiscard]] bool is_readable() const noexcept { return readable_; }

  /// "gateway.yaml:3:5", counted from 1 and in characters; the bare name of what is no file.
  [[nodiscard]] std::string place(position at) const;

  /// The line in question and a line with a caret below it, without a break at the end; empty where the text is no
  /// file.
  [[nodiscard]] std::string excerpt(position at) const;

  /// The line without its break.
  [[nodiscard]] std::string_view line(std::size_t number) const noexcept;

 private:
  void mask_hidden(std::string& shown, std::size_t number) const;

  struct part {
    position at;
    visibility how;
  };

  source_kind kind_;
  std::string name_;
  std::string text_;
  std::vector<std::size_t> line_starts_;
  std::vector<part> parts_;
  bool readable_ = true;
};

}  // namespace edge_rollup::config
