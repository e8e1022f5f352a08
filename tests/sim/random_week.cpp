#include "sim/random_week.hpp"

#include <chrono>

namespace edge_rollup::sim {
namespace {

using namespace std::chrono_literals;
using model::milliseconds;

class planner {
 public:
  explicit planner(simulation& world) : world_(world) {}

  void plan() {
    plan_cloud();
    plan_nodes();
    plan_poison();
    plan_lives();
    for (auto times = below(4); times > 0; --times) {
      world_.at(any_time(), [&world = world_, count = 1 + below(6)] { world.fail_disk(count); });
    }
    for (auto times = below(5); times > 0; --times) {
      const auto by = span(below(2) == 0 ? milliseconds{10min} : milliseconds{48h});
      world_.at(any_time(), [&world = world_, by = below(2) == 0 ? by : -by] { world.step_wall(by); });
    }
  }

 private:
  void plan_cloud() {
    world_.cloud.latency = milliseconds{1 + below(2'000)};
    for (auto when = span(36h); when < week; when += span(36h)) {
      const auto mood = below(4) == 0 ? cloud_mood::overloaded : outages[below(outages.size())];
      world_.at(when, [&cloud = world_.cloud, mood] { cloud.become(mood); });
      when += span(below(4) == 0 ? milliseconds{30h} : milliseconds{2h});
      world_.at(when, [&cloud = world_.cloud] { cloud.become(cloud_mood::healthy); });
    }
  }

  void plan_nodes() {
    for (auto& node : world_.nodes) {
      for (auto when = span(24h); when < week; when += span(48h)) {
        const auto mood = node_troubles[below(node_troubles.size())];
        world_.at(when, [&node, mood] { node.become(mood); });
        when += span(12h);
        world_.at(when, [&node] { node.become(node_mood::healthy); });
      }
    }
  }

  /// Single ones, and some in a row.
  void plan_poison() {
    const auto rounds = static_cast<std::uint64_t>(week / world_.given.interval);
    for (auto times = below(4); times > 0; --times) {
      const auto first = 1 + below(rounds);
      const auto length = below(3) == 0 ? 1 + below(6) : 1;
      for (std::uint64_t i = 0; i < length; ++i) world_.cloud.poison.insert(first + i);
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
      world_.at(up, [&world = world_] { world.start(); });
    }
  }

  /// By the clock as it is set now; later steps only make it a time like any other.
  [[nodiscard]] milliseconds until_slot(milliseconds from) const {
    const auto wall = world_.time.wall_now().time_since_epoch() + from;
    return world_.given.interval - wall % world_.given.interval;
  }

  std::uint64_t below(std::uint64_t end) { return world_.random() % end; }
  milliseconds span(milliseconds most) { return milliseconds{1 + below(static_cast<std::uint64_t>(most.count()))}; }
  milliseconds any_time() { return span(week); }

  simulation& world_;
};

}  // namespace

void plan_random_week(simulation& world) {
  planner(world).plan();
}

}  // namespace edge_rollup::sim
