#include "edge-stub/node_server.hpp"

#include "runtime/system_clock.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>
#include <catch2/catch_test_macros.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace edge_rollup::stub {
namespace {

namespace asio = runtime::asio;
using asio::ip::tcp;

constexpr std::string_view request = "GET /data/summary HTTP/1.1\r\nHost: stub\r\n\r\n";

/// Stub nodes on a thread of their own, so that a plain blocking client can talk to them.
class running_nodes {
 public:
  explicit running_nodes(const node_options& options) : time_(loop_.get_executor()), server_(loop_, time_, options) {
    REQUIRE(server_.listen());
    urls_ = server_.urls();
    server_.start();
    thread_ = std::thread([this] { loop_.run(); });
  }
  ~running_nodes() {
    asio::post(loop_, [this] { server_.stop(); });
    thread_.join();  // the loop runs dry when every socket is closed
  }
  running_nodes(const running_nodes&) = delete;
  running_nodes& operator=(const running_nodes&) = delete;

  [[nodiscard]] const std::vector<std::string>& urls() const { return urls_; }

  [[nodiscard]] tcp::endpoint place(std::size_t index = 0) const {
    const std::string& url = urls_.at(index);
    const auto colon = url.rfind(':');
    const auto host = url.substr(std::string_view("http://").size(), colon - std::string_view("http://").size());
    return {asio::ip::make_address(host), static_cast<std::uint16_t>(std::stoi(url.substr(colon + 1)))};
  }

 private:
  asio::io_context loop_;
  runtime::system_clock time_;
  node_server server_;
  std::vector<std::string> urls_;
  std::thread thread_;
};

class client {
 public:
  explicit client(const tcp::endpoint& place) : socket_(loop_) { socket_.connect(place); }

  void send(std::string_view bytes) { asio::write(socket_, asio::buffer(bytes)); }

  /// One answer with a Content-Length, head and body.
  std::string receive() {
    const auto head = asio::read_until(socket_, asio::dynamic_buffer(input_), "\r\n\r\n");
    const auto at = input_.find("Content-Length: ");
    const std::size_t length = std::stoul(input_.substr(at + std::string_view("Content-Length: ").size()));
    const std::size_t whole = head + length;
    if (input_.size() < whole)
      asio::read(socket_, asio::dynamic_buffer(input_), asio::transfer_exactly(whole - input_.size()));
    std::string answer = input_.substr(0, whole);
    input_.erase(0, whole);
    return answer;
  }

  /// Everything up to the end of the connection, and how it ended.
  std::pair<std::string, boost::system::error_code> receive_all() {
    boost::system::error_code ended;
    asio::read(socket_, asio::dynamic_buffer(input_), ended);
    return {std::move(input_), ended};
  }

