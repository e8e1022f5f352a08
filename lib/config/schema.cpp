#include "config/schema.hpp"

#include "config/key_table.hpp"
#include "config/read_map.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <span>
#include <string_view>

namespace edge_rollup::config {
namespace {

using json = nlohmann::ordered_json;

constexpr int indentation = 2;
// A text with a reference may become anything.
constexpr std::string_view reference = R"(\$\{(env|file|cred):.*\})";

json pattern(std::string_view of) {
  return {{"type", "string"}, {"pattern", fmt::format("^(?:{})$|{}", of, reference)}};
}

json either(json type) {
  return {{"anyOf", json::array({std::move(type), pattern("(?!)")})}};
}

json map_of(json values) {
  return {{"type", json::array({"object", "null"})}, {"additionalProperties", std::move(values)}};
}

json type_of(const key& of) {
  switch (of.type) {
    case value_type::duration: return pattern("(0|[1-9][0-9]*)(ms|s|m|h|d)");
    case value_type::size: return pattern("(0|[1-9][0-9]*)(B|KiB|MiB|GiB|TiB)");
    case value_type::integer: return either({{"type", "integer"}, {"minimum", of.least}, {"maximum", of.most}});
    case value_type::boolean: return either({{"type", "boolean"}});
    case value_type::word: return either({{"enum", split_words(of.words)}});
    case value_type::url:
    case value_type::node_url:
    case value_type::proxy_url: return pattern("https?://.*");
    case value_type::path:
    case value_type::url_path: return pattern("/.*");
    case value_type::name: return pattern(R"([A-Za-z0-9._:/\[\]-]{1,128})");
    case value_type::listen: return pattern(".*:[0-9]{1,5}");
    case value_type::hosts: {
      const auto host = pattern(R"([A-Za-z0-9._-]+|[0-9A-Fa-f:.]+|\[[0-9A-Fa-f:.]+\])");
      return {{"anyOf", json::array({host, {{"type", "array"}, {"items", host}}})}};
    }
    case value_type::paths:
      return {{"anyOf", json::array({pattern("/.*"), {{"type", "array"}, {"items", pattern("/.*")}}})}};
    case value_type::labels: return map_of({{"type", json::array({"string", "number", "boolean"})}});
    case value_type::headers: return map_of({{"type", json::array({"string", "number", "boolean"})}});
    case value_type::nodes:
      return {{"type", json::array({"array", "null"})},
              {"items", {{"anyOf", json::array({pattern("https?://.*"), {{"$ref", "#/$defs/node"}}})}}}};
    case value_type::text:
    case value_type::secret: break;
  }
  return {{"type", json::array({"string", "number", "boolean"})}};
}

json described(const key& of) {
  json made = type_of(of);
  if (!of.words.empty() && of.type != value_type::word) {
    const json nothing = of.words == "null" ? json(nullptr) : json(of.words);
    made = {{"anyOf", json::array({std::move(made), {{"const", nothing}}})}};
  }
  made["description"] = of.help;
  if (!of.standard.empty()) {
    // Numbers, truth values, lists, maps and null are the same in YAML and JSON; all else is text.
    const auto value = json::parse(of.standard, nullptr, false);
    made["default"] = value.is_discarded() ? json(of.standard) : value;
  }
  return made;
}

json object_of(std::span<const key> table) {
  const json empty = {
      {"type", json::array({"object", "null"})}, {"additionalProperties", false}, {"properties", json::object()}};
  json root = empty;
  for (const key& each : table) {
    json* place = &root;
    auto parts = split_words(each.name);
    const std::string last = parts.back();
    parts.pop_back();
    for (const auto& part : parts) {
      auto& properties = (*place)["properties"];
      if (!properties.contains(part)) properties[part] = empty;
      place = &properties[part];
    }
    (*place)["properties"][last] = described(each);
  }
  return root;
}

}  // namespace

std::string schema_text() {
  json schema = {{"$schema", "https://json-schema.org/draft/2020-12/schema"}, {"title", "Settings of edge-rollup"}};
  schema.update(object_of(keys()));
  json node = object_of(node_keys());
  node["type"] = "object";
  node["required"] = json::array({"url"});
  schema["$defs"] = {{"node", std::move(node)}};
  return schema.dump(indentation) + "\n";
}

}  // namespace edge_rollup::config
