#include "serve/live_event.hpp"

#include "observe/one_line.hpp"
#include "serve/json_values.hpp"
#include "serve/status_json.hpp"
#include "wire/json_writer.hpp"

#include <ranges>

namespace edge_rollup::serve {
namespace {

using wire::json_writer;

std::string short_text(std::string_view text) {
  return observe::one_line(text, max_event_text_bytes);
}

/// Of a message of several lines those that say something, in one: lines that begin with a blank only show the place.
std::string what_it_says(std::string_view message) {
  std::string told;
  std::string_view before;
  for (const auto line : message | std::views::split('\n')) {
    const std::string_view text(line);
    if (text.empty() || text.starts_with(' ')) continue;
    told.append(before).append(text);
    before = before.empty() ? ": " : "; ";
  }
  return told;
}

json_writer& begin(json_writer& out, model::wall_time at) {
  return out.begin_object().key("at").text(wire::format_timestamp(at));
}

live_event event_of_node(const node_view& node, const node_change& change, model::wall_time at) {
  live_event made{event_kind::node, {}};
  json_writer out(made.data);
  begin(out, at).key("index").integer(change.index).key("name").text(node.node.name);
  out.key("state").text(to_string(change.is)).key("was").text(to_string(change.was));
  const auto& came = node.outcome.answer;
  out.key("error_kind");
  came ? out.null() : out.text(to_string(came.error().kind));
  out.key("error");
  came ? out.null() : out.text(short_text(came.error().message));
  out.end_object();
  return made;
}

}  // namespace

std::vector<live_event> events_of_round(const made_rollup& made, const node_board& after, model::wall_time at) {
  std::vector<live_event> told;
  for (const auto& change : after.changes().told) {
    told.push_back(event_of_node(after.at(change.index), change, at));
  }
  auto& round = told.emplace_back(event_kind::round, std::string());
  json_writer out(round.data);
  write_round_members(begin(out, at), made.round);
  write(out.key("sequence"), made.sequence);
  out.key("changed").integer(after.changes().total).end_object();
  return told;
}

live_event event_of_try(const ended_try& ended) {
  live_event made{event_kind::delivery, {}};
  json_writer out(made.data);
  begin(out, ended.at).key("sequence").integer(ended.sequence).key("id").text(ended.id);
  write_try_members(out, ended);
  out.end_object();
  return made;
}

live_event event_of_hold(const std::optional<hold_facts>& hold, model::wall_time at) {
  live_event made{event_kind::hold, {}};
  json_writer out(made.data);
  begin(out, at);
  out.key("reason");
  hold ? out.text(hold->reason) : out.null();
  out.key("text");
  hold ? out.text(short_text(hold->text)) : out.null();
  out.key("next_step");
  hold ? out.text(hold->next_step) : out.null();
  out.end_object();
  return made;
}

live_event event_of_reload(const reload_facts& reload, model::wall_time at) {
  live_event made{event_kind::reload, {}};
  json_writer out(made.data);
  begin(out, at).key("successful").boolean(reload.successful);
  out.key("text").text(short_text(what_it_says(reload.text))).end_object();
  return made;
}

live_event event_of_loss(std::uint64_t total, model::wall_time at) {
  live_event made{event_kind::loss, {}};
  json_writer out(made.data);
  begin(out, at).key("total").integer(total).end_object();
  return made;
}

}  // namespace edge_rollup::serve
