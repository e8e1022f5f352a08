// A TCP peer on loopback that treats each connection as a script says, rightly or wrongly: blocking calls on a thread
// of its own, so that a script reads like what the peer does.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <thread>

namespace edge_rollup::tests {

/// One accepted connection. It is closed when the script returns.
/// Limits: `patience` for every call; the other side counts as gone after that.
class peer_connection {
 public:
  static constexpr std::chrono::seconds patience{20};

  peer_connection(int socket, std::size_t number);

  /// Which connection of its peer this is, from 1.
  [[nodiscard]] std::size_t number() const noexcept { return number_; }
  /// The next request up to its empty line; empty where the other side is gone.
  [[nodiscard]] std::string request();
  /// False once the other side is gone.
  bool send(std::string_view bytes);
  void send_without_end(std::string_view piece);
  /// Stays silent for so long. False once the other side is gone.
  bool linger(std::chrono::milliseconds span);
  void wait_for_close() { (void)linger(patience); }
  /// Says that nothing follows, and goes on reading.
  void half_close() noexcept;
  /// Makes the close to come a reset.
  void reset_on_close() noexcept;

 private:
  int socket_;
  std::size_t number_;
};

using script = std::function<void(peer_connection&)>;

/// The peer keeps the connection and sends `text` for each request.
[[nodiscard]] script says(std::string text);
/// The same once, then the peer closes the connection.
[[nodiscard]] script says_and_closes(std::string text);
/// `head` once, then `piece` over and over.
[[nodiscard]] script says_without_end(std::string head, std::string piece);

/// Operation: accepts until it goes, one connection after the other. Without a script nobody listens on its port.
class scripted_peer {
 public:
  explicit scripted_peer(script each);
  scripted_peer(const scripted_peer&) = delete;
  scripted_peer& operator=(const scripted_peer&) = delete;
  ~scripted_peer();

  [[nodiscard]] std::uint16_t port() const noexcept { return port_; }
  [[nodiscard]] std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }
  /// Connections accepted so far.
  [[nodiscard]] std::size_t connections() const noexcept { return accepted_; }

 private:
  void serve();

  script script_;
  int listener_ = -1;
  std::uint16_t port_ = 0;
  std::atomic<bool> stopping_ = false;
  std::atomic<int> open_ = -1;  ///< the connection that is being served
  std::atomic<std::size_t> accepted_ = 0;
  std::jthread thread_;
};

}  // namespace edge_rollup::tests
