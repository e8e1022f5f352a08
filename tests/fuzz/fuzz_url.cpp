// Input: a URL. What was read and printed reads the same, gives a node a valid name, and no secret of a URL gets into
// print or into a message.
#include "fuzz/fuzz_input.hpp"
#include "model/invariant.hpp"
#include "wire/url.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string>

namespace {

using namespace edge_rollup;

bool is_printable(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c >= ' ' && c <= '~'; });
}

void check_message(const model::result<model::url>& refused) {
  EDGE_ROLLUP_INVARIANT(refused || refused.error().kind == model::error_kind::usage);
  EDGE_ROLLUP_INVARIANT(refused || (is_printable(refused.error().text) && refused.error().text.size() < 1024));
}

void check_url(const model::url& url) {
  EDGE_ROLLUP_INVARIANT(!url.host.empty() && url.port != 0 && (url.path.empty() || url.path.starts_with('/')));
  EDGE_ROLLUP_INVARIANT(url.path != "/" && !url.path.contains('?') && !url.query.contains('#'));
  EDGE_ROLLUP_INVARIANT(wire::valid_node_name(wire::default_node_name(url)));
  const auto printed = wire::to_string(url);
  EDGE_ROLLUP_INVARIANT(is_printable(printed));
  if (printed.size() > wire::max_url_bytes) return;  // masking a short value makes it longer
  const auto again = wire::parse_url(printed);
  EDGE_ROLLUP_INVARIANT(again && wire::to_string(*again) == printed);
  EDGE_ROLLUP_INVARIANT(!url.query.empty() || *again == url);
}

/// `text` beside a secret where a URL can have one.
void check_secrets(std::string_view text) {
  constexpr std::string_view secret = "S3cr3t";
  if (text.contains(secret)) return;
  for (const auto& told : {fmt::format("http://user:{}{}@host", secret, text), fmt::format("user:{}@{}", secret, text),
                           fmt::format("https://host/?key={}&{}", secret, text)}) {
    const auto url = wire::parse_url(told);
    EDGE_ROLLUP_INVARIANT(!(url ? wire::to_string(*url) : url.error().text).contains(secret));
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto text = tests::as_text(data, size);
  const auto url = wire::parse_url(text);
  check_message(url);
  if (url) check_url(*url);
  const auto node = wire::parse_node_url(text);
  check_message(node);
  EDGE_ROLLUP_INVARIANT(url || !node);
  if (node) {
    check_url(*node);
    EDGE_ROLLUP_INVARIANT(node->query.empty() && !node->path.ends_with('/'));
    EDGE_ROLLUP_INVARIANT(wire::parse_node_url(wire::to_string(*node)) == node);
  }
  check_secrets(text);
  return 0;
}
