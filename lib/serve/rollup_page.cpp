#include "serve/rollup_page.hpp"

#include "model/words.hpp"
#include "serve/json_values.hpp"
#include "wire/json_writer.hpp"

#include <algorithm>
#include <span>
#include <string_view>
#include <vector>

namespace edge_rollup::serve {
namespace {

constexpr std::string_view not_kept = "what each node gave is kept of the newest rollups only";

void write_tries(wire::json_writer& out, const std::vector<ended_try>& tries) {
  out.key("tries").begin_array();
  for (const auto& each : tries) {
    out.begin_object().key("at").text(wire::format_timestamp(each.at));
    write_try_members(out, each);
    out.end_object();
  }
  out.end_array();
}

void write_part(wire::json_writer& out, const node_part& part) {
  const auto& gave = part.gave;
  out.begin_object().key("name").text(part.name).key("status").text(gave ? "success" : "error");
  out.key("records");
  gave ? out.integer(gave->records) : out.null();
  out.key("quality");
  gave ? out.real(gave->quality) : out.null();
  out.key("freshness");
  gave ? out.text(to_string(gave->age)) : out.null();
  out.key("error_kind");
  gave ? out.null() : out.text(to_string(gave.error().kind));
  out.key("error");
  gave ? out.null() : out.text(gave.error().message);
  out.end_object();
}

int trouble(const node_part& part) {
  if (!part.gave) return 0;
  return part.gave->age == model::freshness::stale ? 1 : 2;
}

void write_parts(wire::json_writer& out, std::optional<std::vector<node_part>> parts) {
  out.key("nodes_total");
  parts ? out.integer(parts->size()) : out.null();
  out.key("nodes_note");
  parts ? out.null() : out.text(not_kept);
  out.key("nodes");
  if (!parts) {
    out.null();
    return;
  }
  std::ranges::stable_sort(*parts, {}, trouble);
  out.begin_array();
  for (const auto& each : std::span(*parts).first(std::min(parts->size(), max_told_parts))) write_part(out, each);
  out.end_array();
}

}  // namespace

std::optional<std::string> rollup_json(const rollup_history& rollups, const round_archive& archive,
                                       std::uint64_t sequence) {
  const auto* const found = rollups.find(sequence);
  if (found == nullptr) return std::nullopt;
  std::string body;
  wire::json_writer out(body);
  out.begin_object();
  write_rollup_members(out, *found);
  write_tries(out, rollups.tries_of(sequence, max_told_tries));
  write_parts(out, archive.find(sequence));
  out.end_object();
  return body;
}

}  // namespace edge_rollup::serve
