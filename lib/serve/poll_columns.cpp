#include "serve/poll_columns.hpp"

#include "serve/json_values.hpp"
#include "wire/json_writer.hpp"

#include <algorithm>
#include <unordered_map>
#include <utility>

namespace edge_rollup::serve {
namespace {

std::size_t rounds_for(std::size_t nodes) {
  const auto column_bytes = std::max<std::size_t>(nodes * sizeof(poll_mark), 1);
  return std::clamp<std::size_t>(poll_columns::most_bytes / column_bytes, 1, poll_columns::most_rounds);
}

/// For each node its index among those before, where it has one.
std::vector<std::optional<std::size_t>> places_before(const std::vector<model::node>& now,
                                                      const std::vector<model::node>& before) {
  std::unordered_map<std::string_view, std::size_t> known;
  for (std::size_t i = 0; i < before.size(); ++i) known.emplace(before[i].url, i);
  std::vector<std::optional<std::size_t>> places(now.size());
  for (std::size_t i = 0; i < now.size(); ++i) {
    if (const auto found = known.find(now[i].url); found != known.end()) places[i] = found->second;
  }
  return places;
}

void write_poll(wire::json_writer& out, const poll_mark& mark, model::wall_time at) {
  const auto failure = mark.failure();
  out.begin_object().key("at").text(wire::format_timestamp(at)).key("state").text(to_string(mark.state()));
  out.key("error_kind");
  failure ? out.text(to_string(*failure)) : out.null();
  write(out.key("ms"), ms_of(mark.time()));
  write(out.key("quality"), mark.quality());
  out.end_object();
}

}  // namespace

void poll_columns::round_ended(const model::node_list& nodes, std::vector<poll_mark> marks, model::wall_time at) {
  if (nodes != nodes_) change_nodes(nodes);
  newest_first_.push_front({at, std::move(marks)});
  if (newest_first_.size() > rounds_for(nodes->size())) newest_first_.pop_back();
}

void poll_columns::change_nodes(const model::node_list& nodes) {
  const auto before = std::exchange(nodes_, nodes);
  if (!before) return;
  newest_first_.resize(std::min(newest_first_.size(), rounds_for(nodes->size()) - 1));
  const auto places = places_before(*nodes, *before);
  for (auto& each : newest_first_) {
    std::vector<poll_mark> marks(nodes->size());
    for (std::size_t i = 0; i < marks.size(); ++i) {
      if (places[i]) marks[i] = each.marks[*places[i]];
    }
    each.marks = std::move(marks);
  }
}

std::string poll_columns::to_json(std::string_view name) const {
  std::string body;
  wire::json_writer out(body);
  out.begin_object().key("name").text(name).key("polls").begin_array();
  if (const auto index = find(name)) {
    for (const auto& each : newest_first_) {
      if (each.marks[*index].exists()) write_poll(out, each.marks[*index], each.at);
    }
  }
  out.end_array().end_object();
  return body;
}

std::optional<std::size_t> poll_columns::find(std::string_view name) const noexcept {
  if (!nodes_) return std::nullopt;
  const auto found = std::ranges::find(*nodes_, name, &model::node::name);
  if (found == nodes_->end()) return std::nullopt;
  return static_cast<std::size_t>(found - nodes_->begin());
}

std::size_t poll_columns::bytes() const noexcept {
  std::size_t all = 0;
  for (const auto& each : newest_first_) all += each.marks.size() * sizeof(poll_mark);
  return all;
}

}  // namespace edge_rollup::serve
