#include "wire/json_scanner.hpp"

#include "wire/plain_text.hpp"
#include "wire/utf8.hpp"

#include <cstdint>
#include <utility>

namespace edge_rollup::wire {
namespace {

constexpr bool is_digit(char c) noexcept {
  return c >= '0' && c <= '9';
}

constexpr bool is_hex_digit(char c) noexcept {
  return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

/// The brackets that are open, innermost last, one bit for each.
class nesting {
 public:
  [[nodiscard]] std::size_t depth() const noexcept { return depth_; }
  [[nodiscard]] bool in_object() const noexcept { return (objects_ & 1U) != 0; }
  [[nodiscard]] char closing() const noexcept { return in_object() ? '}' : ']'; }

  void open(bool object) noexcept {
    objects_ = (objects_ << 1U) | (object ? 1U : 0U);
    ++depth_;
  }

  void close() noexcept {
    objects_ >>= 1U;
    --depth_;
  }

 private:
  static_assert(max_json_depth <= 64, "one bit a level");
  std::uint64_t objects_ = 0;
  std::size_t depth_ = 0;
};

json_type type_of(char first) noexcept {
  switch (first) {
    case '{': return json_type::object;
    case '[': return json_type::array;
    case '"': return json_type::string;
    case 't':
    case 'f': return json_type::boolean;
    case 'n': return json_type::null;
    default: return json_type::number;
  }
}

}  // namespace

std::string_view with_article(json_type type) noexcept {
  switch (type) {
    case json_type::object: return "an object";
    case json_type::array: return "an array";
    case json_type::string: return "a string";
    case json_type::number: return "a number";
    case json_type::boolean: return "a boolean";
    case json_type::null: break;
  }
  return "null";
}

scanned<json_value> json_scanner::value() {
  skip_space();
  const std::size_t start = at_;
  if (!walk_value()) return std::unexpected(fault_);
  return json_value{type_of(text_[start]), text_.substr(start, at_ - start)};
}

bool json_scanner::enter(char bracket) noexcept {
  skip_space();
  if (entered_ == max_json_depth || !take(bracket)) return false;
  ++entered_;
  first_ = true;
  return true;
}

scanned<std::optional<json_member>> json_scanner::next_member() {
  const auto more = more_until('}');
  if (!more) return std::unexpected(more.error());
  if (!*more) return std::nullopt;
  if (!walk_key()) return std::unexpected(fault_);
  const std::string_view key = key_;
  const auto found = value();
  if (!found) return std::unexpected(found.error());
  return json_member{key, *found};
}

scanned<std::optional<json_value>> json_scanner::next_element() {
  const auto more = more_until(']');
  if (!more) return std::unexpected(more.error());
  if (!*more) return std::nullopt;
  const auto found = value();
  if (!found) return std::unexpected(found.error());
  return *found;
}

/// Takes the comma before the next item, or the bracket after the last.
scanned<bool> json_scanner::more_until(char bracket) {
  skip_space();
  if (take(bracket)) {
    --entered_;
    first_ = false;
    return false;
  }
  if (!std::exchange(first_, false) && !take(',')) {
    fail("a ',' or a closing bracket is missing");
    return std::unexpected(fault_);
  }
  return true;
}

bool json_scanner::at_end() noexcept {
  skip_space();
  return at_ == text_.size();
}

bool json_scanner::walk_value() {
  nesting open;
  for (;;) {
    skip_space();
    const char c = peek();
    if (c == '{' || c == '[') {
      if (entered_ + open.depth() == max_json_depth) return fail("it is nested deeper than 64 levels");
      ++at_;
      open.open(c == '{');
      skip_space();
      if (peek() != open.closing()) {
        if (open.in_object() && !walk_key()) return false;
        continue;
      }
    } else if (!walk_scalar()) {
      return false;
    }

    // A value has ended, or an empty bracket is about to.
    while (open.depth() > 0) {
      skip_space();
      if (!take(open.closing())) break;
      open.close();
    }
    if (open.depth() == 0) return true;
    if (!take(',')) return fail("a ',' or a closing bracket is missing");
    if (open.in_object() && !walk_key()) return false;
  }
}

bool json_scanner::walk_scalar() {
  switch (peek()) {
    case '"': return walk_string();
    case 't': return walk_word("true");
    case 'f': return walk_word("false");
    case 'n': return walk_word("null");
    default: return walk_number();
  }
}

bool json_scanner::walk_key() {
  skip_space();
  const std::size_t quote = at_;
  if (!walk_string()) return false;
  key_ = text_.substr(quote + 1, at_ - quote - 2);
  skip_space();
  return take(':') || fail("a ':' is missing");
}

bool json_scanner::walk_string() {
  if (!take('"')) return fail("a name in quotes is missing");
  for (at_ += plain_prefix(text_.substr(at_)); at_ < text_.size(); at_ += plain_prefix(text_.substr(at_))) {
    const auto byte = static_cast<unsigned char>(text_[at_]);
    if (byte == '"') {
      ++at_;
      return true;
    }
    if (byte == '\\') {
      if (!walk_escape()) return false;
    } else if (byte < 0x20) {
      return fail("there is a control character in a string");
    } else {
      const std::size_t length = utf8_length(text_.substr(at_));
      if (length == 0) return fail("a string is not UTF-8");
      at_ += length;
    }
  }
  return fail("a string does not end");
}

bool json_scanner::walk_escape() {
  take('\\');
  if (!take('u')) {
    if (!std::string_view{"\"\\/bfnrt"}.contains(peek())) return fail("there is an unknown escape in a string");
    ++at_;
    return true;
  }
  for (int i = 0; i < 4; ++i) {
    if (!is_hex_digit(peek())) return fail("\\u needs four hexadecimal digits");
    ++at_;
  }
  return true;
}

bool json_scanner::walk_number() {
  const bool negative = take('-');
  if (!negative && !is_digit(peek())) return fail("a value is missing");
  if (!take('0') && !walk_digits()) return false;
  if (take('.') && !walk_digits()) return false;
  if (take('e') || take('E')) {
    if (!take('+')) take('-');
    return walk_digits();
  }
  return true;
}

bool json_scanner::walk_digits() {
  if (!is_digit(peek())) return fail("a digit is missing in a number");
  while (is_digit(peek())) ++at_;
  return true;
}

bool json_scanner::walk_word(std::string_view word) {
  if (!text_.substr(at_).starts_with(word)) return fail("a value is missing");
  at_ += word.size();
  return true;
}

bool json_scanner::fail(std::string_view what) noexcept {
  fault_ = {at_, at_ < text_.size() ? what : "the text ends too early"};
  return false;
}

void json_scanner::skip_space() noexcept {
  while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\n' || text_[at_] == '\r' || text_[at_] == '\t'))
    ++at_;
}

bool json_scanner::take(char expected) noexcept {
  if (at_ == text_.size() || text_[at_] != expected) return false;
  ++at_;
  return true;
}

}  // namespace edge_rollup::wire
