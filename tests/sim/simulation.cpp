#include "sim/simulation.hpp"

#include "daemon/running_daemon.hpp"
#include "daemon/stages.hpp"
#include "model/invariant.hpp"
#include "runtime/task_scope.hpp"
#include "support/memory_log.hpp"
#include "support/seeded_entropy.hpp"

#include <algorithm>
#include <utility>

namespace edge_rollup::sim {
namespace {

/// The disk as one process sees it: notes what is stored, and nothing reaches it any more once the process is dead.
class disk_of_process final : public outbox::outbox {
 public:
  using overview = edge_rollup::outbox::overview;
  using record = edge_rollup::outbox::record;
  using entry = edge_rollup::outbox::entry;
  using settlement = edge_rollup::outbox::settlement;

  explicit disk_of_process(simulation& world) : world_(world) {}

  void cut_off() { cut_off_ = true; }

  overview at_a_glance() const override { return world_.disk.at_a_glance(); }
  runtime::task<model::result<void>> store(record made) override {
    if (cut_off_) co_return dead_process();
    const auto note = world_.rounds.size();
    world_.rounds.push_back({world_.lives.size() - 1, world_.time.now(), made});
    auto stored = co_await world_.disk.store(std::move(made));
    world_.rounds[note].stored = stored.has_value();
    co_return stored;
  }
  runtime::task<model::result<std::vector<entry>>> front(std::size_t limit) override {
    return cut_off_ ? nothing<std::vector<entry>>() : world_.disk.front(limit);
  }
  runtime::task<model::result<std::optional<record>>> load(std::uint64_t sequence) override {
    return cut_off_ ? nothing<std::optional<record>>() : world_.disk.load(sequence);
  }
  runtime::task<model::result<void>> settle(settlement change) override {
    return cut_off_ ? nothing<void>() : world_.disk.settle(std::move(change));
  }

 private:
  static std::unexpected<model::error> dead_process() {
    return model::fail(model::error_kind::disk, "the process is dead");
  }
  template <class T>
  static runtime::task<model::result<T>> nothing() {
    co_return dead_process();
  }

  simulation& world_;
  bool cut_off_ = false;
};

}  // namespace

/// What a process holds in its memory.
class process {
 public:
  explicit process(simulation& world)
      : disk_(world),
        chance_(world.random()),
        all_(
            world.settings,
            {world.loop.get_executor(), world.time, chance_, world.network, messages_, "gateway-1", world.nodes.size()},
            {&disk_}),
        daemon_(all_, world.settings.shutdown_grace),
        main_(all_.loop, all_.time) {
    main_.spawn(daemon_.run());
  }

  /// Coroutines cannot be dropped in mid-air, so they are cancelled; but nothing they still do reaches the world.
  void kill() {
    disk_.cut_off();
    all_.rounds.cut_short();
    all_.delivery->cancel();
  }
  void stop() { daemon_.stop(); }
  [[nodiscard]] bool running() const { return main_.running() > 0; }

 private:
  disk_of_process disk_;
  tests::seeded_entropy chance_;
  tests::memory_log messages_;
  daemon::stages all_;
  daemon::running_daemon daemon_;
  runtime::task_scope main_;
};

simulation::simulation(const setting& wanted) : given(wanted), random(wanted.seed), began_(time.now()) {
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
  process_.reset();
  lives.push_back({time.now()});
  process_ = std::make_unique<process>(*this);
}

void simulation::kill() {
  if (!running()) return;
  lives.back().to = time.now();
  lives.back().how = life::end::killed;
  process_->kill();
  time.settle();
  EDGE_ROLLUP_INVARIANT(!running());
  process_.reset();
}

void simulation::stop() {
  if (!running()) return;
  lives.back().to = time.now();
  lives.back().how = life::end::stopped;
  process_->stop();
}

bool simulation::running() const {
  return process_ && process_->running();
}

void simulation::step_wall(model::milliseconds by) {
  time.step_wall(by);
  note_wall(time.now());
}

void simulation::note_wall(model::mono_time from) {
  const auto mono = std::chrono::floor<model::milliseconds>(time.now().time_since_epoch());
  wall_settings.push_back({from, time.wall_now().time_since_epoch() - mono});
}

void simulation::fail_disk(std::size_t operations) {
  disk_failures += operations;
  disk.fail_next(operations);
}

void simulation::drain(model::milliseconds limit) {
  planned_.clear();
  cloud.become(cloud_mood::healthy);
  for (auto& node : nodes) node.become(node_mood::healthy);
  if (!running()) start();
  const auto deadline = elapsed() + limit;
  do {
    run_until(elapsed() + given.interval);
  } while (disk.at_a_glance().pending > 0 && elapsed() < deadline);
  stop();
  run_until(elapsed() + settings.shutdown_grace);
}

}  // namespace edge_rollup::sim
