// A store as a daemon has it, on a bench: what time it is, how much room the disk has and when the process ends is for
// the test to say.
#pragma once

#include "outbox/resilient_store.hpp"

#include "support/memory_log.hpp"
#include "support/seeded_entropy.hpp"
#include "support/store_process.hpp"
#include "support/temporary_directory.hpp"
#include "support/virtual_clock.hpp"

#include <boost/asio/io_context.hpp>
#include <catch2/catch_test_macros.hpp>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace edge_rollup::outbox {

using tests::first_stream;
inline constexpr const char* second_stream = "5f0c7a52-3d0e-4c9a-8f6b-2f0c4d7e8a55";

using numbers = std::vector<std::uint64_t>;

struct bench_setup {
  std::optional<std::filesystem::path> directory = {};  ///< empty: one of its own, gone with it
  std::string stream = first_stream;                    ///< where one begins
  std::chrono::milliseconds busy_timeout = outbox::busy_timeout;
  outbox_options bounds = {};
};

/// Makes rollups as the pipeline does: under the stream and the number that the store gives, and once more where
/// another stream has begun meanwhile. The body of a rollup is the stream it was made for.
class store_bench {
  bench_setup setup_;
  tests::temporary_directory own_;
  boost::asio::io_context loop_;

 public:
  explicit store_bench(bench_setup setup = {}) : setup_{std::move(setup)} { start(); }

  /// A process that was there before ends first.
  void start() {
    stop();
    auto opened = resilient_store::open(directory(),
                                        {.gateway = "gateway-1",
                                         .new_stream_id = setup_.stream,
                                         .bounds = setup_.bounds,
                                         .busy_timeout = setup_.busy_timeout},
                                        {time, chance_, messages, [this](const auto&) {
                                           return runtime::disk_space{free, whole_disk};
                                         }});
    INFO((opened ? "" : opened.error().text));
    REQUIRE(opened);
    store_ = std::make_unique<resilient_store>(std::move(*opened));
  }
  void stop() { store_.reset(); }

  const std::filesystem::path& directory() const { return setup_.directory ? *setup_.directory : own_.path(); }
  std::filesystem::path file() const { return directory() / store_file_name; }
  resilient_store& store() { return *store_; }
  overview glance() const { return store_->at_a_glance(); }

  /// Returns the number under which the rollup is kept.
  std::uint64_t round() {
    const auto before = glance();
    const auto kept = store_->store(made_for(before));
    if (kept) return before.next_sequence;
    const auto after = glance();
    INFO(kept.error().text);
    REQUIRE(after.stream != before.stream);
    REQUIRE(store_->store(made_for(after)));
    return after.next_sequence;
  }
  /// A disk that refused is tried again.
  void rest() { time.advance(resilient_store::disk_rest); }

  numbers waiting() {
    const auto front = store_->front(1'000);
    REQUIRE(front);
    numbers sequences;
    for (const auto& each : *front) sequences.push_back(each.sequence);
    return sequences;
  }
  /// All that waits, in order.
  void deliver_all() {
    for (const auto sequence : waiting()) {
      CHECK(delivered.emplace(load(sequence).body, sequence).second);
      settlement change;
      change.delivered = sequence;
      REQUIRE(store_->settle(change));
    }
  }
  /// As it was made.
  record load(std::uint64_t sequence) {
    const auto loaded = store_->load(sequence);
    REQUIRE(loaded);
    REQUIRE(*loaded);
    CHECK((*loaded)->id == (*loaded)->body + std::to_string(sequence));
    return **loaded;
  }

  static constexpr std::uint64_t whole_disk = 1ULL << 40U;
  std::uint64_t free = whole_disk;                            ///< bytes
  std::set<std::pair<std::string, std::uint64_t>> delivered;  ///< stream and sequence, never twice
  tests::virtual_clock time{loop_};
  tests::memory_log messages;

 private:
  static record made_for(const overview& glance) {
    record made;
    made.sequence = glance.next_sequence;
    made.id = glance.stream + std::to_string(glance.next_sequence);
    made.body = glance.stream;
    return made;
  }

  tests::seeded_entropy chance_{5};
  std::unique_ptr<resilient_store> store_;
};

}  // namespace edge_rollup::outbox
