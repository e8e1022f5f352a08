#include "config/layers.hpp"

#include "config/read_settings.hpp"
#include "config/suggestion.hpp"
#include "model/invariant.hpp"
#include "wire/excerpt.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

namespace edge_rollup::config {
namespace {

constexpr std::size_t max_shown_bytes = 60;
constexpr std::array<std::string_view, 1> other_variables = {"EDGE_ROLLUP_CONFIG"};

bool is_structured(value_type type) {
  return type == value_type::hosts || type == value_type::paths || type == value_type::labels ||
         type == value_type::headers || type == value_type::nodes;
}

}  // namespace

layers::layers(reference_sources references) : references_(std::move(references)) {
  for (const key& each : keys()) {
    add(each, keep(source_kind::standard, std::string(each.name), std::string(each.standard)));
  }
  EDGE_ROLLUP_INVARIANT(wrong_.count() == 0);
}

source_text& layers::keep(source_kind kind, std::string name, std::string text) {
  return texts_.emplace_back(kind, std::move(name), std::move(text));
}

void layers::add(const key& of, source_text& source) {
  hold(of, source);
  const auto value = is_structured(of.type) ? parse_yaml(source, wrong_) : plain_value(source);
  if (!source.is_readable()) return effective_.note_mistaken(of.name);
  read_key(of, std::string(of.name), value, {references_, wrong_, noticed_}, effective_);
}

void layers::hold(const key& of, const source_text& over_it) {
  const auto* const below = effective_.find(of.name);
  if (below == nullptr) return;
  auto [held, is_first] = held_.try_emplace(of.name);
  if (is_first) held->second.below = {below->value, below->shown};
  held->second.by = over_it.name();
}

void layers::add_file(std::string path, std::string text) {
  has_file_ = true;
  if (text.size() > max_file_bytes) {
    wrong_.add({&keep(source_kind::file, std::move(path), {}), {}},
               fmt::format("the file is over {} bytes", max_file_bytes), "put nodes into files of their own");
    return;
  }
  source_text& source = keep(source_kind::file, std::move(path), std::move(text));
  const auto root = parse_yaml(source, wrong_);
  is_cut_off_ = !source.is_readable();
  effective_.lay_over(read_settings(keys(), root, "", {references_, wrong_, noticed_}));
}

void layers::add_variable(const std::string& name, std::string text) {
  if (text.empty() || std::ranges::find(other_variables, name) != other_variables.end()) return;
  const auto table = keys();
  const auto found = std::ranges::find_if(table, [&](const key& each) { return environment_name(each.name) == name; });
  source_text& source = keep(source_kind::environment, wire::excerpt(name, max_shown_bytes), std::move(text));
  if (found != table.end()) return add(*found, source);
  std::vector<std::string> known(other_variables.begin(), other_variables.end());
  for (const key& each : table) known.push_back(environment_name(each.name));
  wrong_.add({&source, {}}, fmt::format("no setting has this name{}", did_you_mean(name, known)),
             "names are those of `edge-rollup config show` in capitals, with __ for each dot");
}

void layers::add_set(std::string_view assignment) {
  const auto equals = assignment.find('=');
  const std::string name(assignment.substr(0, equals));
  const auto shown = wire::excerpt(name, max_shown_bytes);
  if (equals == std::string_view::npos) {
    // The whole may be a secret whose key was forgotten.
    wrong_.add({&keep(source_kind::flag, "--set", {}), {}}, "an assignment lacks its '='", "write --set KEY=VALUE");
    return;
  }
  source_text& source =
      keep(source_kind::flag, fmt::format("--set {}", shown), std::string(assignment.substr(equals + 1)));
  if (const key* const known = find_key(keys(), name)) return add(*known, source);
  if (is_section(keys(), name)) {
    wrong_.add({&source, {}}, "this is a section", "set one of its keys, as in --set poll.timeout=5s");
    return;
  }
  wrong_.add({&source, {}}, fmt::format("unknown key '{}'{}", shown, nearest_key(keys(), name)),
             "`edge-rollup config show` has all of them");
}

void layers::add_flag(std::string flag, std::string_view key_name, std::string text) {
  const key* const known = find_key(keys(), key_name);
  EDGE_ROLLUP_INVARIANT(known != nullptr);
  add(*known, keep(source_kind::flag, std::move(flag), std::move(text)));
}

}  // namespace edge_rollup::config
