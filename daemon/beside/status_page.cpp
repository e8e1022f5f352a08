#include "daemon/beside/status_page.hpp"

#include "daemon/text/age_text.hpp"
#include "daemon/text/bytes_text.hpp"
#include "daemon/text/paragraph.hpp"
#include "daemon/text/took_text.hpp"
#include "model/grouped.hpp"
#include "wire/excerpt.hpp"
#include "wire/rfc3339.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace edge_rollup::daemon {
namespace {

using wire::json_view;

constexpr std::size_t label_columns = 10;
constexpr std::size_t longest_text = 1024;  // bytes of what the daemon quotes from others

std::string text_of(const json_view& value) {
  return wire::excerpt(value.text().value_or("-"), longest_text);
}

std::uint64_t count_of(const json_view& value) {
  return value.count().value_or(0);
}

std::string number_of(const json_view& value) {
  const auto count = value.count();
  return count ? model::grouped(*count) : "-";
}

std::optional<model::wall_time> time_of(const json_view& value) {
  const auto text = value.text();
  return text ? wire::parse_timestamp(*text) : std::nullopt;
}

/// "3 min ago", "in 3 min"; empty where there is no time.
std::string when(const json_view& value, model::wall_time now) {
  const auto time = time_of(value);
  if (!time) return "";
  return *time > now ? "in " + span_text(*time - now) : age_text(now - *time);
}

std::string fact(std::string_view label, std::string_view text) {
  return paragraph(label, label_columns, text);
}

std::string nodes_text(const json_view& status) {
  const auto nodes = status.at("nodes");
  if (status.at("last_round").is_null()) {
    const auto expected = count_of(nodes.at("expected"));
    return expected == 0 ? "none known yet" : fmt::format("none of {} asked to the end yet", model::grouped(expected));
  }
  auto text = fmt::format("{} of {} ok", number_of(nodes.at("ok")), number_of(nodes.at("expected")));
  for (const auto* const state : {"failed", "skipped", "stale", "unchanged", "unknown"}) {
    const auto count = count_of(nodes.at(state));
    if (count > 0)
      text +=
          fmt::format(", {} {}{}", model::grouped(count), state, std::string_view(state) == "unknown" ? " age" : "");
  }
  return text;
}

std::string round_text(const json_view& status, model::wall_time now) {
  const auto round = status.at("last_round");
  const auto next = when(status.at("next_round"), now);
  const auto due = next.empty() ? "" : fmt::format("; next {}", next);
  if (round.is_null()) return "none yet" + due;
  const auto quality = round.at("quality").real();
  return fmt::format("{}, {}, {} records, quality {}, in {}{}", number_of(round.at("number")),
                     when(round.at("started"), now), number_of(round.at("records")),
                     quality ? fmt::format("{:.3f}", *quality) : "-", took_text(round.at("ms").real().value_or(0)),
                     due);
}

std::string delivery_text(const json_view& delivery, model::wall_time now) {
  const auto last = when(delivery.at("last_delivered"), now);
  const auto next = when(delivery.at("next_try"), now);
  const auto failures = count_of(delivery.at("consecutive_failures"));
  auto text = fmt::format("{}, {}", text_of(delivery.at("state")),
                          last.empty() ? "nothing delivered yet" : "last delivered " + last);
  if (failures > 0)
    text += fmt::format(", failed {}{}", model::counted(failures, "time"), last.empty() ? "" : " since");
  if (!next.empty()) text += ", next try " + next;
  return text;
}

/// Why the last try failed. A hold says it itself.
std::string failure_paragraph(const json_view& delivery, model::wall_time now) {
  const auto failed = delivery.at("last_failure");
  if (failed.is_null() || !delivery.at("hold").is_null()) return "";
  const auto status = failed.at("status").count();
  return fact("", fmt::format("the last try, {}: {}{}", when(failed.at("at"), now),
                              status ? std::to_string(*status) + " " : "", text_of(failed.at("words"))));
}

std::string outbox_text(const json_view& outbox) {
  auto text = fmt::format("{} waiting, {} dead, {}", number_of(outbox.at("pending")), number_of(outbox.at("dead")),
                          bytes_text(count_of(outbox.at("bytes"))));
  const auto limit = count_of(outbox.at("limit_bytes"));
  if (limit > 0) text += " of " + bytes_text(limit);
  if (const auto runway = outbox.at("runway_s").count()) {
    text += ", lasts " + span_text(std::chrono::seconds(static_cast<std::int64_t>(*runway)));
  }
  if (const auto lost = count_of(outbox.at("lost_total"))) text += fmt::format(", {} lost", model::grouped(lost));
  if (outbox.at("in_memory_only").is_true()) text += "; in memory only, the disk takes nothing";
  return text;
}

std::string settings_text(const json_view& settings, model::wall_time now) {
  const auto file = settings.at("file").text();
  auto text = file ? wire::excerpt(*file, longest_text) : "no file";
  const auto reloaded = when(settings.at("last_reload"), now);
  if (reloaded.empty()) return text;
  if (settings.at("last_reload_successful").is_true()) return text + ", read again " + reloaded;
  return text + fmt::format("; the reload {} failed, those of before are in effect", reloaded);  // the verdict says why
}

std::string hold_paragraphs(const json_view& hold, model::wall_time now) {
  if (hold.is_null()) return "";
  return fact("hold", fmt::format("{}, since {}: {}", text_of(hold.at("reason")), when(hold.at("since"), now),
                                  text_of(hold.at("text")))) +
         fact("", "-> " + text_of(hold.at("next_step")));
}

}  // namespace

