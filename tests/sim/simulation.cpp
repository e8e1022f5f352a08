#include "sim/simulation.hpp"

#include "daemon/beside/running_daemon.hpp"
#include "daemon/stages.hpp"
#include "model/invariant.hpp"
#include "outbox/resilient_store.hpp"
#include "outbox/visited_store.hpp"
#include "runtime/task_scope.hpp"
#include "support/memory_log.hpp"
#include "support/seeded_entropy.hpp"
#include "wire/uuid.hpp"

#include <algorithm>
#include <utility>

namespace edge_rollup::sim {
namespace {

constexpr std::chrono::minutes until_restart{1};
constexpr std::size_t everything = 1'000'000;

}  // namespace

/// The outbox as one process has it, under the eyes of the witness. Nothing reaches it once the process is dead.
class outbox_of_process final : public outbox::outbox {
 public:
  using overview = edge_rollup::outbox::overview;
  using record = edge_rollup::outbox::record;
  using entry = edge_rollup::outbox::entry;
  using settlement = edge_rollup::outbox::settlement;
  using resilient_store = edge_rollup::outbox::resilient_store;

  outbox_of_process(simulation& world, observe::log& messages)
      : world_(world), chance_(world.random()), synced_(world.time.make_timer()) {
    auto opened = resilient_store::open(
        world.disk.directory(), {"gateway-1", wire::uuid_v4(chance_.next(), chance_.next()), {}, world.given.bounds},
        {world.time, chance_, messages, [&world](const auto&) { return world.disk.space(); }});
    if (!opened) return;
    store_.emplace(std::move(*opened));
    world_.kept.begins(store_->at_a_glance());
    look();
  }

  [[nodiscard]] bool is_open() const { return store_.has_value(); }
  void cut_off() {
    store_.reset();
    synced_->cancel();
  }
  /// What an operator did beside us is seen with the next operation.
  void look() {
    if (!store_) return;
    const auto waiting = store_->front(everything);
    if (!after_operation(waiting)) return;
    if (waiting) world_.kept.look(store_->at_a_glance(), *waiting);
  }

  overview at_a_glance() const override { return store_ ? store_->at_a_glance() : world_.kept.at_a_glance(); }

  runtime::task<model::result<void>> store(record made) override {
    if (!store_) co_return dead_process();
    // A rollup that was refused is made once more, for the stream in memory: it is the same round.
    if (std::exchange(is_made_anew_, false)) world_.rounds.pop_back();
    const auto note = world_.rounds.size();
    const auto stream = store_->at_a_glance().stream;
    world_.rounds.push_back({world_.lives.size() - 1, world_.time.now(), made});
    world_.kept.offers(made);
    if (world_.storing_takes > world_.storing_takes.zero()) {
      const auto done = world_.time.now() + world_.storing_takes;
      [[maybe_unused]] auto waited = co_await synced_->wait_until(done);
      if (!store_) co_return dead_process();
    }
    auto stored = store_->store(made);
    if (!after_operation(stored)) co_return dead_process();
    world_.rounds[note].stored = stored.has_value();
    is_made_anew_ = !stored && store_->at_a_glance().stream != stream;
    if (stored) world_.kept.stored(made.sequence, store_->at_a_glance().in_memory_only);
    look();
    co_return stored;
  }

  runtime::task<model::result<std::vector<entry>>> front(std::size_t limit) override {
    if (!store_) co_return dead_process();
    auto waiting = store_->front(limit);
    if (!after_operation(waiting)) co_return dead_process();
    co_return waiting;
  }

  runtime::task<model::result<std::optional<record>>> load(std::uint64_t sequence) override {
    if (!store_) co_return dead_process();
    auto loaded = store_->load(sequence);
    if (!after_operation(loaded)) co_return dead_process();
    co_return loaded;
  }

