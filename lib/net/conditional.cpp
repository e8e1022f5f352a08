#include "net/conditional.hpp"

#include "net/http_text.hpp"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

namespace edge_rollup::net {
namespace {

constexpr int ok = 200;
constexpr int not_modified = 304;

/// Without the mark of a weak one.
std::string_view opaque(std::string_view tag) {
  if (tag.starts_with("W/")) tag.remove_prefix(2);
  return tag;
}

bool names(std::string_view list, std::string_view tag) {
  bool found = trimmed(list) == "*";
  for_each_list_item(list, [&](std::string_view each) { found = found || opaque(each) == opaque(tag); });
  return found;
}

}  // namespace

http_response unless_held(const received_request& request, http_response made) {
  const auto held = request.field("if-none-match");
  const auto tag = std::ranges::find(made.fields, std::string("ETag"), &http_fields::value_type::first);
  if (!held || made.status != ok || tag == made.fields.end() || !names(*held, tag->second)) return made;
  http_response same;
  same.status = not_modified;
  same.fields = std::move(made.fields);
  std::erase_if(same.fields,
                [](const auto& each) { return each.first == "Content-Type" || each.first == "Content-Encoding"; });
  return same;
}

}  // namespace edge_rollup::net
