// A network in memory, on virtual time: hosts that answer, refuse, stay silent or misbehave as a test says. Streams
// hand out bytes when their time has come, so a test needs neither sockets nor sleeps.
#pragma once

#include "net/network.hpp"
#include "support/virtual_clock.hpp"

#include <boost/asio/co_spawn.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <exception>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace edge_rollup::tests {

enum class piece_end { open, close, reset };

/// Bytes a peer sends `after` the piece before, and what it does then.
struct piece {
  std::chrono::milliseconds after{0};
  std::string bytes;
  piece_end then = piece_end::open;
};

enum class on_connect { accept, refuse, ignore };

struct fake_host {
  on_connect connecting = on_connect::accept;
  std::chrono::milliseconds connect_time{0};
  /// What is sent in answer to a whole request.
  std::function<std::vector<piece>(const std::string& request)> answer = {};
};

/// A complete HTTP answer with a body.
inline std::string http_text(int status, const std::string& body) {
  return "HTTP/1.1 " + std::to_string(status) + " Reason\r\nContent-Length: " + std::to_string(body.size()) +
         "\r\n\r\n" + body;
}

inline std::string summary_text(std::uint64_t records, const std::string& quality = "0.5") {
  return R"({"record_count": )" + std::to_string(records) + R"(, "quality_score": )" + quality + "}";
}

/// A host that answers every request with the same summary after `delay`.
inline fake_host healthy_host(std::uint64_t records, std::chrono::milliseconds delay = std::chrono::milliseconds{1}) {
  return {.answer = [=](const std::string&) {
    return std::vector<piece>{{delay, http_text(200, summary_text(records))}};
  }};
}

class fake_network final : public net::network {
 public:
  using endpoint = boost::asio::ip::tcp::endpoint;

  explicit fake_network(virtual_clock& time) : time_(time) {}

  /// By address and port; a host that is not here refuses. May be changed at any time.
  std::map<std::pair<std::string, std::uint16_t>, fake_host> hosts;
  std::map<std::string, std::vector<std::string>> names;  ///< to addresses; other names are unknown

  std::chrono::milliseconds lookup_time{0};

  std::map<model::tls_options, std::string> broken_tls;  ///< options that cannot be used, and why
  std::vector<model::tls_options> tls_used;              ///< of each connection

  std::size_t connects = 0;  ///< connections begun since the start
  std::size_t open_now = 0;
  std::size_t most_open = 0;
  std::size_t probed = 0;  ///< connections that were to be probed while idle
  std::vector<std::string> requests;
  std::vector<std::string> tunnels;

  runtime::task<std::expected<net::address_list, model::failure>> resolve(const model::url& peer,
                                                                          model::mono_time deadline) override {
    if (const auto literal = net::literal_endpoint(peer)) co_return net::address_list{*literal};
    auto timer = time_.make_timer();
    const auto answered = time_.now() + lookup_time;
    const auto due = std::min(answered, deadline);
    [[maybe_unused]] auto ended = co_await timer->wait_until(due);
    if (answered > deadline) {
      co_return std::unexpected(model::failure{model::failure_kind::timeout, "timed out while looking up", {}});
    }
    const auto found = names.find(peer.host);
    if (found == names.end()) {
      co_return std::unexpected(model::failure{model::failure_kind::dns, "no address for " + peer.host, {}});
    }
    net::address_list addresses;
    for (const auto& each : found->second) addresses.emplace_back(boost::asio::ip::make_address(each), peer.port);
    co_return addresses;
  }

  void cancel_lookups() noexcept override {}
  void cancel_lookup(const model::url&) noexcept override {}

  model::result<void> prepare(const model::tls_options& tls) override {
    const auto broken = broken_tls.find(tls);
    if (broken == broken_tls.end()) return {};
    return model::fail(model::error_kind::config, broken->second);
  }

  std::unique_ptr<net::byte_stream> open(const endpoint& address, const model::url&,
                                         const model::tls_options& tls) override {
    tls_used.push_back(tls);
    return std::make_unique<fake_stream>(*this, address);
  }

  /// Tunnels lead to the proxy itself; what they were asked for is in `tunnels`.
  std::unique_ptr<net::byte_stream> open_tunnel(const endpoint& proxy, std::string request, const model::url&,
                                                const model::tls_options& tls) override {
    tls_used.push_back(tls);
    tunnels.push_back(std::move(request));
    return std::make_unique<fake_stream>(*this, proxy);
  }

