// Input: the body of a node's answer. A second JSON library reads it too, and both must agree on what is a summary and
// on what it says, wherever the other one has an exact opinion.
#include "fuzz/fuzz_input.hpp"
#include "model/invariant.hpp"
#include "wire/json_scanner.hpp"
#include "wire/summary_json.hpp"
#include "wire/utf8.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <optional>
#include <string>
#include <variant>

namespace {

using namespace edge_rollup;
using model::failure_kind;

struct real {
  double value;
  std::string raw;
};
struct other {};
using value = std::variant<other, std::uint64_t, std::int64_t, real, std::string>;

/// A field at the top level of the body.
struct field {
  int times = 0;
  value last;
};

/// What nlohmann::json finds in a body.
class second_reader : public nlohmann::json_sax<nlohmann::json> {
 public:
  field record_count, quality_score, last_updated;

  [[nodiscard]] bool is_summary_shaped() const { return valid_ && root_is_object_ && deepest_ <= wire::max_json_depth; }
  /// It refuses numbers that no double can hold and half surrogate pairs, which the grammar allows.
  [[nodiscard]] bool is_too_strict() const { return too_strict_; }

  bool null() override { return found(other{}); }
  bool boolean(bool) override { return found(other{}); }
  bool number_integer(std::int64_t number) override { return found(number); }
  bool number_unsigned(std::uint64_t number) override { return found(number); }
  bool number_float(double number, const std::string& raw) override { return found(real{number, raw}); }
  bool string(std::string& text) override { return found(text); }
  bool binary(nlohmann::json::binary_t&) override { return found(other{}); }
  bool start_object(std::size_t) override {
    if (depth_ == 0) root_is_object_ = true;
    return open();
  }
  bool start_array(std::size_t) override { return open(); }
  bool end_object() override { return close(); }
  bool end_array() override { return close(); }

  bool key(std::string& name) override {
    if (depth_ != 1) return true;
    current_ = nullptr;
    if (name == "record_count") current_ = &record_count;
    if (name == "quality_score") current_ = &quality_score;
    if (name == "last_updated") current_ = &last_updated;
    if (current_ != nullptr) ++current_->times;
    return true;
  }

  bool parse_error(std::size_t, const std::string&, const nlohmann::json::exception& why) override {
    constexpr int out_of_range = 406;
    valid_ = false;
    too_strict_ = why.id == out_of_range || std::string_view{why.what()}.contains("surrogate");
    return false;
  }

 private:
  bool found(value what) {
    if (depth_ == 1 && current_ != nullptr) current_->last = std::move(what);
    return true;
  }
  bool open() {
    found(other{});
    deepest_ = std::max(deepest_, ++depth_);
    return true;
  }
  bool close() {
    --depth_;
    return true;
  }

  std::size_t depth_ = 0, deepest_ = 0;
  bool root_is_object_ = false, valid_ = true, too_strict_ = false;
  field* current_ = nullptr;
};

std::optional<double> as_double(const field& from) {
  if (from.times != 1) return std::nullopt;
  if (const auto* whole = std::get_if<std::uint64_t>(&from.last)) return static_cast<double>(*whole);
  if (const auto* whole = std::get_if<std::int64_t>(&from.last)) return static_cast<double>(*whole);
  if (const auto* any = std::get_if<real>(&from.last)) return any->value;
  return std::nullopt;
}

/// Of a number with a fraction or an exponent a double tells whether it is an integer only where it has few digits.
bool is_exact_as_double(const real& number) {
  constexpr auto exact_digits = 15;
  const std::string_view raw = number.raw;
  const auto mantissa = raw.substr(0, raw.find_first_of("eE"));
  const bool is_zero = mantissa.find_first_not_of("-0.") == std::string_view::npos;
  return mantissa.size() <= exact_digits && (is_zero || number.value != 0.0);
}

enum class opinion { yes, no, unsure };

opinion is_count(const field& from) {
  constexpr double max_exact_real = 9007199254740992.0;  // 2^53
  if (from.times != 1) return opinion::no;
  if (std::holds_alternative<std::uint64_t>(from.last)) return opinion::yes;
  if (const auto* whole = std::get_if<std::int64_t>(&from.last)) return *whole == 0 ? opinion::yes : opinion::no;
  const auto* number = std::get_if<real>(&from.last);
  if (number == nullptr || std::string_view{number->raw}.find_first_of(".eE") == std::string_view::npos) {
    return opinion::no;
  }
  if (!is_exact_as_double(*number)) return opinion::unsure;
  const bool counts =
      number->value >= 0 && number->value <= max_exact_real && std::floor(number->value) == number->value;
  return counts ? opinion::yes : opinion::no;
}

void check_values(const model::summary& read, const second_reader& second) {
  if (const auto* exact = std::get_if<std::uint64_t>(&second.record_count.last)) {
    EDGE_ROLLUP_INVARIANT(read.record_count == *exact);
  }
  EDGE_ROLLUP_INVARIANT(static_cast<double>(read.record_count) == as_double(second.record_count));
  EDGE_ROLLUP_INVARIANT(read.quality_score == as_double(second.quality_score));
  EDGE_ROLLUP_INVARIANT(!std::signbit(read.quality_score));
  const auto* text = std::get_if<std::string>(&second.last_updated.last);
  const bool kept = text != nullptr && text->size() <= wire::max_last_updated_bytes;
  EDGE_ROLLUP_INVARIANT(read.last_updated == (kept ? std::optional{*text} : std::nullopt));
}

void check(std::string_view body) {
  const auto read = wire::parse_summary(body);
  EDGE_ROLLUP_INVARIANT(read || read.error().kind == failure_kind::bad_json ||
                        read.error().kind == failure_kind::bad_summary);
  EDGE_ROLLUP_INVARIANT(read || !read.error().message.empty());
  const bool is_json = read || read.error().kind == failure_kind::bad_summary;

  // nlohmann::json skips a byte order mark and takes NUL for the end of the text.
  if (body.starts_with(wire::byte_order_mark) || body.contains('\0')) return EDGE_ROLLUP_INVARIANT(!is_json);
  second_reader second;
  nlohmann::json::sax_parse(body, &second);
  if (second.is_too_strict()) return;

  EDGE_ROLLUP_INVARIANT(is_json == second.is_summary_shaped());
  if (!is_json) return;
  const auto quality = as_double(second.quality_score);
  const bool rest_is_good = quality && *quality >= 0.0 && *quality <= 1.0 && second.last_updated.times <= 1;
  const auto counts = is_count(second.record_count);
  if (counts != opinion::unsure) {
    EDGE_ROLLUP_INVARIANT(read.has_value() == (rest_is_good && counts == opinion::yes));
  }
  if (read) check_values(*read, second);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  check(edge_rollup::tests::as_text(data, size));
  return 0;
}
