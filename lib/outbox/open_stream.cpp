#include "outbox/open_stream.hpp"

#include "outbox/loss_table.hpp"
#include "outbox/meta_twin.hpp"
#include "outbox/schema.hpp"
#include "outbox/statement_use.hpp"
#include "outbox/stored_values.hpp"
#include "runtime/crash_point.hpp"

#include <SQLiteCpp/Statement.h>
#include <SQLiteCpp/Transaction.h>

namespace edge_rollup::outbox {
namespace {

/// The process before could not store everything and has died: nobody knows which of these numbers the cloud has seen.
void declare_reserved(SQLite::Database& database) {
  const auto next = to_count(database.execAndGet("SELECT next_sequence FROM meta"));
  const auto reserved_to = to_count(database.execAndGet("SELECT reserved_to FROM meta"));
  if (reserved_to < next) return;
  declare_loss(database, {next, reserved_to, model::loss_reason::disk}, reserved_to + 1);
  database.exec("UPDATE meta SET next_sequence = reserved_to + 1, reserved_to = 0");
}

void recognise_machine(SQLite::Database& database, const store_parameters& parameters) {
  if (parameters.machine == fingerprint{}) return;
  const auto known = fingerprint_from(database.execAndGet("SELECT machine FROM meta").getString());
  if (known == parameters.machine) return;
  if (!is_same_machine(known, parameters.machine)) {
    change_stream(database, parameters.new_stream_id, model::stream_reason::moved);
  }
  SQLite::Statement learn(database, "UPDATE meta SET machine = ?");
  use(learn, to_text(parameters.machine)).run();
}

}  // namespace

void open_stream(SQLite::Database& database, const store_parameters& parameters, process_life life) {
  SQLite::Transaction transaction(database, SQLite::TransactionBehavior::IMMEDIATE);
  SQLite::Statement begin(database,
                          "INSERT INTO meta (row, stream, stream_reason, gateway, next_sequence, lost_total)"
                          " VALUES (1, ?, 'new', ?, 1, 0) ON CONFLICT DO NOTHING");
  use(begin, parameters.new_stream_id, parameters.gateway).run();
  make_twins(database);
  compare_with_twins(database);  // before anything is written that a trigger would copy
  if (life == process_life::begins) declare_reserved(database);
  recognise_machine(database, parameters);
  runtime::crash_point("open", "before_commit");
  transaction.commit();
  runtime::crash_point("open", "after_commit");
}

void go_on_with(SQLite::Database& database, const memory_stream& stream) {
  // A stream of which no number was used, or reserved for use, was never heard of.
  SQLite::Statement change(
      database,
      "UPDATE meta SET"
      " previous_stream = iif(stream_from < max(next_sequence, reserved_to + 1), stream, previous_stream),"
      " stream_reason ="
      " iif(?, NULL, iif(stream_from < max(next_sequence, reserved_to + 1), 'new', stream_reason)),"
      " stream = ?, stream_from = ?");
  use(change, stream.told ? 1 : 0, stream.id, to_integer(stream.from)).run();
}

void change_stream(SQLite::Database& database, const std::string& id, model::stream_reason reason) {
  SQLite::Statement change(database,
                           "UPDATE meta SET previous_stream = stream, stream = ?, stream_reason = ?,"
                           " stream_from = next_sequence");
  use(change, id, to_word(stream_reason_words, reason)).run();
}

}  // namespace edge_rollup::outbox
