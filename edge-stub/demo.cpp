// The play has no timetable of its own: the cloud goes down when it has taken some rollups and is back after some
// refused tries, which come as often as its Retry-After says.
#include "edge-stub/demo.hpp"

#include "edge-stub/child_process.hpp"
#include "edge-stub/ingest_server.hpp"
#include "edge-stub/node_server.hpp"

#include "config/duration.hpp"
#include "runtime/system_clock.hpp"

#include <fmt/format.h>
#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/signal_set.hpp>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <fstream>
#include <numeric>
#include <optional>
#include <utility>
#include <vector>

namespace edge_rollup::stub {
namespace {

namespace asio = runtime::asio;
using runtime::as_result;

constexpr double flaky_fail_rate = 0.4;
constexpr int accepting = 202;
constexpr int refusing = 503;
constexpr std::uint32_t refused_tries = 3;  // so few that the daemon's next try comes within its shutdown grace
constexpr std::uint32_t least_rounds_for_an_outage = 4;

/// Operation: an empty directory that goes with everything in it.
class temporary_directory {
 public:
  [[nodiscard]] static model::result<temporary_directory> make() {
    std::string name = (std::filesystem::temp_directory_path() / "edge-rollup-demo.XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) {
      return model::fail(model::error_kind::disk, fmt::format("cannot make a directory like {}", name));
    }
    return temporary_directory(std::move(name));
  }
  temporary_directory(temporary_directory&& other) noexcept : path_(std::exchange(other.path_, {})) {}
  temporary_directory& operator=(temporary_directory&&) = delete;
  ~temporary_directory() {
    std::error_code ignored;  // what cannot be removed is left to the system's cleaning of its temporary files
    if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
  }

  [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }

 private:
  explicit temporary_directory(std::string path) : path_(std::move(path)) {}

  std::filesystem::path path_;
};

void tell(std::string_view who, std::string_view what) {
  fmt::print("{:<6} | {}\n", who, what);
  std::fflush(stdout);
}

/// A line of the daemon's log as fits a terminal beside ours: the time of day, the level unless it is info, and the
/// sentence without the fields behind it. A line of any other form stays as it is.
std::string shortened(std::string_view line) {
  constexpr std::string_view form = "2026-11-22T17:05:00.000Z info  ";
  if (line.size() < form.size() || line[10] != 'T' || line[23] != 'Z') return std::string(line);
  const std::string_view time_of_day = line.substr(11, 8);
  const std::string_view level = line.substr(25, 5);
  std::string_view sentence = line.substr(form.size());
  sentence = sentence.substr(0, sentence.find("  "));
  return fmt::format("{} {}{}", time_of_day, level == "info " ? "" : level, sentence);
}

model::result<std::string> find_daemon(const std::string& named) {
  if (!named.empty()) return named;
  const auto here = std::filesystem::read_symlink("/proc/self/exe").parent_path();
  for (const auto& place : {here / "edge-rollup", here.parent_path() / "daemon" / "edge-rollup"}) {
    if (std::filesystem::is_regular_file(place)) return place.string();
  }
  return model::fail(
      model::error_kind::unavailable,
      fmt::format("there is no edge-rollup beside {}: build it, or name it with --daemon", here.string()));
}

asio::ip::tcp::endpoint loopback(std::uint32_t number) {
  return {asio::ip::address_v4(asio::ip::address_v4::loopback().to_uint() + number), 0};
}

node_options healthy_nodes(const demo_options& options) {
  return {.listen = loopback(0), .count = std::max(options.nodes, 2U) - 1, .seed = 7};
}

node_options flaky_node(const demo_options& options) {
  return {.listen = loopback(options.nodes - 1), .fail_rate = flaky_fail_rate, .seed = 8};
}

ingest_options cloud_of(const demo_options& options) {
  return {.listen = loopback(0), .retry_after = std::chrono::ceil<std::chrono::seconds>(options.interval)};
}

class demo {
 public:
  explicit demo(const demo_options& options)
      : options_(options),
        time_(loop_.get_executor()),
        healthy_(loop_, time_, healthy_nodes(options)),
        flaky_(loop_, time_, flaky_node(options)),
        cloud_(loop_, time_, cloud_of(options), [this](const receipt& noted) { follow(noted); }),
        signals_(loop_, SIGINT, SIGTERM),
        output_(loop_) {}

  [[nodiscard]] model::result<bool> run();

 private:
  [[nodiscard]] model::result<void> bind_servers();
  [[nodiscard]] model::result<void> write_nodes_file(const std::filesystem::path& file) const;
  [[nodiscard]] runtime::task<void> play();
  [[nodiscard]] runtime::task<void> relay_output();
  [[nodiscard]] runtime::task<void> obey_signals();
  void follow(const receipt& noted);
  void begin_outage();
  void end_outage();
  [[nodiscard]] bool has_flaky_node() const noexcept { return options_.nodes > 1; }
  [[nodiscard]] std::uint64_t rounds_polled() const noexcept;
  [[nodiscard]] bool judge(int exit_code) const;

