#include "outbox/sqlite_outbox.hpp"

#include "model/invariant.hpp"
#include "runtime/crash_point.hpp"

#include <utility>

namespace edge_rollup::outbox {

namespace {

/// Makes one step of what takes long. Returns whether there is more to do at once.
bool work_on(resilient_store& store) {
  const bool copies = store.continue_copy();
  const bool salvages = store.continue_salvage();
  return copies || salvages;
}

}  // namespace

model::result<std::unique_ptr<sqlite_outbox>> sqlite_outbox::open(const std::filesystem::path& directory,
                                                                  const store_parameters& parameters,
                                                                  const store_surroundings& around) {
  auto store = resilient_store::open(directory, parameters, around);
  if (!store) return std::unexpected(store.error());
  return std::make_unique<sqlite_outbox>(std::move(*store));
}

sqlite_outbox::sqlite_outbox(resilient_store store) : store_{std::move(store)}, glance_{store_.at_a_glance()} {
  disk_.post([this] { go_on(); });
}

sqlite_outbox::~sqlite_outbox() {
  ending_ = true;
  runtime::crash_point("close", "begin");
}

/// Steps follow one another, each at the end of the line: what is handed over meanwhile goes before the next one.
void sqlite_outbox::go_on() {
  is_at_work_ = !ending_ && work_on(store_);
  if (is_at_work_) disk_.post([this] { go_on(); });
}

/// Runs `work` on the disk thread and takes the overview that it left over to the loop.
template <class T, class Work>
runtime::task<model::result<T>> sqlite_outbox::on_disk(Work work) {
  auto work_and_look = [this, work = std::move(work)] {
    auto outcome = work(store_);
    if (!is_at_work_) go_on();
    return std::pair{std::move(outcome), store_.at_a_glance()};
  };
  auto [outcome, glance] = co_await disk_.run(std::move(work_and_look));
  glance_ = std::move(glance);
  co_return std::move(outcome);
}

runtime::task<model::result<void>> sqlite_outbox::store(record made) {
  EDGE_ROLLUP_INVARIANT(made.sequence == glance_.next_sequence);
  return on_disk<void>([made = std::move(made)](resilient_store& store) { return store.store(made); });
}

runtime::task<model::result<std::vector<entry>>> sqlite_outbox::front(std::size_t limit) {
  return on_disk<std::vector<entry>>([limit](resilient_store& store) { return store.front(limit); });
}

runtime::task<model::result<std::optional<record>>> sqlite_outbox::load(std::uint64_t sequence) {
  return on_disk<std::optional<record>>([sequence](resilient_store& store) { return store.load(sequence); });
}

runtime::task<model::result<void>> sqlite_outbox::settle(settlement change) {
  return on_disk<void>([change = std::move(change)](resilient_store& store) { return store.settle(change); });
}

runtime::task<model::result<void>> sqlite_outbox::change_bounds(outbox_options bounds) {
  return on_disk<void>([bounds](resilient_store& store) {
    store.change_bounds(bounds);
    return model::result<void>{};
  });
}

}  // namespace edge_rollup::outbox
