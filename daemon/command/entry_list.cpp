#include "daemon/command/entry_list.hpp"

#include "daemon/text/age_text.hpp"
#include "daemon/text/aligned_lines.hpp"
#include "model/grouped.hpp"
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

constexpr std::array columns{alignment::right, alignment::left,  alignment::left,
                             alignment::right, alignment::right, alignment::left};
constexpr std::size_t shown_id_bytes = 64;  // a UUID, unless the file was written by somebody else

std::string_view to_string(outbox::entry_state state) {
  constexpr std::array<std::string_view, 3> words{"pending", "aside", "dead"};
  return words.at(static_cast<std::size_t>(state));
}

void write_facts(wire::json_writer& out, const outbox::stored_entry& entry) {
  out.key("sequence").integer(entry.progress.sequence);
  out.key("id").text(entry.id);
  out.key("state").text(to_string(entry.progress.state));
  out.key("stored_at").text(wire::format_timestamp(entry.stored_at));
  out.key("tries").integer(entry.progress.tries);
  out.key("body_bytes").integer(entry.body_bytes);
  out.key("stored_bytes").integer(entry.stored_bytes);
}

}  // namespace

std::string entry_table(std::span<const outbox::stored_entry> entries, const outbox::overview& glance,
                        const std::filesystem::path& directory, model::wall_time now) {
  std::vector<std::vector<std::string>> rows{{"SEQ", "STATE", "STORED", "TRIES", "BYTES", "ID"}};
  for (const auto& each : entries) {
    rows.push_back({std::to_string(each.progress.sequence), std::string(to_string(each.progress.state)),
                    age_text(now - each.stored_at), model::grouped(each.progress.tries),
                    model::grouped(each.body_bytes), wire::excerpt(each.id, shown_id_bytes)});
  }
  std::string text;
  if (!entries.empty()) {
    for (const auto& line : aligned_lines(columns, rows)) text += line + "\n";
    text += "\n";
  }
  text += fmt::format("outbox  {} waiting, {} dead, {} bytes in {}\n", model::grouped(glance.pending),
                      model::grouped(glance.dead), model::grouped(glance.bytes), directory.native());
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
      "tries   {}, of them {} troubled\n"
      "size    {} bytes, {} on disk\n\n{}\n",
      sequence, to_string(state), wire::excerpt(entry.id, shown_id_bytes), wire::format_timestamp(entry.stored_at),
      age_text(now - entry.stored_at), model::grouped(tries), model::grouped(troubled_tries),
      model::grouped(entry.body_bytes), model::grouped(entry.stored_bytes), wire::indented_json(body));
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
