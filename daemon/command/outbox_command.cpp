#include "daemon/command/outbox_command.hpp"

#include "daemon/command/entry_list.hpp"
#include "daemon/command/open_visited_store.hpp"
#include "daemon/text/progress_line.hpp"
#include "daemon/text/standard_streams.hpp"
#include "model/grouped.hpp"
#include "outbox/visited_store.hpp"
#include "runtime/new_file.hpp"
#include "runtime/system_clock.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <string>
#include <utility>

namespace edge_rollup::daemon {
namespace {

using model::error_kind;
using model::fail;
using model::result;
using outbox::visited_store;

constexpr std::uint64_t lines_between_reports = 256;

result<exit_code> print_and_end(std::string_view text) {
  if (auto printed = print(text); !printed) return std::unexpected(std::move(printed.error()));
  return exit_code::ok;
}

std::unexpected<model::error> not_there(const visited_store& store, std::string_view what) {
  return fail(error_kind::no_input,
              fmt::format("no {} in {}; edge-rollup outbox list shows what is there", what, store.file().native()));
}

std::string words_of(const outbox::entry_selection& which) {
  const auto* range = std::get_if<outbox::sequence_range>(&which);
  if (range == nullptr) return "dead letters";
  return range->from == range->to ? fmt::format("rollup {}", range->from)
                                  : fmt::format("rollups from {} to {}", range->from, range->to);
}

result<exit_code> carry_out(const list_rollups&, visited_store& store, output_form form) {
  const auto glance = store.look();
  if (!glance) return std::unexpected(glance.error());
  const auto entries = store.list();
  if (!entries) return std::unexpected(entries.error());
  const auto directory = store.file().parent_path();
  return print_and_end(form == output_form::json
                           ? entries_json(*entries, *glance, directory)
                           : entry_table(*entries, *glance, directory, runtime::wall_clock_now()));
}

result<exit_code> carry_out(const show_rollup& asked, visited_store& store, output_form form) {
  const auto entry = store.find(asked.sequence);
  if (!entry) return std::unexpected(entry.error());
  const auto record = store.load(asked.sequence);
  if (!record) return std::unexpected(record.error());
  if (!*entry || !*record) return not_there(store, fmt::format("rollup {}", asked.sequence));
  const auto& body = (*record)->body;
  return print_and_end(form == output_form::json ? body + "\n" : entry_page(**entry, body, runtime::wall_clock_now()));
}

/// Why a change that went well has changed nothing. A range in which nothing is stored is more likely a slip than a
/// wish.
result<std::string> why_nothing(const outbox::entry_selection& which, visited_store& store) {
  const auto* range = std::get_if<outbox::sequence_range>(&which);
  if (range == nullptr) return fmt::format("no dead letter in {}", store.file().parent_path().native());
  const auto entries = store.list();
  if (!entries) return std::unexpected(entries.error());
  const auto is_meant = [range](const outbox::stored_entry& each) {
    return range->from <= each.progress.sequence && each.progress.sequence <= range->to;
  };
  const auto first = std::ranges::find_if(*entries, is_meant);
  if (first == entries->end()) return not_there(store, "such " + words_of(which));
  if (range->from != range->to) return fmt::format("none of the {} is dead: they are offered anyway", words_of(which));
  return fmt::format("{} is {}: it is offered anyway", words_of(which), to_string(first->progress.state));
}

/// What a change came to.
result<exit_code> report_change(const result<std::uint64_t>& changed, const outbox::entry_selection& which,
                                visited_store& store, output_form form, std::string_view done,
                                std::string_view what_follows) {
  if (!changed) return std::unexpected(changed.error());
  const auto why = *changed == 0 ? why_nothing(which, store) : std::string(what_follows);
  if (!why) return std::unexpected(why.error());
  if (form == output_form::json) return print_and_end(fmt::format("{{\"{}\":{}}}\n", done, *changed));
  return print_and_end(fmt::format("{} {}; {}\n", model::grouped(*changed), done, *why));
}

result<exit_code> carry_out(const retry_rollups& asked, visited_store& store, output_form form) {
  progress_line progress("requeueing");
  const auto requeued = store.requeue(asked.which, std::bind_front(&progress_line::show, &progress));
  return report_change(requeued, asked.which, store, form, "requeued", "a running daemon offers within seconds");
}

result<exit_code> carry_out(const drop_rollups& asked, visited_store& store, output_form form) {
  if (asked.confirmed == confirmation::missing) {
    return fail(error_kind::usage,
                fmt::format("{} would be discarded for ever: add --yes if that is meant", words_of(asked.which)));
  }
  progress_line progress("dropping");
  const auto dropped = store.drop(asked.which, std::bind_front(&progress_line::show, &progress));
  return report_change(dropped, asked.which, store, form, "dropped", "the next rollups tell the cloud of it");
}

/// Writes every rollup that is still there when its turn comes; the number of those that are damaged.
result<std::uint64_t> write_lines(visited_store& store, const std::function<result<void>(std::string_view)>& write) {
  const auto entries = store.list();
  if (!entries) return std::unexpected(entries.error());
  progress_line progress("exporting");
  std::uint64_t done = 0, damaged = 0;
  for (const auto& entry : *entries) {
    const auto record = store.load(entry.progress.sequence);
    const bool is_damaged = !record && record.error().kind == error_kind::bad_data;
    if (!record && !is_damaged) return std::unexpected(record.error());
    if (is_damaged) {
      complain(record.error().text);
      ++damaged;
    }
    if (is_damaged || *record) {
      const auto body = is_damaged ? std::nullopt : std::optional<std::string_view>((*record)->body);
      if (auto written = write(export_line(entry, body)); !written) return std::unexpected(written.error());
    }
    if (++done % lines_between_reports == 0) progress.show(done, entries->size());
  }
  return damaged;
}

result<std::uint64_t> write_file(visited_store& store, const std::string& name) {
  auto file = runtime::new_file::begin(name, runtime::taken_name::refused);
  if (!file) return std::unexpected(std::move(file.error()));
  auto damaged = write_lines(store, std::bind_front(&runtime::new_file::append, &*file));
  if (!damaged) return damaged;
  if (auto placed = file->put_in_place(); !placed) return std::unexpected(std::move(placed.error()));
  return damaged;
}

result<exit_code> carry_out(const export_rollups& asked, visited_store& store, output_form) {
  const auto damaged = asked.file == "-" ? write_lines(store, print) : write_file(store, asked.file);
  if (!damaged) return std::unexpected(damaged.error());
  return *damaged == 0 ? exit_code::ok : exit_code::bad_data;
}

}  // namespace

model::result<exit_code> look_after_outbox(const outbox_command& asked) {
  auto store = open_visited_store(asked.visit.settings);
  if (!store) return std::unexpected(std::move(store.error()));
  return std::visit([&](const auto& action) { return carry_out(action, *store, asked.visit.form); }, asked.action);
}

}  // namespace edge_rollup::daemon
