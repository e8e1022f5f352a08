#include "wire/rollup_json.hpp"

#include "model/invariant.hpp"
#include "model/words.hpp"
#include "wire/json_writer.hpp"
#include "wire/rfc3339.hpp"
#include "wire/utf8.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <ratio>

namespace edge_rollup::wire {
namespace {

using model::node_detail;
using model::node_url_content;

// Guesses to reserve by; a body that is larger only costs a copy.
constexpr std::size_t usual_frame_bytes = 2048;
constexpr std::size_t usual_entry_bytes = 320;

/// For milliseconds with one digit after the point.
std::int64_t tenths_of_ms(model::nanoseconds time) {
  return std::chrono::round<std::chrono::duration<std::int64_t, std::ratio<1, 10'000>>>(time).count();
}

void write_optional(json_writer& out, std::string_view key, const std::optional<double>& value) {
  out.key(key);
  value ? out.real(*value) : out.null();
}

void write_optional(json_writer& out, std::string_view key, const std::optional<std::string>& value) {
  out.key(key);
  value ? out.text(*value) : out.null();
}

void write_success(json_writer& out, const model::summary& summary) {
  out.key("record_count").integer(summary.record_count);
  out.key("quality_score").real(summary.quality_score);
  write_optional(out, "last_updated", summary.last_updated);
  out.key("status").text("success");
}

void write_error(json_writer& out, const model::failure& failure) {
  out.key("status").text("error");
  if (failure.http_status) out.key("error_code").integer(*failure.http_status);
  out.key("error_message").text(to_valid_utf8(failure.message, max_error_message_bytes));
  out.key("error_kind").text(to_string(failure.kind));
}

void write_node(json_writer& out, const model::node& node, const model::poll_outcome& outcome,
                model::freshness freshness, node_url_content url_content) {
  out.begin_object();
  out.key("node_url").text(url_content == node_url_content::url ? node.url : node.name);
  outcome.ok() ? write_success(out, *outcome.answer) : write_error(out, outcome.answer.error());
  out.key("node").text(node.name);
  if (outcome.ok()) out.key("freshness").text(to_string(freshness));
  if (outcome.latency > model::nanoseconds{0}) out.key("latency_ms").tenths(tenths_of_ms(outcome.latency));
  if (!node.labels.empty()) {
    out.key("labels").begin_object();
    for (const auto& [name, value] : node.labels) out.key(name).text(value);
    out.end_object();
  }
  out.end_object();
}

void write_identity(json_writer& out, const model::rollup_label& label) {
  const auto& identity = label.identity;
  out.key("id");
  identity ? out.text(identity->id) : out.null();
  out.key("gateway").text(label.gateway);
  out.key("stream");
  identity ? out.text(identity->stream) : out.null();
  out.key("sequence");
  identity ? out.integer(identity->sequence) : out.null();
  if (identity && identity->reason) out.key("stream_reason").text(to_string(*identity->reason));
  if (identity && identity->previous_stream) out.key("previous_stream").text(*identity->previous_stream);
  out.key("instance").text(label.instance);
}

void write_round(json_writer& out, const model::round_facts& round, model::milliseconds interval) {
  out.key("trigger").text(to_string(round.trigger));
  out.key("scheduled");
  round.scheduled ? out.text(format_timestamp(*round.scheduled)) : out.null();
  out.key("round_started").text(format_timestamp(round.started));
  out.key("round_ms").tenths(tenths_of_ms(round.took));
  out.key("interval_s");
  const auto whole = std::chrono::floor<model::seconds>(interval);
  whole == interval ? out.integer(whole.count()) : out.real(std::chrono::duration<double>(interval).count());
  if (round.partial) out.key("partial").boolean(true);
  out.key("clock").text(to_string(round.clock));
}

void write_coverage(json_writer& out, const model::coverage& coverage) {
  out.key("coverage").begin_object();
  out.key("expected").integer(coverage.expected);
  out.key("ok").integer(coverage.ok);
  out.key("failed").integer(coverage.failed);
  out.key("skipped").integer(coverage.skipped);
  out.key("stale").integer(coverage.stale);
  out.key("unchanged").integer(coverage.unchanged);
  out.key("unknown").integer(coverage.unknown);
  out.end_object();
}

void write_quality(json_writer& out, const model::quality& quality) {
  out.key("quality").begin_object();
  write_optional(out, "mean_ok", quality.mean_ok);
  write_optional(out, "mean_all", quality.mean_all);
  write_optional(out, "record_weighted", quality.record_weighted);
  write_optional(out, "min", quality.min);
  write_optional(out, "max", quality.max);
  out.end_object();
}

void write_lost(json_writer& out, const model::loss& lost) {
  out.key("lost").begin_object();
  out.key("total").integer(lost.total);
  out.key("ranges").begin_array();
  for (const auto& range : lost.ranges) {
    out.begin_object();
    out.key("from").integer(range.from);
    out.key("to").integer(range.to);
    out.key("reason").text(to_string(range.reason));
    out.end_object();
  }
  out.end_array();
  out.end_object();
}

void write_health(json_writer& out, const model::health& health) {
  out.key("health").begin_object();
  out.key("version").text(health.version);
  out.key("uptime_s").integer(health.uptime_s);
  out.key("rounds_skipped").integer(health.rounds_skipped);
  out.key("pending").integer(health.pending);
  out.key("dead").integer(health.dead);
  out.key("disk_free_bytes");
  health.disk_free_bytes ? out.integer(*health.disk_free_bytes) : out.null();
  out.end_object();
}

void write_rollup(json_writer& out, const model::rollup& rollup, const model::rollup_label& label, node_detail detail) {
  out.key("rollup").begin_object();
  out.key("version").integer(rollup_format_version);
  write_identity(out, label);
  write_round(out, rollup.round, label.interval);
  out.key("record_kind").text(to_string(label.record_kind));
  out.key("detail").text(to_string(detail));
  if (rollup.records_saturated) out.key("records_saturated").boolean(true);
  write_coverage(out, rollup.coverage);
  write_quality(out, rollup.quality);
  write_lost(out, label.lost);
  write_health(out, label.health);
  out.end_object();
}

bool is_told(node_detail detail, const model::poll_outcome& outcome, model::freshness freshness) {
  switch (detail) {
    case node_detail::full: return true;
    case node_detail::errors: return !outcome.ok() || freshness == model::freshness::stale;
    case node_detail::totals: break;
  }
  return false;
}

std::string body_with(node_detail detail, const model::rollup& rollup, const model::rollup_label& label,
                      std::span<const model::node> nodes, std::span<const model::poll_outcome> outcomes,
                      node_url_content url_content) {
  std::string body;
  body.reserve(usual_frame_bytes + (detail == node_detail::full ? nodes.size() * usual_entry_bytes : 0));
  json_writer out{body};
  out.begin_object();
  out.key("timestamp").text(format_timestamp(rollup.round.scheduled.value_or(rollup.round.started)));
  out.key("edge_nodes").integer(nodes.size());
  out.key("total_records").integer(rollup.total_records);
  out.key("data_quality_score").real(rollup.data_quality_score);
  out.key("node_data").begin_array();
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    const auto freshness = rollup.node_freshness[i];
    if (is_told(detail, outcomes[i], freshness)) write_node(out, nodes[i], outcomes[i], freshness, url_content);
  }
  out.end_array();
  write_rollup(out, rollup, label, detail);
  out.end_object();
  return body;
}

}  // namespace

