#include "sim/random_week.hpp"

#include <algorithm>
#include <chrono>

namespace edge_rollup::sim {
namespace {

using namespace std::chrono_literals;
using model::milliseconds;

class planner {
 public:
  planner(simulation& world, milliseconds end) : world_(world), end_(end) {}

  void plan() {
    plan_cloud();
    plan_nodes();
    plan_poison();
    plan_lives();
    plan_disk();
    plan_operator();
    for (auto times = below(5); times > 0; --times) {
      const auto by = span(below(2) == 0 ? milliseconds{10min} : milliseconds{48h});
      world_.at(any_time(), [&world = world_, by = below(2) == 0 ? by : -by] { world.step_wall(by); });
    }
  }

 private:
  void plan_cloud() {
    world_.cloud.latency = milliseconds{1 + below(2'000)};
    for (auto when = span(36h); when < end_; when += span(36h)) {
      const auto mood = below(4) == 0 ? cloud_mood::overloaded : outages[below(outages.size())];
      world_.at(when, [&cloud = world_.cloud, mood] { cloud.become(mood); });
      when += span(below(4) == 0 ? milliseconds{30h} : milliseconds{2h});
      world_.at(when, [&cloud = world_.cloud] { cloud.become(cloud_mood::healthy); });
    }
  }

  void plan_nodes() {
    for (auto& node : world_.nodes) {
      for (auto when = span(24h); when < end_; when += span(48h)) {
        const auto mood = node_troubles[below(node_troubles.size())];
        world_.at(when, [&node, mood] { node.become(mood); });
        when += span(12h);
        world_.at(when, [&node] { node.become(node_mood::healthy); });
      }
    }
  }

  /// Single ones, and some in a row.
  void plan_poison() {
    const auto rounds = static_cast<std::uint64_t>(end_ / world_.given.interval);
    for (auto times = below(4); times > 0; --times) {
      const auto first = 1 + below(rounds);
      const auto length = below(3) == 0 ? 1 + below(6) : 1;
      for (std::uint64_t i = 0; i < length; ++i) world_.cloud.poison.insert(first + i);
    }
  }

  void plan_disk() {
    for (auto when = span(72h); when < end_; when += span(72h)) {
      const auto mood = disk_troubles[below(disk_troubles.size())];
      world_.at(when, [&world = world_, mood] { world.disk_becomes(mood); });
      when += how_long(mood);
      world_.at(when, [&world = world_] { world.disk_becomes(disk_mood::healthy); });
    }
    for (auto times = below(4); times > 0; --times) {
      world_.at(any_time(),
                [&world = world_, others = below(10), count = 1 + below(4)] { world.fail_syncs(others, count); });
    }
    for (auto times = below(3); times > 0; --times) {
      world_.at(any_time(), [&world = world_, writes = below(60)] { world.lose_power_after(writes); });
    }
    if (below(3) == 0) world_.at(any_time(), [&world = world_] { world.decay_disk(); });
  }

  /// A store that fails is opened again and again, which takes the time of those who simulate it.
  milliseconds how_long(disk_mood mood) {
    if (mood == disk_mood::read_only || mood == disk_mood::broken) return span(20min);
    return span(below(4) == 0 ? milliseconds{30h} : milliseconds{2h});
  }

  void plan_operator() {
    for (auto times = below(3); times > 0; --times) {
      world_.at(any_time(), [&world = world_, from = below(40), length = below(5)] {
        world.drop(world.kept.last() - std::min(from, world.kept.last()) + 1, world.kept.last() + length);
      });
    }
    for (auto times = below(3); times > 0; --times) {
      world_.at(any_time(), [&world = world_] { world.requeue_all_dead(); });
    }
  }

  void plan_lives() {
    world_.at(0ms, [&world = world_] { world.start(); });
    milliseconds up{0};
    for (auto times = below(7); times > 0; --times) {
      // An end at any time, or within the seconds in which a round runs and its rollup is sent.
      auto down = up + 1min + span(36h);
      if (below(2) == 0) down += until_slot(down) + span(3s);
      if (below(3) == 0) {
        world_.at(down, [&world = world_] { world.stop(); });
      } else {
        world_.at(down, [&world = world_] { world.kill(); });
      }
      up = down + world_.settings.shutdown_grace + span(below(2) == 0 ? milliseconds{1min} : milliseconds{3h});
      world_.at(up, [&world = world_] { world.start_if_none_runs(); });
    }
  }

  /// By the clock as it is set now; later steps only make it a time like any other.
  [[nodiscard]] milliseconds until_slot(milliseconds from) const {
    const auto wall = world_.time.wall_now().time_since_epoch() + from;
    return world_.given.interval - wall % world_.given.interval;
  }

  std::uint64_t below(std::uint64_t end) { return world_.random() % end; }
  milliseconds span(milliseconds most) { return milliseconds{1 + below(static_cast<std::uint64_t>(most.count()))}; }
  milliseconds any_time() { return span(end_); }

  simulation& world_;
  milliseconds end_;
};

}  // namespace

void plan_random_days(simulation& world, milliseconds end) {
  planner(world, end).plan();
}

}  // namespace edge_rollup::sim
