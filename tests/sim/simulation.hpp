// A whole world in one thread: nodes, a cloud, a disk that outlives the process, and the real daemon with its real
// outbox between them, on virtual time. The same seed makes the same world.
#pragma once

#include "config/config.hpp"
#include "model/time.hpp"
#include "sim/fake_cloud.hpp"
#include "sim/fake_disk.hpp"
#include "sim/fake_node.hpp"
#include "sim/outbox_witness.hpp"
#include "support/fake_network.hpp"
#include "support/virtual_clock.hpp"

#include <boost/asio/io_context.hpp>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <random>
#include <string_view>
#include <vector>

namespace edge_rollup::sim {

struct setting {
  std::uint64_t seed = 1;
  std::size_t nodes = 20;
  model::milliseconds interval{300'000};
  outbox::outbox_options bounds = {};
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
  model::mono_time to = model::mono_time::max();                      ///< no end yet
  enum class end { none, killed, stopped, refused } how = end::none;  ///< refused: it could not open its outbox
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
  void start_if_none_runs();
  /// The process is gone in this moment: the round in flight is lost, nobody closes anything.
  void kill();
  /// The power goes in the middle of a coming operation on the disk, after so many writes; a while later it is back.
  void lose_power_after(std::size_t writes);
  /// As SIGTERM does; the process ends by itself within its grace.
  void stop();
  [[nodiscard]] bool running() const;

  /// How often the log of the process that runs, or ran last, says something that contains `part`.
  [[nodiscard]] std::ptrdiff_t said(std::string_view part) const;

  void step_wall(model::milliseconds by);

  void disk_becomes(disk_mood mood);
  void decay_disk();
  /// After `others` more, `count` syncs fail.
  void fail_syncs(std::size_t others, std::size_t count);

  /// An operator drops or requeues rollups, beside the daemon or without one.
  void drop(std::uint64_t from, std::uint64_t to);
  void requeue_all_dead();

  /// Everything heals, nothing more that was planned happens, and time goes on until nothing waits for the cloud and
  /// every loss is told, at most `limit`; then the process is stopped.
  void drain(model::milliseconds limit);

  // What stands in the world, and what has happened in it.
  setting given;
  boost::asio::io_context loop;
  tests::virtual_clock time{loop};
  tests::fake_network network{time};
  fake_disk disk;
  outbox_witness kept;
  fake_cloud cloud{network, time};
  std::deque<fake_node> nodes;
  config::config settings;
  std::mt19937_64 random;
  std::vector<kept_round> rounds;
  std::vector<life> lives;
  std::vector<wall_setting> wall_settings;
  std::size_t disk_failures = 0;  ///< operations of the outbox that failed
  model::milliseconds storing_takes{0};

 private:
  friend class outbox_of_process;
  void died_at_the_disk();
  void restart_later();
  void end_life(life::end how);
  template <class Change>
  void visit(Change change);
  void note_wall(model::mono_time from);

  model::mono_time began_;
  std::multimap<model::milliseconds, std::function<void()>> planned_;
  std::unique_ptr<process> process_;
};

}  // namespace edge_rollup::sim