std::string status_page(const json_view& status, model::wall_time now) {
  const auto uptime = std::chrono::seconds(static_cast<std::int64_t>(count_of(status.at("uptime_s"))));
  const auto verdict = status.at("verdict");
  const auto level = text_of(verdict.at("level"));
  const auto text = text_of(verdict.at("text"));
  const auto delivery = status.at("delivery");
  const auto disk = status.at("disk_free_bytes").count();
  return fact("verdict", level == text ? level : level + ": " + text) +
         fact("gateway", fmt::format("{}, edge-rollup {}, process {}, up {}", text_of(status.at("gateway")),
                                     text_of(status.at("version")), count_of(status.at("pid")), span_text(uptime))) +
         fact("nodes", nodes_text(status)) + fact("round", round_text(status, now)) +
         fact("cloud", text_of(delivery.at("url"))) + fact("delivery", delivery_text(delivery, now)) +
         failure_paragraph(delivery, now) + hold_paragraphs(delivery.at("hold"), now) +
         fact("outbox", outbox_text(status.at("outbox"))) +
         fact("disk", (disk ? bytes_text(*disk) : "-") + " free in " + text_of(status.at("state_dir"))) +
         fact("settings", settings_text(status.at("config"), now)) + fact("clock", text_of(status.at("clock")));
}

std::string status_line(const json_view& status, model::wall_time now) {
  return fmt::format("{}  {}: nodes {}; delivery {}; outbox {} waiting\n", wire::format_timestamp(now),
                     text_of(status.at("verdict").at("level")), nodes_text(status),
                     text_of(status.at("delivery").at("state")), number_of(status.at("outbox").at("pending")));
}

std::string probe_line(const json_view& status) {
  const auto code = probe_code(status);
  const auto* const word = code == exit_code::ok ? "OK" : code == exit_code::warning ? "WARNING" : "CRITICAL";
  const auto nodes = status.at("nodes");
  const auto outbox = status.at("outbox");
  // A '|' would begin the performance data.
  auto text = text_of(status.at("verdict").at("text"));
  std::ranges::replace(text, '|', '/');
  const auto expected = count_of(nodes.at("expected"));
  auto line = fmt::format("EDGE-ROLLUP {} - {} |", word, code == exit_code::ok ? nodes_text(status) : text);
  for (const auto* const state : {"ok", "failed", "skipped"}) {
    line += fmt::format(" nodes_{}={};;;0;{}", state, count_of(nodes.at(state)), expected);
  }
  return line +
         fmt::format(" pending={};;;0 dead={};;;0\n", count_of(outbox.at("pending")), count_of(outbox.at("dead")));
}

exit_code probe_code(const json_view& status) {
  const auto level = status.at("verdict").at("level").text();
  if (level == "ok") return exit_code::ok;
  return level == "warning" ? exit_code::warning : exit_code::critical;
}

}  // namespace edge_rollup::daemon
