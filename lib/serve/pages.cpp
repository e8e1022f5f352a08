#include "serve/pages.hpp"

#include "model/invariant.hpp"
#include "serve/grid_page.hpp"
#include "serve/node_page.hpp"
#include "serve/rollup_page.hpp"
#include "serve/status_json.hpp"

#include <array>
#include <charconv>
#include <cstdint>
#include <limits>
#include <string>
#include <system_error>
#include <utility>

namespace edge_rollup::serve {
namespace {

constexpr std::size_t standard_nodes = 100;
constexpr std::size_t max_nodes = 1000;
constexpr std::size_t standard_rollups = 20;
constexpr std::string_view no_such_node = "no node of that name was in the last round";

net::http_response json(std::string body) {
  return answer(json_type, std::move(body));
}

net::http_response refuse(const model::error& wrong) {
  return problem(400, wrong.text);
}

model::result<node_query> read_node_query(const query& given) {
  static constexpr std::array<std::string_view, 5> filters{"ok", "failed", "skipped", "unknown", "stale"};
  static constexpr std::array<std::string_view, 6> orders{"config", "name", "state", "records", "quality", "latency"};
  const auto filter = given.word("state", filters);
  if (!filter) return std::unexpected(filter.error());
  const auto order = given.word("sort", orders);
  if (!order) return std::unexpected(order.error());
  const auto limit = given.number("limit", standard_nodes, 1, max_nodes);
  if (!limit) return std::unexpected(limit.error());
  const auto first = given.number("cursor", 0, 0, std::numeric_limits<std::size_t>::max());
  if (!first) return std::unexpected(first.error());
  node_query asked;
  if (*filter) asked.state = static_cast<node_query::filter>(**filter);
  if (*order) asked.sorted_by = static_cast<node_query::order>(**order);
  asked.text = given.find("q").value_or("");
  asked.limit = *limit;
  asked.first = *first;
  return asked;
}

/// Names hold no '%', so one that does is encoded twice: clients take "." and ".." for steps of the path otherwise,
/// encoded or not (WHATWG URL, dot segments).
std::string node_name(const std::string& argument) {
  return percent_decoded(argument).value_or(argument);
}

net::http_response node_page(const node_board& board, const std::string& name) {
  const auto index = board.find(name);
  return index ? json(node_json(board.at(*index))) : problem(404, no_such_node);
}

net::http_response polls_page(const snapshot& seen, const std::string& name) {
  if (!seen.nodes.find(name)) return problem(404, no_such_node);
  return json(seen.polls.to_json(name));
}

net::http_response rollup_page(const snapshot& seen, const std::string& number) {
  std::uint64_t sequence = 0;
  const auto* const end = number.data() + number.size();
  const auto [read_to, failed] = std::from_chars(number.data(), end, sequence);
  const bool is_number = failed == std::errc{} && read_to == end;
  auto told = is_number ? rollup_json(seen.rollups, seen.archive, sequence) : std::nullopt;
  return told ? json(std::move(*told)) : problem(404, "none of the last rollups of this process has that sequence");
}

net::http_response rollups_page(const rollup_history& rollups, const query& given) {
  const auto limit = given.number("limit", standard_rollups, 1, rollup_history::max_rollups);
  return limit ? json(rollups.to_json(*limit)) : refuse(limit.error());
}

net::http_response nodes_page(const node_board& board, const query& given) {
  const auto asked = read_node_query(given);
  return asked ? json(nodes_json(board, *asked)) : refuse(asked.error());
}

net::http_response grid_page(const node_board& board, std::string_view instance, const query& given) {
  static constexpr std::array<std::string_view, 2> choices{"no", "yes"};
  const auto chosen = given.word("names", choices);
  if (!chosen) return refuse(chosen.error());
  const auto names = *chosen && choices[**chosen] == "yes" ? grid_names::told : grid_names::left_out;
  auto made = json(grid_json(board, names));
  made.fields.emplace_back("ETag", grid_tag(board, names, instance));
  return made;
}

net::http_response history_page(const snapshot& seen, const query& given) {
  static constexpr std::array<std::string_view, 2> ranges{"1h", "24h"};
  const auto chosen = given.word("range", ranges);
  if (!chosen) return refuse(chosen.error());
  const auto range = *chosen && ranges[**chosen] == "24h" ? round_history::range::day : round_history::range::hour;
  return json(seen.history.to_json(range, seen.now, seen.wall_now));
}

}  // namespace

bool takes_long(const route& asked) {
  return asked.to == page::nodes || (asked.to == page::grid && asked.query.find("names"));
}

net::http_response answer_from(const node_board& board, std::string_view instance, const route& asked) {
  return asked.to == page::nodes ? nodes_page(board, asked.query) : grid_page(board, instance, asked.query);
}

net::http_response answer_from(const snapshot& seen, const route& asked) {
  switch (asked.to) {
    case page::live: return json(R"({"status":"ok"})");
    case page::ready: return readiness(seen.checks);
    case page::status: return json(status_json(seen.facts));
    case page::node: return node_page(seen.nodes, node_name(asked.argument));
    case page::polls: return polls_page(seen, node_name(asked.argument));
    case page::rollup: return rollup_page(seen, asked.argument);
    case page::grid: return grid_page(seen.nodes, seen.facts.instance, asked.query);
    case page::history: return history_page(seen, asked.query);
    case page::rollups: return rollups_page(seen.rollups, asked.query);
    case page::outbox: return json(outbox_json(seen.facts));
    case page::description:
    case page::asset:
    case page::metrics:
    case page::nodes:
    case page::events:
    case page::reload:
    case page::round: break;
  }
  model::bug_found("a page that is no function of a snapshot is asked of one");
}

}  // namespace edge_rollup::serve
