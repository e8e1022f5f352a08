// Two threads take hosts from one queue that they own together with the name_lookup object: when that goes, a thread
// that hangs in getaddrinfo keeps the queue alive until it returns and finds it closed.
#include "net/name_lookup.hpp"

#include <boost/asio/post.hpp>

#include <netdb.h>

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

constexpr int lookup_threads = 2;

lookup_result look_up(const std::string& host, std::uint16_t port) {
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
    address.port(port);
    addresses.push_back(address);
  }
  if (addresses.empty()) {
    return std::unexpected(model::failure{model::failure_kind::dns, "no address for " + host, {}});
  }
  return addresses;
}

}  // namespace

class name_lookup::shared_queue {
 public:
  struct job {
    std::string host;
    std::uint16_t port = 0;
    std::function<void(lookup_result)> done;
    asio::any_io_executor loop;  ///< tracked: the loop does not end while a job is open
  };

  explicit shared_queue(asio::any_io_executor loop) : loop_(std::move(loop)) {}

  void push(std::string host, std::uint16_t port, std::function<void(lookup_result)> done) {
    const std::lock_guard guard(mutex_);
    jobs_.push_back(
        {std::move(host), port, std::move(done), asio::prefer(loop_, asio::execution::outstanding_work.tracked)});
    changed_.notify_one();
  }

  void close() {
    const std::lock_guard guard(mutex_);
    closed_ = true;
    jobs_.clear();
    running_.clear();
    changed_.notify_all();
  }

  void work(std::size_t worker) {
    std::unique_lock lock(mutex_);
    for (;;) {
      changed_.wait(lock, [this] { return closed_ || !jobs_.empty(); });
      if (closed_) return;
      const auto host = jobs_.front().host;
      const auto port = jobs_.front().port;
      // The job waits where close() can reach it, so that an abandoned thread holds nothing of the loop.
      running_.at(worker) = std::move(jobs_.front());
      jobs_.pop_front();
      lock.unlock();
      auto found = look_up(host, port);
      lock.lock();
      if (closed_) return;
      auto& finished = *running_.at(worker);
      auto tell = [done = std::move(finished.done), found = std::move(found)]() mutable { done(std::move(found)); };
      asio::post(finished.loop, std::move(tell));
      running_.at(worker).reset();
    }
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  asio::any_io_executor loop_;
  std::deque<job> jobs_;
  std::vector<std::optional<job>> running_{lookup_threads};
  bool closed_ = false;
};

name_lookup::name_lookup(asio::any_io_executor loop) : queue_(std::make_shared<shared_queue>(std::move(loop))) {
  for (std::size_t worker = 0; worker < lookup_threads; ++worker) {
    std::thread([queue = queue_, worker] { queue->work(worker); }).detach();
  }
}

name_lookup::~name_lookup() {
  queue_->close();
}

void name_lookup::start(std::string host, std::uint16_t port, std::function<void(lookup_result)> done) {
  queue_->push(std::move(host), port, std::move(done));
}

}  // namespace edge_rollup::net
