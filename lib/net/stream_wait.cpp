#include "net/stream_wait.hpp"

#include <boost/asio/any_completion_handler.hpp>
#include <boost/asio/async_result.hpp>

#include <utility>

namespace edge_rollup::net {
namespace {

class resumption final : public ready_listener {
 public:
  using handler = runtime::asio::any_completion_handler<void()>;

  void resume_by(handler resume) { resume_ = std::move(resume); }
  void ready() override { std::exchange(resume_, nullptr)(); }

 private:
  handler resume_;
};

}  // namespace

runtime::task<void> wait(byte_stream& stream, direction which) {
  resumption listener;
  auto begin = [&stream, &listener, which](resumption::handler resume) {
    listener.resume_by(std::move(resume));
    stream.tell_when_ready(which, listener);
  };
  auto ready = runtime::asio::async_initiate<const runtime::asio::use_awaitable_t<>&, void()>(
      begin, runtime::asio::use_awaitable);
  co_await std::move(ready);
}

}  // namespace edge_rollup::net
