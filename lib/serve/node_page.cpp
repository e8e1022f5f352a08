#include "serve/node_page.hpp"

#include "model/words.hpp"
#include "net/http_text.hpp"
#include "serve/json_values.hpp"
#include "wire/excerpt.hpp"
#include "wire/json_writer.hpp"

#include <algorithm>
#include <functional>
#include <utility>
#include <vector>

namespace edge_rollup::serve {
namespace {

constexpr std::size_t max_error_bytes = 256;

bool is_stale(const node_view& node) {
  return node.outcome.ok() && node.freshness == model::freshness::stale;
}

bool passes(const node_view& node, const std::optional<node_query::filter>& wanted) {
  if (!wanted) return true;
  if (*wanted == node_query::filter::stale) return is_stale(node);
  return static_cast<std::size_t>(node.state) == static_cast<std::size_t>(*wanted);
}

/// `text` is in lower case.
bool holds(const model::node& node, const std::string& text) {
  const auto has = [&text](std::string_view in) { return net::lower_case(in).contains(text); };
  return text.empty() || has(node.name) || has(node.url) ||
         std::ranges::any_of(node.labels, [&has](const auto& label) { return has(label.second); });
}

/// What a descending order compares.
double rank(const node_view& node, node_query::order by) {
  constexpr double last = -1;
  if (by == node_query::order::latency) return static_cast<double>(node.outcome.latency.count());
  if (!node.outcome.ok()) return last;
  const auto& said = *node.outcome.answer;
  return by == node_query::order::records ? static_cast<double>(said.record_count) : said.quality_score;
}

enum class trouble { failed, skipped, stale, unknown, none };

trouble trouble_of(const node_view& node) {
  switch (node.state) {
    case node_state::failed: return trouble::failed;
    case node_state::skipped: return trouble::skipped;
    case node_state::unknown: return trouble::unknown;
    case node_state::ok: break;
  }
  return is_stale(node) ? trouble::stale : trouble::none;
}

/// The worst first; of those in the same trouble, who has been in it for longest.
auto urgency(const node_view& node) {
  return std::pair(trouble_of(node), node.since.value_or(model::wall_time::max()));
}

std::vector<std::size_t> chosen(const node_board& board, const node_query& asked) {
  const auto text = net::lower_case(asked.text);
  std::vector<std::size_t> found;
  for (std::size_t i = 0; i < board.size(); ++i) {
    const auto node = board.at(i);
    if (passes(node, asked.state) && holds(node.node, text)) found.push_back(i);
  }
  if (asked.sorted_by == node_query::order::config) return found;
  if (asked.sorted_by == node_query::order::name) {
    std::ranges::sort(found, {}, [&board](std::size_t i) -> std::string_view { return board.at(i).node.name; });
  } else if (asked.sorted_by == node_query::order::state) {
    std::ranges::stable_sort(found, {}, [&board](std::size_t i) { return urgency(board.at(i)); });
  } else {
    std::ranges::stable_sort(found, std::greater{},
                             [&board, &asked](std::size_t i) { return rank(board.at(i), asked.sorted_by); });
  }
  return found;
}

void write_answer(wire::json_writer& out, const node_view& node) {
  const auto& came = node.outcome.answer;
  const bool is_troubled = !came && node.state != node_state::unknown;
  out.key("error_kind");
  is_troubled ? out.text(to_string(came.error().kind)) : out.null();
  out.key("error");
  is_troubled ? out.text(wire::excerpt(came.error().message, max_error_bytes)) : out.null();
  write(out.key("since"), node.since);
  out.key("records");
  came ? out.integer(came->record_count) : out.null();
  out.key("quality");
  came ? out.real(came->quality_score) : out.null();
  out.key("freshness");
  came ? out.text(to_string(node.freshness)) : out.null();
  out.key("last_updated");
  came && came->last_updated ? out.text(*came->last_updated) : out.null();
  out.key("latency_ms");
  node.outcome.latency > model::nanoseconds::zero() ? out.real(in_ms(node.outcome.latency)) : out.null();
  write(out.key("last_success"), node.last_success);
}

void write_node(wire::json_writer& out, const node_view& node) {
  out.begin_object().key("name").text(node.node.name).key("url").text(node.node.url);
  out.key("state").text(to_string(node.state));
  write_answer(out, node);
  out.key("labels").begin_object();
  for (const auto& [name, value] : node.node.labels) out.key(name).text(value);
  out.end_object().end_object();
}

}  // namespace

std::string nodes_json(const node_board& board, const node_query& asked) {
  const auto found = chosen(board, asked);
  const auto first = std::min(asked.first, found.size());
  const auto end = first + std::min(asked.limit, found.size() - first);
  std::string body;
  wire::json_writer out(body);
  out.begin_object().key("nodes").begin_array();
  for (std::size_t i = first; i < end; ++i) write_node(out, board.at(found[i]));
  out.end_array().key("total").integer(found.size()).key("next");
  end < found.size() ? out.text(std::to_string(end)) : out.null();
  out.end_object();
  return body;
}

std::string node_json(const node_view& node) {
  std::string body;
  wire::json_writer out(body);
  write_node(out, node);
  return body;
}

}  // namespace edge_rollup::serve
