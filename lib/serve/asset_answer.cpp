#include "serve/asset_answer.hpp"

#include "model/invariant.hpp"
#include "net/http_text.hpp"
#include "serve/answers.hpp"
#include "serve/assets.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <climits>
#include <string>

#define ZLIB_CONST  // zlib then takes its input as const
#include <zlib.h>

namespace edge_rollup::serve {
namespace {

// Scripts and styles of the page's own files, none that stand in it: a text of a node that became markup would do
// nothing.
constexpr std::string_view page_policy =
    "default-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'; object-src 'none'";

/// RFC 9110 section 12.5.3. "gzip;q=0" means not at all.
bool takes_gzip(const net::received_request& request) {
  bool taken = false;
  net::for_each_list_item(request.field("accept-encoding").value_or(""), [&taken](std::string_view item) {
    const auto end = std::min(item.find(';'), item.size());
    if (!net::equal_ignoring_case(net::trimmed(item.substr(0, end)), "gzip")) return;
    const auto weight = net::trimmed(item.substr(std::min(end + 1, item.size())));
    taken = !weight.starts_with("q=0") || weight.find_first_not_of("q=0.") != std::string_view::npos;
  });
  return taken;
}

/// The last four bytes of a gzip member are the length of what it holds.
std::size_t unpacked_bytes(std::string_view packed) {
  std::size_t bytes = 0;
  for (const char each : {packed.end()[-1], packed.end()[-2], packed.end()[-3], packed.end()[-4]}) {
    bytes = bytes << CHAR_BIT | static_cast<unsigned char>(each);
  }
  return bytes;
}

std::string unpacked(std::string_view packed) {
  constexpr int with_gzip_header = MAX_WBITS + 16;  // zlib.h, inflateInit2
  std::string plain(unpacked_bytes(packed), '\0');
  z_stream stream{};
  stream.next_in = reinterpret_cast<const Bytef*>(packed.data());
  stream.avail_in = static_cast<uInt>(packed.size());
  stream.next_out = reinterpret_cast<Bytef*>(plain.data());
  stream.avail_out = static_cast<uInt>(plain.size());
  EDGE_ROLLUP_INVARIANT(inflateInit2(&stream, with_gzip_header) == Z_OK);
  const auto came_to = inflate(&stream, Z_FINISH);
  inflateEnd(&stream);
  EDGE_ROLLUP_INVARIANT(came_to == Z_STREAM_END);
  return plain;
}

}  // namespace

net::http_response asset_answer(std::string_view name, const net::received_request& request) {
  const auto files = page_assets();
  const auto found = std::ranges::find(files, name, &asset::name);
  if (found == files.end()) return problem(404, "the page has no such file");
  const bool is_packed = takes_gzip(request);
  const auto entity_tag = fmt::format(R"("{}{}")", found->tag, is_packed ? "-gzip" : "");
  auto made = answer(found->content_type, {});
  for (auto& [field, value] : made.fields) {
    if (field == "Cache-Control") value = "no-cache";
    if (field == "Content-Security-Policy") value = page_policy;
  }
  made.fields.emplace_back("ETag", entity_tag);
  made.fields.emplace_back("Vary", "Accept-Encoding");
  if (is_packed) {
    made.fields.emplace_back("Content-Encoding", "gzip");
    made.body = found->packed;
  } else {
    made.body = unpacked(found->packed);
  }
  return made;
}

}  // namespace edge_rollup::serve
