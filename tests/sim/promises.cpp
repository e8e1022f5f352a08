// Nothing here asks the daemon: rounds are judged by what nodes told and by the time at which rollups came to the disk,
// delivery by what arrived at the cloud. What the outbox said meanwhile, its witness has judged.
#include "sim/promises.hpp"

#include "wire/rfc3339.hpp"

#include <fmt/format.h>
#include <catch2/catch_test_macros.hpp>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <utility>

namespace edge_rollup::sim {
namespace {

using nlohmann::json;
using std::chrono::duration_cast;

constexpr std::size_t most_told = 8;  // more say nothing new
constexpr model::seconds longest_round{6};

/// The policy may give up what was in trouble for so long, if the cloud comes back between this one and the next.
bool is_worn_out(const outbox::entry& kept) {
  const deliver::deliver_options limits;
  return kept.troubled_tries >= limits.aside_tries && kept.troubled >= limits.aside_after;
}

class examination {
 public:
  explicit examination(const simulation& world) : world_(world) {}

  std::vector<std::string> result() {
    for (const auto& broken : world_.kept.broken()) must(false, "{}", broken);
    for (const auto& round : world_.rounds) examine(round);
    examine_schedule();
    examine_ids();
    examine_arrivals();
    if (world_.kept.at_a_glance().pending == 0) examine_end();
    return std::move(broken_);
  }

 private:
  /// What the examination reads from a body.
  struct round_times {
    std::size_t life = 0;
    model::mono_time started;
    model::mono_time ended;
    std::optional<model::wall_time> scheduled;
    std::string trigger;
    std::string instance;
    std::uint64_t skipped = 0;
  };

  template <class... Values>
  void must(bool holds, fmt::format_string<const Values&...> otherwise, const Values&... values) {
    if (!holds && broken_.size() < most_told) broken_.push_back(fmt::format(otherwise, values...));
  }

  // Rounds and their bodies.

  void examine(const kept_round& round) {
    const auto body = json::parse(round.made.body);
    const auto& told = body.at("rollup");
    const auto sequence = round.made.sequence;
    round_times times;
    times.life = round.life;
    times.ended = round.ended;
    const auto took = std::llround(told.at("round_ms").get<double>());
    times.started = round.ended - model::milliseconds{took};
    times.trigger = told.at("trigger");
    times.instance = told.at("instance");
    times.skipped = told.at("health").at("rounds_skipped");
    if (!told.at("scheduled").is_null())
      times.scheduled = wire::parse_timestamp(told.at("scheduled").get<std::string>());
    times_.push_back(times);

    must(told.at("sequence") == sequence, "the body of rollup {} has another sequence", sequence);
    must(told.at("id") == round.made.id, "the body of rollup {} has another id", sequence);
    examine_labels(body, times, sequence);
    examine_totals(body, times, sequence);
  }

  void examine_labels(const json& body, const round_times& times, std::uint64_t sequence) {
    const auto& told = body.at("rollup");
    const auto started = wire::parse_timestamp(told.at("round_started").get<std::string>()).value();
    must(std::ranges::count(wall_at(times.started), started) > 0, "rollup {} tells a start that was not on the clock",
         sequence);
    const auto label = times.scheduled.value_or(started);
    must(body.at("timestamp") == wire::format_timestamp(label), "rollup {} has a timestamp of its own", sequence);
    must(told.at("interval_s") == world_.given.interval / model::seconds{1}, "rollup {} tells another interval",
         sequence);
    if (!times.scheduled) return;
    must(times.scheduled->time_since_epoch() % world_.given.interval == model::milliseconds{0},
         "rollup {} is scheduled off the slots", sequence);
    must(std::chrono::abs(*times.scheduled - started) <= world_.given.interval / 2,
         "rollup {} is labelled with a slot that was not near", sequence);
  }

