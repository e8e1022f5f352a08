#include "wire/mask_url.hpp"

#include "wire/excerpt.hpp"

#include <algorithm>

namespace edge_rollup::wire {
namespace {

constexpr std::string_view mask = "***";

constexpr bool is_alphanumeric(char c) noexcept {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

}  // namespace

std::string mask_url(std::string_view text, std::size_t max_bytes) {
  const std::size_t scheme_end = text.find("://");
  const bool has_scheme =
      scheme_end != std::string_view::npos && std::ranges::all_of(text.substr(0, scheme_end), is_alphanumeric);
  const std::size_t start = has_scheme ? scheme_end + 3 : 0;
  std::string out{text.substr(0, start)};
  std::string_view rest = text.substr(start);
  if (const std::size_t user_end = rest.rfind('@'); user_end != std::string_view::npos) {
    out += mask;
    rest.remove_prefix(user_end);
  }
  const std::size_t path_end = rest.find_first_of("?#");
  out += rest.substr(0, path_end);
  if (path_end != std::string_view::npos) (out += rest[path_end]) += mask;
  return excerpt(out, max_bytes);
}

}  // namespace edge_rollup::wire