std::string to_json(const model::rollup& rollup, const model::rollup_label& label, std::span<const model::node> nodes,
                    std::span<const model::poll_outcome> outcomes, const model::report_options& options) {
  EDGE_ROLLUP_INVARIANT(nodes.size() == outcomes.size() && nodes.size() == rollup.node_freshness.size());
  std::string body;
  for (const auto detail : {node_detail::full, node_detail::errors, node_detail::totals}) {
    if (detail < options.node_data) continue;
    body = body_with(detail, rollup, label, nodes, outcomes, options.node_url);
    if (body.size() <= options.max_body) break;
  }
  return body;
}

std::string marked_as_test(std::string body, std::string_view id) {
  // No text in the body can hold this: its quotes would be escaped there.
  constexpr std::string_view begin = "\"rollup\":{";
  const auto found = body.find(begin);
  EDGE_ROLLUP_INVARIANT(found != std::string::npos);
  constexpr std::string_view no_id = "\"id\":null";
  const auto id_at = body.find(no_id, found);
  EDGE_ROLLUP_INVARIANT(id_at != std::string::npos);
  body.replace(id_at, no_id.size(), std::string("\"id\":\"").append(id).append("\""));
  return body.insert(found + begin.size(), "\"test\":true,");
}

}  // namespace edge_rollup::wire
