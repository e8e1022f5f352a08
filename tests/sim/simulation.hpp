// A whole world in one thread: nodes, a cloud, a disk that outlives the process, and the real daemon between them, on
// virtual time. The same seed makes the same world.
#pragma once

#include "config/config.hpp"
#include "model/time.hpp"
#include "sim/fake_cloud.hpp"
#include "sim/fake_node.hpp"
#include "support/fake_network.hpp"
#include "support/memory_outbox.hpp"
#include "support/virtual_clock.hpp"

#include <boost/asio/io_context.hpp>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <random>
#include <vector>

namespace edge_rollup::sim {

struct setting {
  std::uint64_t seed = 1;
  std::size_t nodes = 20;
  model::milliseconds interval{300'000};
};

/// A rollup as it came to the disk: the end of a round.
struct kept_round {
  std::size_t life = 0;  ///< of which process
  model::mono_time ended;
  outbox::record made;
  bool stored = false;
};

/// From the start of a process to its end.
struct life {
  model::mono_time from;
  model::mono_time to = model::mono_time::max();  ///< no end yet
  enum class end { none, killed, stopped } how = end::none;
};

/// The wall clock from a moment on, as its distance to monotonic time.
struct wall_setting {
  model::mono_time from;
  model::milliseconds offset;
};

class process;

/// Operation: what is to happen is planned with `at` and happens while `run_until` turns time, which counts from the
///            beginning of the world.
class simulation {
 public:
  explicit simulation(const setting& wanted);
  simulation(const simulation&) = delete;
  simulation& operator=(const simulation&) = delete;
  ~simulation();

  void at(model::milliseconds when, std::function<void()> event);
  void run_until(model::milliseconds when);
  [[nodiscard]] model::milliseconds elapsed() const;

  /// A new process, on the disk as it is.
  void start();
  /// The process is gone in this moment: the round in flight is lost, nobody closes anything.
  void kill();
  /// As SIGTERM does; the process ends by itself within its grace.
  void stop();
  [[nodiscard]] bool running() const;

  void step_wall(model::milliseconds by);

  /// Everything heals, nothing more that was planned happens, and time goes on until nothing waits for the cloud, at most `limit`; then the process is
  /// stopped.
  void drain(model::milliseconds limit);

  // What stands in the world, and what has happened in it.
  setting given;
  boost::asio::io_context loop;
  tests::virtual_clock time{loop};
  tests::fake_network network{time};
  tests::memory_outbox disk;
  fake_cloud cloud{network, time};
  std::deque<fake_node> nodes;
  config::config settings;
  std::mt19937_64 random;
  std::vector<kept_round> rounds;
  std::vector<life> lives;
  std::vector<wall_setting> wall_settings;
  std::size_t disk_failures = 0;

  void fail_disk(std::size_t operations);

 private:
  void note_wall(model::mono_time from);

  model::mono_time began_;
  std::multimap<model::milliseconds, std::function<void()>> planned_;
  std::unique_ptr<process> process_;
};

}  // namespace edge_rollup::sim
