#include "outbox/entry_selection.hpp"

#include <fmt/format.h>

#include <charconv>
#include <limits>
#include <optional>
#include <system_error>

namespace edge_rollup::outbox {
namespace {

/// SQLite's integers are signed.
constexpr std::uint64_t last_sequence = std::numeric_limits<std::int64_t>::max();

std::optional<std::uint64_t> parse_sequence(std::string_view text) {
  std::uint64_t number = 0;
  const auto* const end = text.data() + text.size();
  const auto [stop, failed] = std::from_chars(text.data(), end, number);
  if (failed != std::errc{} || stop != end || number == 0 || number > last_sequence) return std::nullopt;
  return number;
}

}  // namespace

model::result<sequence_range> parse_sequence_range(std::string_view text) {
  const auto dash = text.find('-');
  const auto from = parse_sequence(text.substr(0, dash));
  const auto to = dash == std::string_view::npos ? from : parse_sequence(text.substr(dash + 1));
  if (!from || !to) {
    return model::fail(model::error_kind::usage,
                       fmt::format("'{}' is neither a sequence nor a range: write 42 or 40-45", text));
  }
  if (*from > *to) {
    return model::fail(model::error_kind::usage,
                       fmt::format("the range '{}' ends before it begins: write {}-{}", text, *to, *from));
  }
  return sequence_range{*from, *to};
}

}  // namespace edge_rollup::outbox
