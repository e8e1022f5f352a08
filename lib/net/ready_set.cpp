// An edge is told once: what a member learns from an event holds until a call comes to the end of it. An event that was
// taken just before that makes a listener wake up for nothing, which costs it one call.
//
// While nobody waits nothing is taken from the set, so that connections that end between two rounds wake nobody up;
// then who asks has the events taken first.
#include "net/ready_set.hpp"

#include "model/invariant.hpp"

#include <boost/asio/post.hpp>
#include <boost/system/system_error.hpp>

#include <algorithm>
#include <cerrno>
#include <span>
#include <utility>

namespace edge_rollup::net {
namespace {

constexpr std::uint32_t hang_up_events = EPOLLRDHUP | EPOLLHUP | EPOLLERR;
constexpr std::uint32_t write_events = EPOLLOUT | EPOLLHUP | EPOLLERR;

int new_epoll_set() {
  const int made = ::epoll_create1(EPOLL_CLOEXEC);
  // As the loop itself, which is made of the same.
  if (made < 0) throw boost::system::system_error(errno, boost::system::system_category(), "epoll_create1");
  return made;
}

}  // namespace

ready_set::ready_set(runtime::asio::any_io_executor loop) : epoll_(std::move(loop), new_epoll_set()) {}

void ready_set::wait_for_events() {
  if (waiting_ || listeners_ == 0) return;
  waiting_ = true;
  epoll_.async_wait(boost::asio::posix::stream_descriptor::wait_read, [this](const boost::system::error_code& error) {
    if (error) return;  // nobody listens any more, and this may be gone
    waiting_ = false;
    turn();
  });
}

/// The loop may end then.
void ready_set::stop_waiting() {
  if (!waiting_ || listeners_ > 0) return;
  waiting_ = false;
  boost::system::error_code ignored;  // there is nothing to cancel where the events are there already
  epoll_.cancel(ignored);
}

void ready_set::turn() {
  [[maybe_unused]] const bool more = take_events();  // if so, the next wait ends at once
  wait_for_events();
}

void ready_set::take_all_events() {
  while (take_events()) continue;
}

/// True where there may be more.
bool ready_set::take_events() {
  const int taken = ::epoll_wait(epoll_.native_handle(), events_.data(), static_cast<int>(events_.size()), 0);
  if (taken <= 0) return false;
  event_count_ = static_cast<std::size_t>(taken);
  for (const epoll_event& event : std::span(events_).first(event_count_)) {
    if (event.data.ptr != nullptr) static_cast<member*>(event.data.ptr)->happened(event.events);
  }
  event_count_ = 0;
  return static_cast<std::size_t>(taken) == events_.size();
}

void ready_set::tell_soon(member& whom) {
  if (std::exchange(whom.due_, true)) return;
  if (due_.empty()) boost::asio::post(epoll_.get_executor(), [this] { tell_due(); });
  due_.push_back(&whom);
}

void ready_set::tell_due() {
  telling_ = std::exchange(due_, {});
  for (std::size_t next = 0; next < telling_.size(); ++next) {
    member* const whom = std::exchange(telling_[next], nullptr);
    if (whom == nullptr) continue;
    whom->due_ = false;
    whom->tell();
  }
  telling_.clear();
  stop_waiting();
}

/// No event that was taken already reaches it. It is sought where it can be only: thousands may end at once.
void ready_set::forget(const member& leaving) noexcept {
  for (epoll_event& event : std::span(events_).first(event_count_)) {
    if (event.data.ptr == &leaving) event.data.ptr = nullptr;
  }
  if (!leaving.due_) return;
  std::erase(due_, &leaving);
  std::ranges::replace(telling_, &leaving, nullptr);
}

ready_set::member::~member() {
  EDGE_ROLLUP_INVARIANT(listener_ == nullptr);
  set_.forget(*this);
}

int ready_set::member::join(int descriptor) {
  epoll_event wanted{};
  wanted.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET;
  wanted.data.ptr = this;
  return ::epoll_ctl(set_.epoll_.native_handle(), EPOLL_CTL_ADD, descriptor, &wanted) == 0 ? 0 : errno;
}

bool ready_set::member::may_read() {
  if (!readable_ && set_.nobody_looks()) set_.take_all_events();
  return readable_;
}

void ready_set::member::exhausted(direction which) noexcept {
  if (which == direction::read) {
    readable_ = hung_up_;
  } else {
    writable_ = false;
  }
}

void ready_set::member::tell_when_ready(direction which, ready_listener& whom) {
  EDGE_ROLLUP_INVARIANT(listener_ == nullptr);
  listener_ = &whom;
  awaited_ = which;
  ++set_.listeners_;
  if (which == direction::read ? readable_ : writable_) {
    set_.tell_soon(*this);
  } else if (set_.event_count_ == 0) {
    set_.wait_for_events();
  }
}

void ready_set::member::cancel() {
  if (listener_ != nullptr) set_.tell_soon(*this);
}

void ready_set::member::happened(std::uint32_t events) {
  if ((events & hang_up_events) != 0) hung_up_ = true;
  if ((events & (EPOLLIN | hang_up_events)) != 0) readable_ = true;
  if ((events & write_events) != 0) writable_ = true;
  if (awaited_ == direction::read ? readable_ : writable_) tell();
}

void ready_set::member::tell() {
  if (listener_ == nullptr) return;
  --set_.listeners_;
  std::exchange(listener_, nullptr)->ready();
}

}  // namespace edge_rollup::net
