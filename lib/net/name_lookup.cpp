// The threads own their queue together with the name_lookup object: when that goes, a thread that hangs in getaddrinfo
// keeps the queue alive until it returns and finds it closed.
#include "net/name_lookup.hpp"

#include <boost/asio/post.hpp>

#include <netdb.h>

#include <array>
#include <cerrno>
#include <condition_variable>
#include <cstring>
#include <deque>
#include <mutex>
#include <optional>
#include <system_error>
#include <thread>
#include <utility>

namespace edge_rollup::net {
namespace {

namespace asio = runtime::asio;

}  // namespace

lookup_result look_up_by_system(const std::string& host) {
  addrinfo wanted{};
  wanted.ai_socktype = SOCK_STREAM;
  wanted.ai_flags = AI_ADDRCONFIG;
  addrinfo* found = nullptr;
  const int failed = ::getaddrinfo(host.c_str(), nullptr, &wanted, &found);
  if (failed != 0) {
    const std::string why = failed == EAI_SYSTEM ? std::system_category().message(errno) : ::gai_strerror(failed);
    return std::unexpected(model::failure{model::failure_kind::dns, "no address for " + host + ": " + why, {}});
  }
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> list(found, &::freeaddrinfo);
  address_list addresses;
  for (const addrinfo* each = list.get(); each != nullptr; each = each->ai_next) {
    asio::ip::tcp::endpoint address;
    address.resize(each->ai_addrlen);
    std::memcpy(address.data(), each->ai_addr, each->ai_addrlen);
    addresses.push_back(address);
  }
  if (addresses.empty()) {
    return std::unexpected(model::failure{model::failure_kind::dns, "no address for " + host, {}});
  }
  return addresses;
}

class name_lookup::shared_queue {
 public:
  shared_queue(asio::any_io_executor loop, lookup_function look_up)
      : loop_(std::move(loop)), look_up_(std::move(look_up)) {}

  void push(std::string host, lookup_lane lane, std::function<void(lookup_result)> done) {
    const std::lock_guard guard(mutex_);
    queued(lane).push_back({std::move(host), std::move(done)});
    changed_.notify_all();
  }

  void close() {
    const std::lock_guard guard(mutex_);
    closed_ = true;
    lanes_ = {};
    running_ = {};
    changed_.notify_all();
  }

  /// The thread of a lane. That of the slow lane helps the quick one when it has nothing of its own.
  void work(lookup_lane own) {
    std::unique_lock lock(mutex_);
    for (;;) {
      changed_.wait(lock, [&] { return closed_ || ready(own) != nullptr; });
      if (closed_) return;
      job next = take(*ready(own));
      // The callback waits where close() can reach it, so that an abandoned thread holds nothing of the loop.
      auto& running = running_[static_cast<std::size_t>(own)];
      running = std::exchange(next.done, nullptr);
      lock.unlock();
      auto found = look_up_(next.host);
      lock.lock();
      if (closed_) return;
      auto tell = [done = std::exchange(running, nullptr), found = std::move(found)]() mutable {
        done(std::move(found));
      };
      asio::post(loop_, std::move(tell));
    }
  }

 private:
  struct job {
    std::string host;
    std::function<void(lookup_result)> done;
  };

  std::deque<job>& queued(lookup_lane lane) { return lanes_[static_cast<std::size_t>(lane)]; }

  std::deque<job>* ready(lookup_lane own) {
    if (!queued(own).empty()) return &queued(own);
    const bool may_help = own == lookup_lane::slow && !queued(lookup_lane::quick).empty();
    return may_help ? &queued(lookup_lane::quick) : nullptr;
  }

  /// Of new names the newest: who asked last waits for sure, who asked first may have given up. Slow names come again
  /// and again, so they take turns.
  job take(std::deque<job>& lane) {
    const bool newest_first = &lane == &queued(lookup_lane::quick);
    job taken = std::move(newest_first ? lane.back() : lane.front());
    newest_first ? lane.pop_back() : lane.pop_front();
    return taken;
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  asio::any_io_executor loop_;
  lookup_function look_up_;
  std::array<std::deque<job>, 2> lanes_;
  std::array<std::function<void(lookup_result)>, 2> running_;
  bool closed_ = false;
};

name_lookup::name_lookup(asio::any_io_executor loop, lookup_function look_up)
    : queue_(std::make_shared<shared_queue>(std::move(loop), std::move(look_up))) {
  for (const auto lane : {lookup_lane::quick, lookup_lane::slow}) {
    std::thread([queue = queue_, lane] { queue->work(lane); }).detach();
  }
}

name_lookup::~name_lookup() {
  queue_->close();
}

void name_lookup::start(std::string host, lookup_lane lane, std::function<void(lookup_result)> done) {
  queue_->push(std::move(host), lane, std::move(done));
}

}  // namespace edge_rollup::net
