#include "outbox/salvage_run.hpp"

#include "outbox/answer_table.hpp"
#include "outbox/loss_table.hpp"
#include "outbox/schema.hpp"
#include "outbox/statement_use.hpp"
#include "outbox/stored_values.hpp"

#include <SQLiteCpp/Statement.h>

#include <algorithm>
#include <utility>

namespace edge_rollup::outbox {

/// A step while it is made.
class salvage_run::one_step {
 public:
  one_step(salvage_run& run, const SQLite::Database& fresh)
      : run_{run},
        fresh_{fresh},
        insert_{fresh,
                "INSERT INTO rollup (sequence, id, stored_at, raw_bytes, checksum, body, state, tries, troubled_tries,"
                " troubled_ms, kept_at_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING"} {
    gain_.progress = run.progress_;
  }

  salvage_gain make() {
    while (has_budget() && !gain_.progress.ended) {
      auto rows = run_.rows_from(gain_.progress.position);
      read_on(rows);
      const bool leads_on = has_budget() && find_next();
      if (!leads_on) run_.stands_at_.emplace(gain_.progress.position, std::move(rows));
    }
    note_salvage(fresh_, gain_.progress);
    return gain_;
  }

 private:
  [[nodiscard]] bool has_budget() const {
    const auto in_vain = run_.source_.damaged_bytes() - damaged_before_;
    return saved_bytes_ + in_vain < step_bytes && lookups_ < step_lookups;
  }

  /// Record after record, as far as that goes.
  void read_on(found_rows& rows) {
    while (has_budget() && rows.next()) {
      const auto& row = rows.row();
      if (!row) lookups_ += 1;
      if (!row) continue;
      if (row->sequence >= gain_.progress.end) return;
      while (has_budget()) {
        const auto passed_over = run_.next_candidate(gain_, row->sequence);
        if (!passed_over) break;
        look_for(*passed_over);
      }
      if (has_budget()) {
        save(*row);
      } else {
        rows.stay();
      }
    }
  }

  /// Number by number. Returns whether one was found, from which reading goes on.
  bool find_next() {
    while (has_budget()) {
      const auto candidate = run_.next_candidate(gain_, gain_.progress.end);
      if (!candidate) gain_.progress.ended = true;
      if (!candidate) return false;
      if (look_for(*candidate)) return true;
    }
    return false;
  }

  bool look_for(std::uint64_t sequence) {
    lookups_ += 1;
    const bool is_indexed = std::ranges::binary_search(run_.indexed_.found, sequence);
    if (!is_indexed) gain_.blind_lookups += 1;
    if (const auto row = run_.source_.find(sequence)) {
      save(*row);
      return true;
    }
    const bool is_known = is_indexed || gain_.progress.saved + gain_.progress.lost > 0;
    if (is_known && !run_.is_told(sequence)) lose(sequence);
    gain_.progress.position = sequence;
    return false;
  }

  void lose(std::uint64_t sequence) {
    const auto noted = declare_loss(fresh_, {sequence, sequence, model::loss_reason::damage}, first_to_tell(fresh_));
    gain_.lost += noted;
    gain_.progress.lost += noted;
  }

  void save(const intact_row& row) {
    use insertion(insert_, to_integer(row.sequence), row.id, row.stored_at, row.raw_bytes, row.checksum);
    insert_.bindNoCopy(6, row.packed.data(), static_cast<int>(row.packed.size()));  // read by the run below only
    insert_.bind(7, to_word(state_words, row.state));
    insert_.bind(8, row.tries);
    insert_.bind(9, row.troubled_tries);
    insert_.bind(10, row.troubled_ms);
    insert_.bind(11, row.kept_at_ms);
    const auto saved = insertion.run();
    const auto came = saved > 0 ? run_.source_.answer(row.sequence) : std::nullopt;
    if (came) note_answer(fresh_, row.sequence, *came);
    (row.state == entry_state::dead ? gain_.dead : gain_.pending) += saved;
    gain_.bytes += row.packed.size() * saved;
    saved_bytes_ += row.packed.size();
    gain_.progress.saved += saved;
    gain_.progress.position = row.sequence;
  }

  salvage_run& run_;
  const SQLite::Database& fresh_;
  SQLite::Statement insert_;
  salvage_gain gain_;
  std::uint64_t damaged_before_ = run_.source_.damaged_bytes();
  std::uint64_t saved_bytes_ = 0;
  std::uint64_t lookups_ = 0;
};

salvage_run::salvage_run(const std::filesystem::path& directory, salvage_progress from)
    : source_{directory / from.source},
      progress_{std::move(from)},
      indexed_{source_.indexed()},
      told_{source_.losses()} {}

salvage_gain salvage_run::step(const SQLite::Database& fresh) {
  return one_step(*this, fresh).make();
}

/// A step that was not committed is made again from where it began.
found_rows salvage_run::rows_from(std::uint64_t position) {
  auto place = std::exchange(stands_at_, std::nullopt);
  const bool goes_on = place && place->first == position;
  return goes_on ? std::move(place->second) : found_rows(source_, position);
}

/// The lowest number that should be there, above those that were looked at so far.
std::optional<std::uint64_t> salvage_run::next_candidate(const salvage_gain& so_far, std::uint64_t below) const {
  const auto above = so_far.progress.position;
  std::optional<std::uint64_t> next;
  const auto indexed = std::ranges::upper_bound(indexed_.found, above);
  if (indexed != indexed_.found.end()) next = *indexed;
  if (!indexed_.complete && so_far.blind_lookups < blind_lookups_left_) {
    const auto far_below = progress_.end > most_lookups ? progress_.end - most_lookups : 1;
    next = above > 0 ? above + 1 : std::min(next.value_or(far_below), far_below);
  }
  return next && *next < below ? next : std::nullopt;
}

bool salvage_run::is_told(std::uint64_t sequence) const {
  return std::ranges::any_of(told_,
                             [sequence](const auto& each) { return each.from <= sequence && sequence <= each.to; });
}

}  // namespace edge_rollup::outbox