 private:
  class fake_stream final : public net::byte_stream {
   public:
    fake_stream(fake_network& network, const endpoint& address)
        : network_(network), key_(address.address().to_string(), address.port()), timer_(network.time_.make_timer()) {
      ++network_.connects;
      network_.most_open = std::max(network_.most_open, ++network_.open_now);
    }
    ~fake_stream() override { --network_.open_now; }

    net::io_result try_connect() override {
      const fake_host* host = find_host();
      if (host == nullptr || host->connecting == on_connect::refuse)
        return fail(model::failure_kind::connect, "refused");
      if (!ready_at_) {
        ready_at_ = host->connecting == on_connect::ignore ? runtime::never : network_.time_.now() + host->connect_time;
      }
      return {network_.time_.now() >= *ready_at_ ? net::io_state::done : net::io_state::want_write, 0};
    }

    net::io_result try_write(std::span<const char> bytes) override {
      if (ended(piece_end::reset)) return fail(model::failure_kind::reset, "reset");
      request_.append(bytes.data(), bytes.size());
      if (request_is_whole()) take_request();
      return {net::io_state::done, bytes.size()};
    }

    net::io_result try_read(std::span<char> buffer) override {
      advance();
      if (!arrived_.empty()) {
        const auto count = std::min(buffer.size(), arrived_.size());
        std::copy_n(arrived_.begin(), count, buffer.begin());
        arrived_.erase(0, count);
        return {net::io_state::done, count};
      }
      if (end_ == piece_end::reset) return fail(model::failure_kind::reset, "reset");
      return {end_ == piece_end::close ? net::io_state::closed : net::io_state::want_read, 0};
    }

    void tell_when_ready(net::direction which, net::ready_listener& whom) override {
      auto due = ready_at_.value_or(runtime::never);
      if (which == net::direction::read) due = coming_.empty() ? runtime::never : coming_.front().first;
      const auto ended = [](const std::exception_ptr& thrown) {
        if (thrown) std::rethrow_exception(thrown);
      };
      runtime::asio::co_spawn(network_.time_.loop(), wait_and_tell(due, whom), ended);
    }

    void cancel() noexcept override { timer_->cancel(); }
    void probe_while_idle() noexcept override {
      if (!std::exchange(probed_, true)) ++network_.probed;
    }
    model::failure last_failure() const override { return failure_; }

   private:
    /// The listener may end this stream.
    runtime::task<void> wait_and_tell(model::mono_time due, net::ready_listener& whom) {
      [[maybe_unused]] auto how = co_await timer_->wait_until(due);
      whom.ready();
    }

    const fake_host* find_host() const {
      const auto found = network_.hosts.find(key_);
      return found == network_.hosts.end() ? nullptr : &found->second;
    }

    net::io_result fail(model::failure_kind kind, const char* why) {
      failure_ = {kind, why, {}};
      return {net::io_state::failed, 0};
    }

    bool request_is_whole() const {
      const auto head_end = request_.find("\r\n\r\n");
      if (head_end == std::string::npos) return false;
      const auto length_at = request_.find("Content-Length: ");
      const auto length = length_at == std::string::npos ? 0 : std::stoul(request_.substr(length_at + 16));
      return request_.size() >= head_end + 4 + length;
    }

    void take_request() {
      network_.requests.push_back(request_);
      auto at = network_.time_.now();
      const fake_host* host = find_host();
      if (host != nullptr && host->answer) {
        for (auto& each : host->answer(request_)) {
          at += each.after;
          coming_.emplace_back(at, std::move(each));
        }
      }
      request_.clear();
    }

    void advance() {
      while (!coming_.empty() && coming_.front().first <= network_.time_.now()) {
        arrived_ += coming_.front().second.bytes;
        end_ = coming_.front().second.then;
        coming_.erase(coming_.begin());
      }
    }

    bool ended(piece_end how) {
      advance();
      return end_ == how;
    }

    fake_network& network_;
    std::pair<std::string, std::uint16_t> key_;
    std::unique_ptr<runtime::timer> timer_;
    std::optional<model::mono_time> ready_at_;
    std::vector<std::pair<model::mono_time, piece>> coming_;
    std::string request_;
    std::string arrived_;
    piece_end end_ = piece_end::open;
    bool probed_ = false;
    model::failure failure_;
  };

  virtual_clock& time_;
};

}  // namespace edge_rollup::tests