  runtime::task<model::result<void>> settle(settlement change) override {
    if (!store_) co_return dead_process();
    world_.kept.settles(change);
    auto settled = store_->settle(change);
    if (!after_operation(settled)) co_return dead_process();
    if (settled) world_.kept.settled(change, store_->at_a_glance().in_memory_only);
    look();
    co_return settled;
  }

 private:
  /// False where the process died in the middle of the operation: it never hears what became of it.
  template <class Outcome>
  bool after_operation(const Outcome& outcome) {
    if (!outcome) ++world_.disk_failures;
    while (store_->continue_salvage()) continue;
    world_.disk.note_changes();
    if (!world_.disk.is_cut_off()) return true;
    store_.reset();
    world_.died_at_the_disk();
    return false;
  }

  static std::unexpected<model::error> dead_process() {
    return model::fail(model::error_kind::disk, "the process is dead");
  }

  simulation& world_;
  bool is_made_anew_ = false;
  tests::seeded_entropy chance_;
  std::unique_ptr<runtime::timer> synced_;
  std::optional<resilient_store> store_;
};

/// What a process holds in its memory.
class process {
 public:
  explicit process(simulation& world)
      : outbox_(world, messages_),
        chance_(world.random()),
        all_(
            world.settings,
            {world.loop.get_executor(), world.time, chance_, world.network, messages_, "gateway-1", world.nodes.size()},
            {&outbox_}),
        daemon_(all_, world.settings.shutdown_grace),
        main_(all_.loop, all_.time) {
    main_.spawn(daemon_.run());
  }

  /// Coroutines cannot be dropped in mid-air, so they are cancelled; but nothing they still do reaches the world.
  void kill() {
    outbox_.cut_off();
    all_.rounds.cut_short();
    all_.delivery->cancel();
  }
  void stop() { daemon_.stop(); }
  void look() { outbox_.look(); }
  [[nodiscard]] const tests::memory_log& log() const { return messages_; }
  [[nodiscard]] bool has_outbox() const { return outbox_.is_open(); }
  [[nodiscard]] bool running() const { return main_.running() > 0; }

