// The outbox on disk for the loop: every operation of the store, carried out on a thread of its own.
#pragma once

#include "outbox/outbox.hpp"
#include "outbox/resilient_store.hpp"
#include "runtime/disk_thread.hpp"

#include <atomic>
#include <filesystem>
#include <memory>

namespace edge_rollup::outbox {

/// Operation:   `open` blocks and belongs to start-up. An operation is handed to the disk thread when it is awaited;
///              they run one after the other there and complete on the loop in the same order. The overview that
///              `at_a_glance` gives is that of the last operation that completed. What is to be salvaged, or
///              written anew, is done in small steps between them.
/// Concurrency: loop thread only. The loop must outlive the outbox, whose destructor waits for what was handed over.
class sqlite_outbox final : public outbox {
 public:
  /// Errors: those of resilient_store::open. The surroundings outlive the outbox and are used on both threads.
  [[nodiscard]] static model::result<std::unique_ptr<sqlite_outbox>> open(const std::filesystem::path& directory,
                                                                          const store_parameters& parameters,
                                                                          const store_surroundings& around);
  explicit sqlite_outbox(resilient_store store);
  ~sqlite_outbox() override;

  [[nodiscard]] overview at_a_glance() const override { return glance_; }
  [[nodiscard]] runtime::task<model::result<void>> store(record made) override;
  [[nodiscard]] runtime::task<model::result<std::vector<entry>>> front(std::size_t limit) override;
  [[nodiscard]] runtime::task<model::result<std::optional<record>>> load(std::uint64_t sequence) override;
  [[nodiscard]] runtime::task<model::result<void>> settle(settlement change) override;
  /// Other bounds, from the next `store` on.
  [[nodiscard]] runtime::task<model::result<void>> change_bounds(outbox_options bounds);

 private:
  template <class T, class Work>
  runtime::task<model::result<T>> on_disk(Work work);
  void go_on();

  resilient_store store_;    ///< touched on the disk thread only
  bool is_at_work_ = false;  ///< likewise: a step of what takes long is in the line
  std::atomic<bool> ending_ = false;
  overview glance_;            ///< the loop's copy of the store's overview
  runtime::disk_thread disk_;  ///< last, so that it has ended before the store closes
};

}  // namespace edge_rollup::outbox