 private:
  asio::io_context loop_;
  tcp::socket socket_;
  std::string input_;
};

TEST_CASE("a stub node answers again and again on one connection") {
  const running_nodes nodes({.records = 500, .quality = 0.9});
  client peer(nodes.place());
  std::string last;
  for (int turn = 0; turn < 3; ++turn) {
    peer.send(request);
    const auto answer = peer.receive();
    CHECK(answer.starts_with("HTTP/1.1 200 OK\r\n"));
    CHECK(answer.find("{\"record_count\": ") != std::string::npos);
    CHECK(answer.find("\"quality_score\": 0.") != std::string::npos);
    CHECK(answer.find("\"last_updated\": \"2") != std::string::npos);
    CHECK(answer != last);
    last = answer;
  }
}

TEST_CASE("a stub node answers pipelined requests one after the other") {
  const running_nodes nodes({});
  client peer(nodes.place());
  peer.send(std::string(request) + "HEAD /data/summary HTTP/1.1\r\n\r\nGET /other HTTP/1.1\r\n\r\n" +
            std::string(request));
  CHECK(peer.receive().starts_with("HTTP/1.1 200 "));
  CHECK(peer.receive().starts_with("HTTP/1.1 405 "));
  CHECK(peer.receive().starts_with("HTTP/1.1 404 "));
  CHECK(peer.receive().starts_with("HTTP/1.1 200 "));
}

TEST_CASE("a stub node closes the connection when it is asked to") {
  const running_nodes nodes({});
  client peer(nodes.place());
  peer.send("GET /data/summary HTTP/1.1\r\nConnection: close\r\n\r\n");
  const auto [answer, ended] = peer.receive_all();
  CHECK(answer.starts_with("HTTP/1.1 200 "));
  CHECK(ended == asio::error::eof);
}

TEST_CASE("stub nodes stand on addresses that count up and share one port") {
  const running_nodes nodes({.count = 3});
  CHECK(nodes.urls().size() == 3);
  CHECK(nodes.place(1) == tcp::endpoint(asio::ip::make_address("127.0.0.2"), nodes.place(0).port()));
  CHECK(nodes.place(2) == tcp::endpoint(asio::ip::make_address("127.0.0.3"), nodes.place(0).port()));
  client peer(nodes.place(2));
  peer.send(request);
  CHECK(peer.receive().starts_with("HTTP/1.1 200 "));
}

TEST_CASE("stub nodes with the same seed give the same answers") {
  const auto body_of_seed = [](std::uint64_t seed) {
    const running_nodes nodes({.seed = seed});
    client peer(nodes.place());
    peer.send(request);
    const auto answer = peer.receive();
    const auto from = answer.find('{');
    return answer.substr(from, answer.find(", \"last_updated") - from);
  };
  CHECK(body_of_seed(3) == body_of_seed(3));
  CHECK(body_of_seed(3) != body_of_seed(4));
}

TEST_CASE("a fail rate of one answers 503 to all") {
  const running_nodes nodes({.fail_rate = 1.0});
  client peer(nodes.place());
  peer.send(request);
  CHECK(peer.receive().starts_with("HTTP/1.1 503 "));
}

struct hostile_row {
  std::string_view behaviour;
  std::string_view begins;
  std::size_t bytes;  ///< all that comes
  bool reset;
};

TEST_CASE("a hostile stub node ends the connection as its behaviour says") {
  constexpr hostile_row rows[] = {
      {"close", "", 0, false},
      {"reset", "", 0, true},
      {"truncated", "HTTP/1.1 200 OK\r\nContent-Length: 512\r\n", 66, false},
      {"garbage", "\x16\x03\x01", 24, false},
  };
  for (const auto& row : rows) {
    INFO(row.behaviour);
    const running_nodes nodes({.manner = *behaviour_named(row.behaviour)});
    client peer(nodes.place());
    peer.send(request);
    const auto [bytes, ended] = peer.receive_all();
    CHECK(bytes.starts_with(row.begins));
    CHECK(bytes.size() == row.bytes);
    CHECK(ended == (row.reset ? asio::error::make_error_code(asio::error::connection_reset) : asio::error::eof));
  }
}

TEST_CASE("stopping ends what waits: an idle connection, one that hangs, one that drips") {
  for (const std::string_view kind : {"ok", "hang", "drip"}) {
    INFO(kind);
    std::optional<running_nodes> nodes(std::in_place, node_options{.manner = *behaviour_named(kind)});
    client peer(nodes->place());
    peer.send(kind == "ok" ? "" : request);
    nodes.reset();
    CHECK(peer.receive_all().second.failed());
  }
}

TEST_CASE("stub nodes that need more descriptors than there are say so") {
  asio::io_context loop;
  runtime::system_clock time(loop.get_executor());
  node_server server(loop, time, {.count = 4'000'000});
  const auto up = server.listen();
  REQUIRE(!up);
  CHECK(up.error().kind == model::error_kind::unavailable);
  CHECK(up.error().text.find("ulimit -n") != std::string::npos);
}

}  // namespace
}  // namespace edge_rollup::stub
