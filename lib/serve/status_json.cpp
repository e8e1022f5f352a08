#include "serve/status_json.hpp"

#include "model/words.hpp"
#include "serve/daemon_verdict.hpp"
#include "serve/json_values.hpp"

#include <cstddef>

namespace edge_rollup::serve {
namespace {

using wire::json_writer;

void write_coverage(json_writer& out, const model::coverage& nodes) {
  out.begin_object();
  out.key("expected").integer(nodes.expected).key("ok").integer(nodes.ok).key("failed").integer(nodes.failed);
  out.key("skipped").integer(nodes.skipped).key("stale").integer(nodes.stale);
  out.key("unchanged").integer(nodes.unchanged).key("unknown").integer(nodes.unknown);
  out.end_object();
}

void write_config(json_writer& out, const config_facts& config) {
  out.begin_object();
  write(out.key("file"), config.file);
  out.key("last_reload_successful").boolean(!config.error);
  write(out.key("last_reload"), config.last_reload);
  write(out.key("error"), config.error);
  out.end_object();
}

/// Before the first round it is known only how many there are.
model::coverage coverage_of(const daemon_facts& facts) {
  if (facts.last_round) return facts.last_round->nodes;
  model::coverage none_answered;
  none_answered.expected = facts.listed_nodes;
  return none_answered;
}

std::string_view state_of(const daemon_facts& facts) {
  if (facts.delivery.hold) return "hold";
  if (facts.delivery.next_try) return "waiting";
  return facts.store.pending > 0 ? "sending" : "idle";
}

void write_hold(json_writer& out, const std::optional<hold_facts>& hold) {
  if (!hold) {
    out.null();
    return;
  }
  out.begin_object().key("reason").text(hold->reason).key("since").text(wire::format_timestamp(hold->since));
  out.key("text").text(hold->text).key("next_step").text(hold->next_step).end_object();
}

void write_failure(json_writer& out, const std::optional<failed_try>& failed) {
  if (!failed) {
    out.null();
    return;
  }
  out.begin_object().key("at").text(wire::format_timestamp(failed->at));
  write(out.key("status"), failed->status);
  out.key("words").text(failed->words).end_object();
}

void write_delivery(json_writer& out, const daemon_facts& facts) {
  const auto& delivery = facts.delivery;
  out.begin_object().key("url").text(delivery.url).key("state").text(state_of(facts));
  write_hold(out.key("hold"), delivery.hold);
  write(out.key("last_verdict"), delivery.last_verdict);
  write(out.key("last_delivered"), delivery.last_delivered);
  write(out.key("next_try"), delivery.next_try);
  out.key("consecutive_failures").integer(delivery.consecutive_failures);
  write_failure(out.key("last_failure"), delivery.last_failure);
  out.end_object();
}

/// What status and outbox both tell.
void write_store(json_writer& out, const daemon_facts& facts) {
  const auto& store = facts.store;
  out.key("pending").integer(store.pending).key("dead").integer(store.dead).key("bytes").integer(store.bytes);
  out.key("limit_bytes").integer(store.limit_bytes);
  write(out.key("oldest"), store.oldest);
  out.key("runway_s");
  facts.runway ? out.integer(facts.runway->count()) : out.null();
  out.key("in_memory_only").boolean(store.in_memory_only);
}

}  // namespace

json_writer& write_round_members(json_writer& out, const round_facts& round) {
  out.key("number").integer(round.number).key("trigger").text(to_string(round.trigger));
  out.key("started").text(wire::format_timestamp(round.started)).key("ms").real(in_ms(round.took));
  out.key("records").integer(round.records);
  write(out.key("quality"), round.quality);
  write_coverage(out.key("nodes"), round.nodes);
  return out;
}

void write_round(json_writer& out, const round_facts& round) {
  write_round_members(out.begin_object(), round).end_object();
}

std::string status_json(const daemon_facts& facts) {
  std::string body;
  json_writer out(body);
  out.begin_object().key("version").text(EDGE_ROLLUP_VERSION).key("gateway").text(facts.gateway);
  out.key("stream").text(facts.store.stream).key("instance").text(facts.instance);
  out.key("pid").integer(facts.pid).key("uptime_s").integer(facts.uptime.count());
  out.key("state_dir").text(facts.state_dir);
  write_config(out.key("config"), facts.config);
  const auto verdict = judge(facts);
  out.key("verdict")
      .begin_object()
      .key("level")
      .text(to_string(verdict.level))
      .key("text")
      .text(verdict.text)
      .end_object();
  write_coverage(out.key("nodes"), coverage_of(facts));
  out.key("last_round");
  if (facts.last_round) {
    write_round(out, *facts.last_round);
  } else {
    out.null();
  }
  write(out.key("next_round"), facts.next_round);
  out.key("rounds")
      .begin_object()
      .key("total")
      .integer(facts.rounds)
      .key("skipped")
      .integer(facts.rounds_skipped)
      .end_object();
  write_delivery(out.key("delivery"), facts);
  out.key("outbox").begin_object();
  write_store(out, facts);
  out.key("lost_total").integer(facts.store.lost.total);
  write(out.key("last_loss"), facts.last_loss);
  out.end_object();
  write(out.key("disk_free_bytes"), facts.disk_free_bytes);
  out.key("clock").text(to_string(facts.clock)).end_object();
  return body;
}

std::string outbox_json(const daemon_facts& facts) {
  const auto& store = facts.store;
  std::string body;
  json_writer out(body);
  out.begin_object().key("stream").text(store.stream);
  write(out.key("previous_stream"), store.previous_stream);
  out.key("stream_reason");
  store.reason ? out.text(to_string(*store.reason)) : out.null();
  out.key("next_sequence").integer(store.next_sequence).key("file_bytes").integer(store.file_bytes);
  write_store(out, facts);
  out.key("lost").begin_object().key("total").integer(store.lost.total).key("ranges").begin_array();
  for (const auto& range : store.lost.ranges) {
    out.begin_object().key("from").integer(range.from).key("to").integer(range.to);
    out.key("reason").text(to_string(range.reason)).end_object();
  }
  out.end_array().end_object().key("discarded").begin_object();
  for (std::size_t reason = 0; reason < store.discarded.size(); ++reason) {
    out.key(to_string(static_cast<model::loss_reason>(reason))).integer(store.discarded[reason]);
  }
  out.end_object().end_object();
  return body;
}

}  // namespace edge_rollup::serve
