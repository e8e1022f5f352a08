// Walks over JSON text (RFC 8259) once, strictly, without recursion and without allocating. It finds where values begin
// and end and leaves their meaning to the caller: summaries and lists of nodes are read with it.
#pragma once

#include <cstddef>
#include <expected>
#include <optional>
#include <string_view>

namespace edge_rollup::wire {

inline constexpr std::size_t max_json_depth = 64;  ///< levels of objects and arrays, the outermost included

enum class json_type { object, array, string, number, boolean, null };

/// "an object", "a string", "null": for messages.
[[nodiscard]] std::string_view with_article(json_type type) noexcept;

/// A value that is valid JSON to its last byte. `raw` points into the scanned text; of a string it holds the quotes.
struct json_value {
  json_type type = json_type::null;
  std::string_view raw;
};

struct json_member {
  std::string_view key;  ///< raw, without its quotes
  json_value value;
};

/// Where and why a text is not JSON; `what` is a phrase such as "a ':' is missing".
struct json_fault {
  std::size_t at = 0;  ///< offset in bytes
  std::string_view what;
};

template <class T>
using scanned = std::expected<T, json_fault>;

/// Operation:   steps over whole values, or into one object or array and through what it holds. White space before a
///              value or a bracket is skipped. Invalid UTF-8 is a fault in every string, and so is a byte order mark;
///              escapes of lone surrogates are valid, as the grammar has them, and numbers may be of any size, as
///              none is converted.
/// Concurrency: one thread.
/// Limits:      max_json_depth levels.
class json_scanner {
 public:
  explicit json_scanner(std::string_view text) noexcept : text_(text) {}

  /// The value that comes next.
  [[nodiscard]] scanned<json_value> value();

  /// Steps into the object or array that comes next, if one does; then next_member() or next_element() go through it.
  bool enter_object() noexcept { return enter('{'); }
  bool enter_array() noexcept { return enter('['); }

  /// The next of the object or array that was entered last; nothing at its end.
  [[nodiscard]] scanned<std::optional<json_member>> next_member();
  [[nodiscard]] scanned<std::optional<json_value>> next_element();

  /// Whether only white space is left.
  [[nodiscard]] bool at_end() noexcept;
  [[nodiscard]] std::size_t position() const noexcept { return at_; }

 private:
  bool enter(char bracket) noexcept;
  scanned<bool> more_until(char bracket);

  // These return false after having set fault_.
  bool walk_value();
  bool walk_scalar();
  bool walk_key();
  bool walk_string();
  bool walk_escape();
  bool walk_number();
  bool walk_digits();
  bool walk_word(std::string_view word);
  bool fail(std::string_view what) noexcept;

  void skip_space() noexcept;
  bool take(char expected) noexcept;
  [[nodiscard]] char peek() const noexcept { return at_ < text_.size() ? text_[at_] : '\0'; }

  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t entered_ = 0;  // levels entered by the caller and not left yet
  bool first_ = true;        // nothing has been read of the level entered last
  std::string_view key_;     // what walk_key() found last
  json_fault fault_;
};

}  // namespace edge_rollup::wire
