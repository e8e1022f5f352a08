#include "observe/log_options.hpp"

#include <charconv>

namespace edge_rollup::observe {

namespace {

std::optional<std::uint64_t> number(std::string_view text) noexcept {
  std::uint64_t value = 0;
  const char* const end = text.data() + text.size();
  const auto [stopped, failure] = std::from_chars(text.data(), end, value);
  if (failure != std::errc{} || stopped != end) return std::nullopt;
  return value;
}

std::optional<file_identity> parse_journal_stream(std::string_view text) noexcept {
  const auto colon = text.find(':');
  if (colon == std::string_view::npos) return std::nullopt;
  const auto device = number(text.substr(0, colon));
  const auto inode = number(text.substr(colon + 1));
  if (!device || !inode) return std::nullopt;
  return file_identity{*device, *inode};
}

}  // namespace

log_format resolve(log_format wanted, std::string_view journal_stream,
                   const std::optional<file_identity>& output) noexcept {
  if (wanted != log_format::automatic) return wanted;
  return output && parse_journal_stream(journal_stream) == output ? log_format::journald : log_format::text;
}

log_color resolve(log_color wanted, output_kind output) noexcept {
  if (wanted != log_color::automatic) return wanted;
  return output == output_kind::terminal ? log_color::always : log_color::never;
}

}  // namespace edge_rollup::observe
