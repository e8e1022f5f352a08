// The text was walked over once as a whole, so that every value in it is known to be valid.
#include "wire/json_view.hpp"

#include "wire/json_text.hpp"

namespace edge_rollup::wire {
namespace {

constexpr json_value nothing{json_type::null, "null"};

std::string_view without_quotes(std::string_view raw) {
  return raw.substr(1, raw.size() - 2);
}

}  // namespace

scanned<json_view> json_view::over(std::string_view text) {
  json_scanner scanner(text);
  const auto whole = scanner.value();
  if (!whole) return std::unexpected(whole.error());
  if (!scanner.at_end()) return std::unexpected(json_fault{scanner.position(), "something stands after the value"});
  return json_view(*whole);
}

json_view json_view::at(std::string_view key) const {
  json_scanner scanner(value_.raw);
  if (!scanner.enter_object()) return json_view(nothing);
  while (true) {
    const auto member = scanner.next_member();
    if (!member || !*member) return json_view(nothing);
    if (unescape((*member)->key) == key) return json_view((*member)->value);
  }
}

std::vector<json_view> json_view::elements() const {
  std::vector<json_view> found;
  json_scanner scanner(value_.raw);
  if (!scanner.enter_array()) return found;
  while (true) {
    const auto element = scanner.next_element();
    if (!element || !*element) return found;
    found.push_back(json_view(**element));
  }
}

std::optional<std::string> json_view::text() const {
  if (value_.type != json_type::string) return std::nullopt;
  return unescape(without_quotes(value_.raw));
}

std::optional<std::uint64_t> json_view::count() const {
  if (value_.type != json_type::number) return std::nullopt;
  return exact_count(value_.raw);
}

std::optional<double> json_view::real() const {
  if (value_.type != json_type::number) return std::nullopt;
  return nearest_double(value_.raw);
}

}  // namespace edge_rollup::wire