  demo_options options_;
  asio::io_context loop_;
  runtime::system_clock time_;
  node_server healthy_;
  node_server flaky_;
  ingest_server cloud_;
  asio::signal_set signals_;
  asio::posix::stream_descriptor output_;
  std::optional<child_process> daemon_;
  std::vector<std::uint64_t> accepted_;  ///< sequences, in the order of their coming
  std::uint32_t refused_ = 0;
  bool interrupted_ = false;
};

model::result<bool> demo::run() {
  auto program = find_daemon(options_.daemon);
  if (!program) return std::unexpected(std::move(program.error()));
  auto directory = temporary_directory::make();
  if (!directory) return std::unexpected(std::move(directory.error()));
  if (auto started = bind_servers(); !started) return std::unexpected(std::move(started.error()));
  const auto nodes_file = directory->path() / "nodes";
  if (auto written = write_nodes_file(nodes_file); !written) return std::unexpected(std::move(written.error()));

  auto started =
      child_process::start({*program, "run", "--nodes", nodes_file.string(), "--cloud", cloud_.url(), "--interval",
                            config::to_string(options_.interval), "--rounds", std::to_string(options_.rounds),
                            "--log-format", "text", "--state-dir", (directory->path() / "state").string()});
  if (!started) return std::unexpected(std::move(started.error()));
  daemon_ = std::move(*started);
  output_.assign(daemon_->take_output().release());
  tell("demo", fmt::format("{} nodes, a round every {}, {} rounds. Ctrl-C ends it.", options_.nodes,
                           config::to_string(options_.interval), options_.rounds));
  if (has_flaky_node()) tell("demo", fmt::format("node {} fails now and then", flaky_.urls().front()));

  asio::co_spawn(loop_, play(), [](std::exception_ptr failed) {
    if (failed) std::rethrow_exception(failed);
  });
  loop_.run();
  return judge(daemon_->wait());
}

model::result<void> demo::bind_servers() {
  if (auto up = healthy_.listen(); !up) return up;
  if (has_flaky_node()) {
    if (auto up = flaky_.listen(); !up) return up;
  }
  return cloud_.listen();
}

model::result<void> demo::write_nodes_file(const std::filesystem::path& file) const {
  std::ofstream lines(file);
  for (const auto& url : healthy_.urls()) lines << url << '\n';
  for (const auto& url : flaky_.urls()) lines << url << '\n';
  lines.close();
  if (!lines) return model::fail(model::error_kind::disk, fmt::format("cannot write {}", file.string()));
  return {};
}

runtime::task<void> demo::play() {
  healthy_.start();
  flaky_.start();
  cloud_.start();
  runtime::task_scope listener(loop_.get_executor(), time_);
  listener.spawn(obey_signals());
  co_await relay_output();
  signals_.cancel();
  co_await listener.join();
  healthy_.stop();
  flaky_.stop();
  cloud_.stop();
  co_await healthy_.join();
  co_await flaky_.join();
  co_await cloud_.join();
}

runtime::task<void> demo::relay_output() {
  constexpr char line_end = '\n';
  std::string said;
  while (true) {
    auto buffer = asio::dynamic_buffer(said);
    auto [failed, count] = co_await asio::async_read_until(output_, buffer, line_end, as_result);
    if (failed) break;
    tell("daemon", shortened(std::string_view(said).substr(0, count - 1)));
    said.erase(0, count);
  }
  if (!said.empty()) tell("daemon", shortened(said));
}

runtime::task<void> demo::obey_signals() {
  while (true) {
    auto [failed, number] = co_await signals_.async_wait(as_result);
    if (failed) break;
    tell("demo", interrupted_ ? "stopping at once" : "stopping: the daemon may deliver what it has");
    interrupted_ = true;
    cloud_.answer_with(accepting);
    daemon_->send_signal(SIGTERM);
  }
}

void demo::follow(const receipt& noted) {
  tell("cloud", summary_line(noted));
  if (noted.status == accepting) {
    accepted_.push_back(noted.rollup ? noted.rollup->sequence.value_or(0) : 0);
    const bool time_to_fail = accepted_.size() == options_.rounds / least_rounds_for_an_outage && refused_ == 0;
    if (time_to_fail && !interrupted_) begin_outage();
  } else if (++refused_ >= refused_tries) {
    end_outage();
  }
}

void demo::begin_outage() {
  cloud_.answer_with(refusing);
  tell("demo", "the cloud goes down for a while: rollups wait in the outbox");
}

void demo::end_outage() {
  cloud_.answer_with(accepting);
  tell("demo", fmt::format("the cloud is back: {} rollups wait, the oldest goes first",
                           rounds_polled() - std::min<std::uint64_t>(rounds_polled(), accepted_.size())));
}

std::uint64_t demo::rounds_polled() const noexcept {
  return healthy_.requests() / healthy_nodes(options_).count;
}

bool demo::judge(int exit_code) const {
  std::vector<std::uint64_t> expected(accepted_.size());
  std::iota(expected.begin(), expected.end(), std::uint64_t{1});
  const bool all = accepted_.size() >= (interrupted_ ? rounds_polled() : options_.rounds);
  const bool well = exit_code == 0 && all && accepted_ == expected;
  tell("demo",
       fmt::format("{} rounds, {} rollups delivered{}, {} tries refused, the daemon ended with {}", rounds_polled(),
                   accepted_.size(), accepted_ == expected ? " in order" : " OUT OF ORDER", refused_, exit_code));
  tell("demo", well ? "every rollup arrived" : "NOT every rollup arrived as it should");
  return well;
}

}  // namespace

model::result<bool> run_demo(const demo_options& options) {
  return demo(options).run();
}

}  // namespace edge_rollup::stub