 private:
  tests::memory_log messages_;
  outbox_of_process outbox_;
  tests::seeded_entropy chance_;
  daemon::stages all_;
  daemon::running_daemon daemon_;
  runtime::task_scope main_;
};

simulation::simulation(const setting& wanted)
    : given(wanted), disk(wanted.seed), random(wanted.seed), began_(time.now()) {
  time.step_wall(model::milliseconds{random() % 86'400'000});
  note_wall({});
  for (std::size_t number = 0; number < given.nodes; ++number) {
    const auto described = nodes.emplace_back(network, time, number, random()).described();
    fleet::node_setting& listed = settings.fleet.fixed.emplace_back();
    listed.url = described.base;
    listed.name = described.name;
    listed.path = described.path;
    listed.timeout = described.timeout;
    listed.max_age = described.max_age;
  }
  settings.poll.interval = given.interval;
  settings.cloud.emplace();
  settings.cloud->url = fake_cloud::url();
}

simulation::~simulation() {
  if (running()) kill();
}

void simulation::at(model::milliseconds when, std::function<void()> event) {
  planned_.emplace(when, std::move(event));
}

void simulation::run_until(model::milliseconds when) {
  while (!planned_.empty() && planned_.begin()->first <= when) {
    const auto next = planned_.extract(planned_.begin());
    time.advance_to(began_ + next.key());
    next.mapped()();
    time.settle();
  }
  time.advance_to(began_ + when);
}

model::milliseconds simulation::elapsed() const {
  return std::chrono::floor<model::milliseconds>(time.now() - began_);
}

void simulation::start() {
  EDGE_ROLLUP_INVARIANT(!running());
  process_.reset();  // one that was stopped closes its outbox here
  disk.let_write();
  lives.push_back({time.now()});
  process_ = std::make_unique<process>(*this);
  if (process_->has_outbox()) return;
  // What watches over the process starts it again.
  kill();
  lives.back().how = life::end::refused;
  restart_later();
}

void simulation::start_if_none_runs() {
  if (!running()) start();
}

void simulation::restart_later() {
  at(elapsed() + until_restart, [this] { start_if_none_runs(); });
}

void simulation::end_life(life::end how) {
  if (lives.empty() || lives.back().how != life::end::none) return;
  lives.back().to = time.now();
  lives.back().how = how;
}

void simulation::kill() {
  if (!running()) return;
  end_life(life::end::killed);
  disk.cut_off(0);
  process_->kill();
  time.settle();
  EDGE_ROLLUP_INVARIANT(!running());
  process_.reset();
  disk.let_write();
}

void simulation::lose_power_after(std::size_t writes) {
  if (running()) disk.cut_off(writes);
}

/// What of the process still runs does not know that it is dead.
void simulation::died_at_the_disk() {
  end_life(life::end::killed);
  at(elapsed(), [this] {
    kill();
    disk.lose_power();
    restart_later();
  });
}

void simulation::stop() {
  if (!running()) return;
  end_life(life::end::stopped);
  process_->stop();
}

bool simulation::running() const {
  return process_ && process_->running();
}

std::ptrdiff_t simulation::said(std::string_view part) const {
  return process_->log().count(part);
}

void simulation::step_wall(model::milliseconds by) {
  time.step_wall(by);
  note_wall(time.now());
}

void simulation::note_wall(model::mono_time from) {
  const auto mono = std::chrono::floor<model::milliseconds>(time.now().time_since_epoch());
  wall_settings.push_back({from, time.wall_now().time_since_epoch() - mono});
}

void simulation::disk_becomes(disk_mood mood) {
  kept.expect(model::loss_reason::disk);
  disk.become(mood);
}

void simulation::decay_disk() {
  kept.expect(model::loss_reason::damage);
  disk.decay();
}

/// One that fails is made up for; with more, the disk may count as one that takes nothing.
void simulation::fail_syncs(std::size_t others, std::size_t count) {
  if (count > 1) kept.expect(model::loss_reason::disk);
  disk.fail_syncs(others, count);
}

template <class Change>
void simulation::visit(Change change) {
  auto beside = outbox::visited_store::open(disk.directory());
  if (beside) change(*beside);
  disk.note_changes();
  if (running()) process_->look();
}

void simulation::drop(std::uint64_t from, std::uint64_t to) {
  kept.expect(model::loss_reason::operator_request);
  kept.dropped(from, to);
  visit([from, to](outbox::visited_store& beside) {
    [[maybe_unused]] const auto dropped = beside.drop(outbox::sequence_range{from, to}, [](auto, auto) {});
  });
}

void simulation::requeue_all_dead() {
  visit([this](outbox::visited_store& beside) {
    const auto listed = beside.list();
    const auto requeued = beside.requeue(outbox::all_dead_letters{}, [](auto, auto) {});
    if (!listed || !requeued) return kept.dead_may_be_requeued();
    for (const auto& each : *listed) {
      if (each.progress.state == outbox::entry_state::dead) kept.requeued(each.progress.sequence);
    }
  });
}

void simulation::drain(model::milliseconds limit) {
  planned_.clear();
  cloud.become(cloud_mood::healthy);
  disk.become(disk_mood::healthy);
  for (auto& node : nodes) node.become(node_mood::healthy);
  if (running() && lives.back().how != life::end::none) kill();  // dying or stopping
  disk.let_write();
  // A new process meets the damage that the last one has not come across.
  if (running()) {
    stop();
    run_until(elapsed() + settings.shutdown_grace);
  }
  if (!running()) start();
  const auto deadline = elapsed() + limit;
  do {
    run_until(elapsed() + given.interval);
  } while ((kept.at_a_glance().pending > 0 || !kept.at_a_glance().lost.ranges.empty()) && elapsed() < deadline);
  stop();
  run_until(elapsed() + settings.shutdown_grace);
}

}  // namespace edge_rollup::sim
