#include "daemon/check/finding_list.hpp"

#include "daemon/text/paragraph.hpp"
#include "model/grouped.hpp"
#include "wire/json_writer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>

namespace edge_rollup::daemon {
namespace {

constexpr std::size_t topic_begins = 9;
constexpr std::size_t text_begins = 22;

std::string_view to_string(finding_level level) {
  constexpr std::array<std::string_view, 3> words{"ok", "warning", "error"};
  return words.at(static_cast<std::size_t>(level));
}

std::uint64_t count_of(const findings& found, finding_level level) {
  return static_cast<std::uint64_t>(std::ranges::count(found, level, &finding::level));
}

finding_level worst_of(const findings& found) {
  auto worst = finding_level::ok;
  for (const auto& each : found) worst = std::max(worst, each.level);
  return worst;
}

}  // namespace

std::string finding_table(const findings& found) {
  std::string text;
  for (const auto& each : found) {
    const auto label = fmt::format("{:<{}}{}", to_string(each.level), topic_begins, each.topic);
    text += paragraph(label, text_begins, each.what);
    if (!each.remedy.empty()) text += paragraph("", text_begins, "-> " + each.remedy);
  }
  const auto errors = count_of(found, finding_level::error);
  const auto warnings = count_of(found, finding_level::warning);
  text += errors + warnings == 0
              ? "\ncheck  nothing to mend\n"
              : fmt::format("\ncheck  {}, {}\n", model::counted(errors, "error"), model::counted(warnings, "warning"));
  return text;
}

std::string findings_json(const findings& found, const std::optional<setup_cost>& cost) {
  std::string text;
  wire::json_writer out(text);
  out.begin_object();
  out.key("verdict").text(to_string(worst_of(found)));
  out.key("findings").begin_array();
  for (const auto& each : found) {
    out.begin_object();
    out.key("level").text(to_string(each.level));
    out.key("topic").text(each.topic);
    out.key("what").text(each.what);
    out.key("remedy");
    each.remedy.empty() ? out.null() : out.text(each.remedy);
    out.end_object();
  }
  out.end_array().key("cost");
  if (cost) {
    out.begin_object();
    out.key("rollup_bytes").integer(cost->rollup_bytes);
    out.key("month_bytes").integer(cost->month_bytes);
    out.key("outbox_rollups").integer(cost->outbox_rollups);
    out.key("outbox_s").integer(std::chrono::floor<model::seconds>(cost->outbox_lasts).count());
    out.end_object();
  } else {
    out.null();
  }
  out.end_object();
  return text + "\n";
}

exit_code code_of(const findings& found) {
  const auto first = std::ranges::find(found, finding_level::error, &finding::level);
  return first == found.end() ? exit_code::ok : first->code;
}

}  // namespace edge_rollup::daemon
