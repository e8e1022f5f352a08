#include "fleet/directory_watch.hpp"

#include <sys/inotify.h>
#include <unistd.h>

#include <array>
#include <cstddef>
#include <cstring>
#include <utility>

namespace edge_rollup::fleet {
namespace {

constexpr std::uint32_t of_interest = IN_CLOSE_WRITE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE | IN_CREATE | IN_ATTRIB |
                                      IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR;
constexpr std::size_t event_buffer_bytes = 16 * 1024;

/// A file that has only been created is empty still; its close tells.
bool is_news(const inotify_event& event) {
  return (event.mask & IN_IGNORED) == 0 && ((event.mask & IN_CREATE) == 0 || (event.mask & IN_ISDIR) != 0);
}

}  // namespace

watched_directories::watched_directories() : events_(::inotify_init1(IN_NONBLOCK | IN_CLOEXEC)) {}

void watched_directories::watch(const std::vector<std::string>& directories) {
  if (!events_.is_open()) return;
  std::set<int> wanted;
  for (const auto& directory : directories) {
    const int added = ::inotify_add_watch(events_.get(), directory.c_str(), of_interest);
    if (added >= 0) wanted.insert(added);
  }
  for (const int old : watches_) {
    if (!wanted.contains(old)) ::inotify_rm_watch(events_.get(), old);
  }
  watches_ = std::move(wanted);
}

directory_watch::directory_watch(const runtime::asio::any_io_executor& loop)
    : directories_(std::make_shared<watched_directories>()) {
  if (directories_->events() >= 0) events_.emplace(loop, directories_->events());
}

directory_watch::~directory_watch() {
  if (events_) events_->release();
}

runtime::task<bool> directory_watch::changed() {
  while (events_ && !cancelled_) {
    auto [failed] = co_await events_->async_wait(boost::asio::posix::stream_descriptor::wait_read, runtime::as_result);
    if (failed) break;
    if (take_events()) co_return true;
  }
  co_return false;
}

bool directory_watch::take_events() {
  bool news = false;
  alignas(inotify_event) std::array<char, event_buffer_bytes> buffer;
  for (;;) {
    const auto got = ::read(directories_->events(), buffer.data(), buffer.size());
    if (got <= 0) return news;
    const auto end = static_cast<std::size_t>(got);
    for (std::size_t at = 0; at + sizeof(inotify_event) <= end;) {
      inotify_event event{};
      std::memcpy(&event, buffer.data() + at, sizeof event);
      news = news || is_news(event);
      at += sizeof event + event.len;
    }
  }
}

void directory_watch::cancel() noexcept {
  cancelled_ = true;
  if (events_) events_->cancel();
}

}  // namespace edge_rollup::fleet
