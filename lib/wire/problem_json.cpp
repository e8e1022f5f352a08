#include "wire/problem_json.hpp"

#include <nlohmann/json.hpp>

namespace edge_rollup::wire {

namespace {

std::string text_member(const nlohmann::json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

}  // namespace

std::string problem_text(std::string_view body) {
  const auto parsed = nlohmann::json::parse(body, nullptr, false);
  if (!parsed.is_object()) return {};
  const auto title = text_member(parsed, "title");
  const auto detail = text_member(parsed, "detail");
  if (!title.empty() && !detail.empty()) return title + ": " + detail;
  for (const auto& text : {title, detail, text_member(parsed, "message"), text_member(parsed, "error")}) {
    if (!text.empty()) return text;
  }
  return {};
}

}  // namespace edge_rollup::wire