  void examine_totals(const json& body, const round_times& times, std::uint64_t sequence) {
    const auto& entries = body.at("node_data");
    must(entries.size() == world_.given.nodes && body.at("edge_nodes") == world_.given.nodes,
         "rollup {} is not about all nodes", sequence);
    const bool partial = body.at("rollup").contains("partial");
    std::uint64_t ok = 0;
    std::uint64_t records = 0;
    double quality = 0.0;
    for (std::size_t number = 0; number < std::min(entries.size(), world_.given.nodes); ++number) {
      const auto& entry = entries[number];
      const auto& node = world_.nodes[number];
      must(entry.at("node") == node.described().name, "rollup {} has nodes in another order", sequence);
      const auto* said = told_in(node, times, partial ? model::nanoseconds{1} : model::nanoseconds{0});
      if (entry.at("status") == "error") {
        must(said == nullptr, "rollup {} has an error for {}, which answered in time", sequence, number);
        continue;
      }
      said = told_in(node, times, model::nanoseconds{0});
      const bool same =
          said != nullptr && entry.at("record_count") == said->records && entry.at("quality_score") == said->quality;
      must(same, "rollup {} has a summary that node {} did not tell in this round", sequence, number);
      if (!same) continue;
      ++ok;
      records += said->records;
      quality += said->quality;
    }
    const auto mean = ok == 0 ? 0.0 : quality / static_cast<double>(ok);
    must(body.at("total_records") == records, "rollup {} has {} records in total, the nodes told {}", sequence,
         body.at("total_records").dump(), records);
    must(std::abs(body.at("data_quality_score").get<double>() - mean) < 1e-15, "rollup {} has a wrong mean", sequence);
    must(body.at("rollup").at("coverage").at("ok") == ok, "rollup {} counts other nodes as ok", sequence);
  }

  /// The good answer of a node that was whole within the round, at the latest `before_end` it.
  static const told_summary* told_in(const fake_node& node, const round_times& times, model::nanoseconds before_end) {
    const auto first = std::ranges::lower_bound(node.told, times.started, {}, &told_summary::asked);
    if (first == node.told.end() || first->whole > times.ended - before_end) return nullptr;
    return &*first;
  }

  /// In the moment of a step both sides of it are right.
  [[nodiscard]] std::vector<model::wall_time> wall_at(model::mono_time when) const {
    const auto& settings = world_.wall_settings;
    auto next = std::ranges::upper_bound(settings, when, {}, &wall_setting::from);
    std::vector<model::wall_time> right;
    while (next != settings.begin()) {
      --next;
      right.emplace_back(duration_cast<model::milliseconds>(when.time_since_epoch()) + next->offset);
      if (next->from != when) break;
    }
    return right;
  }

  // The schedule.

  void examine_schedule() {
    std::set<std::string> instances;
    for (std::size_t number = 0; number < world_.lives.size(); ++number) {
      if (world_.lives[number].how == life::end::refused) continue;
      std::vector<round_times> rounds;
      std::ranges::copy_if(times_, std::back_inserter(rounds), [&](const auto& each) { return each.life == number; });
      examine_schedule_of(number, rounds);
      if (rounds.empty()) continue;
      must(instances.insert(rounds.front().instance).second, "process {} has the instance of another", number);
    }
  }

  void examine_schedule_of(std::size_t number, std::span<const round_times> rounds) {
    const auto& life = world_.lives[number];
    const auto interval = world_.given.interval;
    auto previous = life.from;
    for (std::size_t i = 0; i < rounds.size(); ++i) {
      const auto& round = rounds[i];
      const auto pause = in_ms(round.started - previous);
      must(round.trigger == (i == 0 ? "start" : "timer"), "round {} of process {} has trigger {}", i, number,
           round.trigger);
      must(round.instance == rounds.front().instance, "process {} changes its instance", number);
      must(round.scheduled.has_value() == (i > 0), "round {} of process {}: only timer rounds have a slot", i, number);
      if (i == 0) must(pause == 0, "process {} begins its first round only after {} ms", number, pause);
      must(2 * pause <= 3 * interval.count(), "process {} pauses {} ms before round {}", number, pause, i);
      if (i > 1) must(2 * pause >= interval.count(), "process {} begins round {} after only {} ms", number, i, pause);
      previous = round.started;
    }
    const auto until = std::min(life.to, world_.time.now());
    const auto since = in_ms(until - previous);
    must(2 * since <= 3 * interval.count() + 2 * in_ms(longest_round), "process {} has no round in its last {} ms",
         number, since);
    if (!rounds.empty() && !stepped_within(life)) examine_steady(number, rounds);
  }

  /// The first round begins anywhere; then every slot has its round, but for one at which the first still ran.
  void examine_steady(std::size_t number, std::span<const round_times> rounds) {
    const auto interval = world_.given.interval;
    const auto& first = rounds.front();
    auto due = first.started + interval - wall_at(first.started).front().time_since_epoch() % interval;
    const std::uint64_t skipped = due <= first.ended ? 1 : 0;
    due += interval * static_cast<std::int64_t>(skipped);
    for (std::size_t i = 1; i < rounds.size(); ++i, due += interval) {
      const auto& round = rounds[i];
      must(round.started == due, "process {}: round {} is {} ms off its slot", number, i, in_ms(round.started - due));
      must(round.scheduled == wall_at(due).front(), "process {}: round {} has the label of another slot", number, i);
      must(round.skipped == skipped, "process {}: round {} counts {} skipped slots", number, i, round.skipped);
    }
  }

