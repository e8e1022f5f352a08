// `edge-rollup once`: one round, kept and offered like any other, and printed.
#include "daemon/check/nodes_verdict.hpp"
#include "daemon/daemon.hpp"
#include "daemon/machine.hpp"
#include "daemon/stages.hpp"
#include "daemon/text/round_table.hpp"
#include "daemon/text/standard_streams.hpp"
#include "daemon/text/took_text.hpp"
#include "runtime/task_scope.hpp"
#include "wire/json_writer.hpp"
#include "wire/url.hpp"

#include <fmt/format.h>
#include <boost/asio/signal_set.hpp>

#include <csignal>
#include <utility>

namespace edge_rollup::daemon {
namespace {

using runtime::task;

using tried = model::result<std::optional<deliver::delivery_try>>;

/// What came of the one round; `offered` is empty in a dry run.
struct one_shot {
  model::result<void> listed;
  finished_round round;
  tried offered;
  bool interrupted = false;
};

/// The last try was that of the round's own rollup, not of an older one that is in the way.
bool own_was_offered(const one_shot& done) {
  return done.offered && *done.offered && done.round.identity &&
         (*done.offered)->sequence == done.round.identity->sequence;
}

bool is_delivered(const one_shot& done) {
  return own_was_offered(done) && (*done.offered)->judged.verdict == deliver::verdict::delivered;
}

task<void> end_at_interrupt(boost::asio::signal_set& signals, stages& all, one_shot& done) {
  auto [error, signal] = co_await signals.async_wait(runtime::as_result);
  if (error) co_return;
  signals.clear();  // a second one ends the process at once
  done.interrupted = true;
  if (all.lists) all.lists->stop();
  all.rounds.cut_short();
  if (all.delivery) all.delivery->cancel();
}

task<void> carry_out(boost::asio::signal_set& signals, stages& all, one_shot& done) {
  if (!all.rounds.knows_nodes()) done.listed = co_await all.lists->read_all();
  if (!done.listed || done.interrupted) {
    signals.cancel();
    co_return;
  }
  poll::poll_schedule::start begun;
  begun.trigger = model::round_trigger::once;
  done.round = co_await all.rounds.one_round(begun);
  if (all.delivery && done.round.kept && !done.interrupted) {
    const auto own = done.round.identity->sequence;
    done.offered = co_await all.delivery->deliver_until(own);
  }
  signals.cancel();
}

double ms_of(model::nanoseconds took) {
  const auto tenths = std::chrono::floor<std::chrono::duration<std::int64_t, std::ratio<1, 10'000>>>(took);
  return static_cast<double>(tenths.count()) / 10;
}

/// The body, and what came of its delivery as one more member of the same object: its values are null where nothing was
/// offered; `sequence` names the rollup that was offered last where that is an older one.
std::string json_text(const one_shot& done) {
  auto text = done.round.body;
  if (!done.round.identity) return text + "\n";
  text.pop_back();
  text += ",\"delivery\":";
  wire::json_writer out(text);
  out.begin_object();
  if (done.offered && *done.offered) {
    const deliver::delivery_try& ended = **done.offered;
    out.key("verdict").text(to_string(ended.judged.verdict));
    out.key("status");
    ended.came.status ? out.integer(*ended.came.status) : out.null();
    out.key("ms").real(ms_of(ended.came.took));
    if (!own_was_offered(done)) out.key("sequence").integer(ended.sequence);
  } else {
    for (const auto* const name : {"verdict", "status", "ms"}) out.key(name).null();
  }
  out.end_object();
  return text + "}\n";
}

/// Why it was not delivered.
std::string delivery_words(const one_shot& done) {
  if (!done.offered && !done.interrupted) return done.offered.error().text;
  if (!done.offered || !*done.offered) return done.interrupted ? "interrupted" : "not offered yet";
  const auto& words = (*done.offered)->judged.sentence;
  return own_was_offered(done) ? words : fmt::format("rollup {} goes first: {}", (*done.offered)->sequence, words);
}

std::string delivery_line(const one_shot& done, const config::config& settings, std::uint64_t waiting) {
  if (!settings.cloud || !done.round.identity) return "dry run, nothing stored and nothing sent\n";
  const auto url = wire::to_string(settings.cloud->url);
  if (!done.round.kept) return {};
  if (is_delivered(done)) {
    const auto& came = (*done.offered)->came;
    return fmt::format("sent    {}  {} in {}  id {}\n", url, came.status.value_or(0), took_text(ms_of(came.took)),
                       done.round.identity->id);
  }
  return fmt::format("kept    {}  {}; {} waiting, the next run offers again\n", url, delivery_words(done), waiting);
}

exit_code verdict_of(const one_shot& done, nodes_required required) {
  if (done.interrupted) return exit_code::interrupted;
  if (done.round.identity && !is_delivered(done)) return exit_code::not_delivered;
  return nodes_verdict(done.round.outcomes, required);
}

}  // namespace

model::result<ending> once(const once_command& asked, const config::config& settings, observe::log& messages) {
  machine here(messages);
  std::optional<keeping> kept;
  if (asked.delivery == delivery_wanted::deliver) {
    auto opened = open_store(settings, here, messages);
    if (!opened) {
      auto why = std::move(opened.error());
      if (why.kind == model::error_kind::state) why.text += "; to look only, use once --dry-run";
      return std::unexpected(std::move(why));
    }
    kept.emplace(std::move(*opened));
  }

  one_shot done;
  stages all(settings, here.around(messages), kept ? kept->place() : storage{nullptr, "/", kept_gateway(settings)});
  if (auto ready = all.prepare(); !ready) return std::unexpected(std::move(ready.error()));
  boost::asio::signal_set signals(here.loop, SIGINT, SIGTERM);
  runtime::task_scope tasks(all.loop, all.time);
  tasks.spawn(end_at_interrupt(signals, all, done));
  tasks.spawn(carry_out(signals, all, done));
  here.loop.run();
  signals.clear();

  if (!done.listed && !done.interrupted) return std::unexpected(done.listed.error());
  if (done.interrupted && done.round.outcomes.empty()) {
    return ending{exit_code::interrupted, all.lists && all.lists->left_thread()};
  }
  if (!done.round.kept) return std::unexpected(done.round.kept.error());
  if (done.round.identity && !is_delivered(done) && kept->store->at_a_glance().in_memory_only) {
    return model::fail(
        model::error_kind::disk,
        fmt::format("the rollup of this round is in memory only, and lost with this process unless the disk takes it "
                    "at the end: {}",
                    delivery_words(done)));
  }
  if (!done.offered) return std::unexpected(done.offered.error());
  std::string text;
  if (asked.form == output_form::json) {
    text = json_text(done);
  } else {
    const auto waiting = kept ? kept->store->at_a_glance().pending : 0;
    text = round_table(done.round.rollup, *all.rounds.nodes(), done.round.outcomes, asked.shown) +
           delivery_line(done, settings, waiting);
  }
  const auto printed = print(text);
  if (!printed) return std::unexpected(printed.error());
  return ending{verdict_of(done, asked.required)};
}

}  // namespace edge_rollup::daemon
