#include "daemon/command/entry_list.hpp"

#include "daemon/text/age_text.hpp"
#include "daemon/text/aligned_lines.hpp"
#include "daemon/text/bytes_text.hpp"
#include "model/grouped.hpp"
#include "observe/one_line.hpp"
#include "wire/excerpt.hpp"
#include "wire/indented_json.hpp"
#include "wire/json_writer.hpp"
#include "wire/rfc3339.hpp"

#include <fmt/format.h>

#include <array>
#include <cstddef>
#include <vector>

namespace edge_rollup::daemon {
namespace {

constexpr std::array columns{alignment::right, alignment::left, alignment::left,
                             alignment::right, alignment::left, alignment::left};
constexpr std::size_t shown_id_bytes = 64;  // a UUID, unless the file was written by somebody else

/// "422 Unprocessable Content: quality_score is missing", "none: connect to 10.0.0.9:443: refused". The file may have
/// been written by somebody else.
std::string answer_text(const outbox::last_answer& came) {
  const auto words = observe::one_line(came.words, outbox::answer_words_max_bytes);
  if (!came.status) return "none: " + words;
  return words.empty() ? std::to_string(*came.status) : fmt::format("{} {}", *came.status, words);
}

std::string short_answer(const std::optional<outbox::last_answer>& came) {
  if (!came) return "-";
  return came->status ? std::to_string(*came->status) : "none";
}

void write_answer(wire::json_writer& out, const std::optional<outbox::last_answer>& came) {
  if (!came) {
    out.null();
    return;
  }
  out.begin_object().key("status");
  came->status ? out.integer(static_cast<std::uint64_t>(*came->status)) : out.null();
  out.key("words").text(came->words).end_object();
}

void write_facts(wire::json_writer& out, const outbox::stored_entry& entry) {
  out.key("sequence").integer(entry.progress.sequence);
  out.key("id").text(entry.id);
  out.key("state").text(to_string(entry.progress.state));
  out.key("stored_at").text(wire::format_timestamp(entry.stored_at));
  out.key("tries").integer(entry.progress.tries);
  write_answer(out.key("last_answer"), entry.answer);
  out.key("body_bytes").integer(entry.body_bytes);
  out.key("stored_bytes").integer(entry.stored_bytes);
}

}  // namespace

std::string_view to_string(outbox::entry_state state) noexcept {
  constexpr std::array<std::string_view, 3> words{"pending", "aside", "dead"};
  return words[static_cast<std::size_t>(state)];
}

std::string entry_table(std::span<const outbox::stored_entry> entries, const outbox::overview& glance,
                        const std::filesystem::path& directory, model::wall_time now) {
  std::vector<std::vector<std::string>> rows{{"SEQ", "STATE", "STORED", "TRIES", "ANSWER", "ID"}};
  for (const auto& each : entries) {
    rows.push_back({std::to_string(each.progress.sequence), std::string(to_string(each.progress.state)),
                    age_text(now - each.stored_at), model::grouped(each.progress.tries), short_answer(each.answer),
                    wire::excerpt(each.id, shown_id_bytes)});
  }
  std::string text;
  if (!entries.empty()) {
    for (const auto& line : aligned_lines(columns, rows)) text += line + "\n";
    text += "\n";
  }
  text += fmt::format("outbox  {} waiting, {} dead, {} in {}\n", model::grouped(glance.pending),
                      model::grouped(glance.dead), bytes_text(glance.bytes), directory.native());
  return text;
}

std::string entries_json(std::span<const outbox::stored_entry> entries, const outbox::overview& glance,
                         const std::filesystem::path& directory) {
  std::string text;
  wire::json_writer out(text);
  out.begin_object();
  out.key("directory").text(directory.native());
  out.key("stream").text(glance.stream);
  out.key("next_sequence").integer(glance.next_sequence);
  out.key("pending").integer(glance.pending);
  out.key("dead").integer(glance.dead);
  out.key("stored_bytes").integer(glance.bytes);
  out.key("entries").begin_array();
  for (const auto& each : entries) {
    out.begin_object();
    write_facts(out, each);
    out.end_object();
  }
  out.end_array().end_object();
  return text + "\n";
}

std::string entry_page(const outbox::stored_entry& entry, std::string_view body, model::wall_time now) {
  const auto& [sequence, state, tries, troubled_tries, troubled] = entry.progress;
  return fmt::format(
      "rollup  {}, {}\n"
      "id      {}\n"
      "stored  {}, {}\n"
      "tries   {}, {} of them held against it\n"
      "answer  {}\n"
      "size    {} bytes, {} on disk\n\n{}\n",
      sequence, to_string(state), wire::excerpt(entry.id, shown_id_bytes), wire::format_timestamp(entry.stored_at),
      age_text(now - entry.stored_at), model::grouped(tries), model::grouped(troubled_tries),
      entry.answer ? answer_text(*entry.answer) : "-", model::grouped(entry.body_bytes),
      model::grouped(entry.stored_bytes), wire::indented_json(body));
}

std::string export_line(const outbox::stored_entry& entry, std::optional<std::string_view> body) {
  std::string text;
  wire::json_writer out(text);
  out.begin_object();
  write_facts(out, entry);
  out.key("body");
  if (body) {
    text += *body;
  } else {
    text += "null";
  }
  return text + "}\n";
}

}  // namespace edge_rollup::daemon
