#include "edge-stub/receipt.hpp"

#include "model/grouped.hpp"
#include "wire/rfc3339.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace edge_rollup::stub {
namespace {

using nlohmann::json;

std::string as_json_string(const std::string& text) {
  return json(text).dump(-1, ' ', false, json::error_handler_t::replace);
}

}  // namespace

std::optional<rollup_facts> read_rollup(std::string_view body) {
  const json document = json::parse(body, nullptr, false);
  if (!document.is_object()) return std::nullopt;
  try {
    const json& own = document.at("rollup");
    const json& coverage = own.at("coverage");
    rollup_facts facts{.sequence = std::nullopt,
                       .nodes_ok = coverage.at("ok").get<std::uint64_t>(),
                       .nodes = coverage.at("expected").get<std::uint64_t>(),
                       .records = document.at("total_records").get<std::uint64_t>(),
                       .quality = document.at("data_quality_score").get<double>()};
    if (const json& sequence = own.at("sequence"); !sequence.is_null()) facts.sequence = sequence.get<std::uint64_t>();
    return facts;
  } catch (const json::exception&) {
    return std::nullopt;
  }
}

std::string summary_line(const receipt& noted) {
  const std::string answer =
      noted.problem.empty() ? fmt::format("{}", noted.status) : fmt::format("{}: {}", noted.status, noted.problem);
  if (!noted.rollup) return fmt::format("{} bytes that are no rollup -> {}", noted.body.size(), answer);
  const rollup_facts& facts = *noted.rollup;
  return fmt::format("#{}  {} of {} nodes, {} records, quality {:.3f} -> {}", facts.sequence.value_or(0),
                     facts.nodes_ok, facts.nodes, model::grouped(facts.records), facts.quality, answer);
}

std::string store_line(const receipt& noted) {
  std::string body;
  if (json::accept(noted.body)) {
    body = noted.body;
    std::ranges::replace(body, '\n', ' ');  // in valid JSON a bare line break stands only between tokens
    std::ranges::replace(body, '\r', ' ');
  } else {
    body = as_json_string(noted.body);
  }
  std::string sequence;
  if (noted.rollup && noted.rollup->sequence) sequence = fmt::format(R"("sequence": {}, )", *noted.rollup->sequence);
  return fmt::format(R"({{"received_at": "{}", "status": {}, "idempotency_key": {}, {}"body": {}}})"
                     "\n",
                     wire::format_timestamp(noted.received_at), noted.status, as_json_string(noted.idempotency_key),
                     sequence, body);
}

}  // namespace edge_rollup::stub