  [[nodiscard]] bool stepped_within(const life& of) const {
    return std::ranges::any_of(world_.wall_settings,
                               [&](const auto& set) { return set.from >= of.from && set.from <= of.to; });
  }

  static std::int64_t in_ms(model::nanoseconds span) { return duration_cast<model::milliseconds>(span).count(); }

  // Delivery.

  void examine_ids() {
    std::set<std::string> ids;
    for (const auto& [sequence, fate] : world_.kept.fates()) {
      must(!fate.made || ids.insert(fate.made->id).second, "rollup {} has the id of another", sequence);
    }
  }

  void examine_arrivals() {
    std::map<std::string, std::uint64_t> newest;
    std::set<std::string> taken;
    std::size_t repeats = 0;
    for (const auto& came : world_.cloud.arrivals) {
      const auto told = json::parse(came.body).at("rollup");
      const std::string id = told.at("id");
      const auto* made = world_.kept.made(id);
      must(made != nullptr && made->body == came.body, "rollup {} came with a body that was never made", came.sequence);
      must(came.key == fmt::format("\"{}\"", id), "rollup {} came under the key {}", came.sequence, came.key);
      if (!came.taken) continue;
      hear_losses(told);
      delivered_.insert(came.sequence);
      const bool again = !taken.insert(id).second;
      if (again) ++repeats;
      if (again || world_.kept.is_out_of_line(came.sequence)) continue;
      auto& last = newest[told.at("stream")];
      must(came.sequence > last, "rollup {} was delivered after rollup {}", came.sequence, last);
      last = came.sequence;
    }
    // Only who could not know or not write down that the cloud has it offers it again: once for each such accident.
    const auto accidents = world_.cloud.lost_acks + world_.disk_failures + world_.lives.size();
    must(repeats <= accidents, "{} rollups came again after {} accidents", repeats, accidents);
  }

  void hear_losses(const json& told) {
    for (const auto& range : told.at("lost").at("ranges")) {
      for (std::uint64_t lost = range.at("from"); lost <= range.at("to"); ++lost) told_lost_.insert(lost);
    }
  }

  void examine_end() {
    std::set<std::uint64_t> dead;
    for (const auto& kept : world_.disk.entries()) {
      const auto sequence = kept.progress.sequence;
      dead.insert(sequence);
      must(world_.cloud.poison.contains(sequence) || is_worn_out(kept.progress), "rollup {} is dead without a reason",
           sequence);
    }
    for (const auto& [sequence, fate] : world_.kept.fates()) {
      const bool there = delivered_.contains(sequence);
      // Damage may take the note of a loss before anybody has read it.
      const bool is_unknowable = fate.dropped && world_.kept.is_expected(model::loss_reason::damage);
      must(there || dead.contains(sequence) || fate.lost || !fate.stored || is_unknowable,
           "rollup {} was stored and is nowhere", sequence);
      must(there || !fate.delivered, "rollup {} is taken for delivered, and never was", sequence);
      // What arrives after all, dropped while it was under way, is not told.
      must(!fate.lost || there || told_lost_.contains(sequence), "rollup {} is lost, and the cloud was never told",
           sequence);
    }
    for (const auto sequence : told_lost_) {
      const auto fate = world_.kept.fates().find(sequence);
      const bool is_lost = fate != world_.kept.fates().end() && fate->second.lost;
      must(is_lost || world_.kept.is_forgotten(sequence), "rollup {} is told as lost and is not", sequence);
    }
  }

  const simulation& world_;
  std::vector<std::string> broken_;
  std::vector<round_times> times_;
  std::set<std::uint64_t> delivered_;
  std::set<std::uint64_t> told_lost_;
};

}  // namespace

std::vector<std::string> broken_promises(const simulation& world) {
  return examination(world).result();
}

void check_promises(const simulation& world) {
  INFO("repeat this world with SIM_SEED=" << world.given.seed);
  for (const auto& broken : broken_promises(world)) FAIL_CHECK(broken);
}

}  // namespace edge_rollup::sim
