// A process that stores rollups is killed at moments nobody chose; what it had acknowledged must be there afterwards.
#include "outbox/sqlite_store.hpp"

#include "support/temporary_directory.hpp"

#include <catch2/catch_get_random_seed.hpp>
#include <catch2/catch_test_macros.hpp>

#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <optional>
#include <random>
#include <string>

namespace edge_rollup::outbox {
namespace {

constexpr int rounds = 25;
constexpr int most_acknowledged = 12;

record numbered(std::uint64_t sequence) {
  record made;
  made.sequence = sequence;
  made.id = "id-" + std::to_string(sequence);
  made.stored_at = model::wall_time{model::milliseconds{static_cast<std::int64_t>(sequence)}};
  for (std::uint64_t word = 0; word < sequence % 50 * 100; ++word) made.body += std::to_string(word * sequence);
  return made;
}

sqlite_store opened(const std::filesystem::path& directory) {
  auto store = sqlite_store::open(directory, {.gateway = "gateway-1", .new_stream_id = "stream"});
  INFO((store ? "" : store.error().text));
  REQUIRE(store);
  return std::move(*store);
}

/// Stores and delivers (every third one) as fast as it can and says so; ends only by being killed, or by an error.
[[noreturn]] void store_for_ever(const std::filesystem::path& directory, int says) {
  auto store = sqlite_store::open(directory, {.gateway = "gateway-1", .new_stream_id = "stream"});
  while (store) {
    const auto sequence = store->at_a_glance().next_sequence;
    if (!store->store(numbered(sequence))) break;
    if (::write(says, &sequence, sizeof sequence) != sizeof sequence) break;
    settlement change;
    change.delivered = sequence;
    if (sequence % 3 == 0 && !store->settle(change)) break;
  }
  ::_exit(1);
}

/// The last sequence that a child acknowledged before it was killed, if it came to that.
std::optional<std::uint64_t> store_until_killed(const std::filesystem::path& directory, std::mt19937& chance) {
  std::array<int, 2> pipe{};
  REQUIRE(::pipe(pipe.data()) == 0);
  const pid_t child = ::fork();
  if (child == 0) store_for_ever(directory, pipe[1]);
  ::close(pipe[1]);

  std::optional<std::uint64_t> last;
  std::uint64_t word = 0;
  const auto hear = [&] {
    const bool heard = ::read(pipe[0], &word, sizeof word) == sizeof word;
    if (heard) last = word;
    return heard;
  };
  const int wanted = std::uniform_int_distribution(0, most_acknowledged)(chance);
  for (int heard = 0; heard < wanted; ++heard) REQUIRE(hear());
  ::usleep(std::uniform_int_distribution(0U, 3'000U)(chance));  // into the middle of something
  ::kill(child, SIGKILL);
  while (hear()) continue;
  ::close(pipe[0]);
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  REQUIRE(WIFSIGNALED(status));
  return last;
}

TEST_CASE("every acknowledged rollup survives a kill, and sequences go on without a gap") {
  const auto seed = Catch::getSeed();
  CAPTURE(seed);
  std::mt19937 chance{seed};
  const tests::temporary_directory room;
  std::uint64_t next = 1;
  for (int round = 0; round < rounds; ++round) {
    CAPTURE(round);
    const auto acknowledged = store_until_killed(room.path(), chance).value_or(next - 1);
    auto store = opened(room.path());
    next = store.at_a_glance().next_sequence;
    CHECK(next >= acknowledged + 1);
    CHECK(next <= acknowledged + 2);  // one more may have been stored, and its word not have reached us
    for (std::uint64_t sequence = 1; sequence < next; ++sequence) {
      const auto found = store.load(sequence);
      REQUIRE(found);
      if (sequence % 3 != 0) REQUIRE(found->has_value());
      if (*found) REQUIRE(**found == numbered(sequence));
    }
  }
  CHECK(next > rounds);
}

}  // namespace
}  // namespace edge_rollup::outbox
