#include "deliver/gzip_choice.hpp"

#include "net/http_text.hpp"

namespace edge_rollup::deliver {

namespace {

/// "q=0", "q=0.0": not acceptable (RFC 9110 §12.4.2).
bool is_zero_weight(std::string_view parameters) {
  const auto weight = net::trimmed(parameters);
  return weight.size() > 2 && net::equal_ignoring_case(weight.substr(0, 2), "q=") &&
         weight.substr(2).find_first_not_of("0.") == std::string_view::npos;
}

}  // namespace

bool accepts_gzip(std::string_view accept_encoding) {
  std::optional<bool> by_name;
  bool by_star = false;
  net::for_each_list_item(accept_encoding, [&](std::string_view item) {
    const auto end = std::min(item.find(';'), item.size());
    const auto coding = net::trimmed(item.substr(0, end));
    const bool wanted = end == item.size() || !is_zero_weight(item.substr(end + 1));
    if (net::equal_ignoring_case(coding, "gzip") || net::equal_ignoring_case(coding, "x-gzip")) by_name = wanted;
    if (coding == "*") by_star = wanted;
  });
  return by_name.value_or(by_star);
}

void gzip_choice::hear(std::optional<std::string_view> accept_encoding) {
  if (learns_ && accept_encoding) packs_ = accepts_gzip(*accept_encoding);
}

}  // namespace edge_rollup::deliver
