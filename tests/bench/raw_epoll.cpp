// What asking nodes costs at the least: a bare epoll loop that asks N addresses over kept connections and reads nothing
// out of the answers but how long the first one is. What the daemon costs is told as a multiple of it.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

namespace {

constexpr std::string_view usage =
    "usage: raw_epoll warm FIRST_ADDRESS PORT NODES ROUNDS\n"
    "       raw_epoll cold FIRST_ADDRESS PORT NODES\n"
    "Asks NODES addresses, one after the other from FIRST_ADDRESS on. warm: ROUNDS rounds over kept connections;\n"
    "cold: each connects, asks once and closes. Ends with one line of JSON.\n";
constexpr std::string_view request = "GET /data/summary HTTP/1.1\r\nHost: node\r\n\r\n";
constexpr std::size_t most_connecting = 1024;  ///< so that no listen queue overflows
constexpr std::size_t events_a_wait = 1024;
constexpr std::size_t buffer_bytes = 64 * 1024;
constexpr std::uint64_t warm_up_rounds = 3;

std::uint64_t system_calls = 0;

[[noreturn]] void fail(std::string_view what) {
  const auto why = std::generic_category().message(errno);
  std::fprintf(stderr, "raw_epoll: %.*s: %s\n", static_cast<int>(what.size()), what.data(), why.c_str());
  std::exit(EXIT_FAILURE);
}

/// Counts a system call that must not fail.
template <class Result>
Result made(Result result, std::string_view what) {
  ++system_calls;
  if (result < 0) fail(what);
  return result;
}

/// Bytes from the beginning of an answer to its end, by its Content-Length as nginx writes it.
std::size_t answer_size(std::string_view answer) {
  constexpr std::string_view name = "Content-Length: ";
  const auto head_end = answer.find("\r\n\r\n");
  const auto at = answer.find(name);
  std::size_t body = 0;
  if (head_end == std::string_view::npos || at > head_end) fail("an answer without Content-Length in its first bytes");
  std::from_chars(answer.data() + at + name.size(), answer.data() + head_end, body);
  return head_end + 4 + body;
}

enum class afterwards { keep, close };

/// N connections, each with at most one request in flight. All answers are as long as the first one.
class fleet {
 public:
  fleet(std::uint32_t first_address, std::uint16_t port, std::size_t nodes)
      : first_address_(first_address), port_(port), connections_(nodes), buffer_(buffer_bytes) {
    epoll_ = made(::epoll_create1(0), "epoll_create1");
  }

  /// The first round: connects to all.
  void connect_and_ask(afterwards then) {
    for (std::size_t begin = 0; begin < connections_.size(); begin += most_connecting) {
      const auto end = std::min(begin + most_connecting, connections_.size());
      for (auto index = begin; index < end; ++index) {
        open(index);
        ask(connections_[index]);
      }
      read_answers(end - begin);
      for (auto index = begin; then == afterwards::close && index < end; ++index) {
        made(::close(connections_[index].descriptor), "close");
      }
    }
  }

  void ask_all() {
    for (connection& each : connections_) ask(each);
    read_answers(connections_.size());
  }

 private:
  struct connection {
    int descriptor = -1;
    std::size_t missing = 0;  ///< bytes of the answer that have not come
  };

  void open(std::size_t index) {
    const int descriptor = made(::socket(AF_INET, SOCK_STREAM, 0), "socket");
    sockaddr_in peer{};
    peer.sin_family = AF_INET;
    peer.sin_port = htons(port_);
    peer.sin_addr.s_addr = htonl(first_address_ + static_cast<std::uint32_t>(index));
    made(::connect(descriptor, reinterpret_cast<const sockaddr*>(&peer), sizeof peer), "connect");
    epoll_event wanted{};
    wanted.events = EPOLLIN | EPOLLET;
    wanted.data.u64 = index;
    made(::epoll_ctl(epoll_, EPOLL_CTL_ADD, descriptor, &wanted), "epoll_ctl");
    connections_[index].descriptor = descriptor;
  }

  void ask(connection& node) {
    made(::send(node.descriptor, request.data(), request.size(), MSG_NOSIGNAL), "send");
    node.missing = answer_size_;
  }

  void read_answers(std::size_t awaited) {
    while (awaited > 0) {
      const int ready = made(::epoll_wait(epoll_, events_.data(), events_a_wait, -1), "epoll_wait");
      for (const epoll_event& event : std::span(events_).first(static_cast<std::size_t>(ready))) {
        if (has_answered(connections_[event.data.u64])) --awaited;
      }
    }
  }

  bool has_answered(connection& node) {
    const auto got = made(::recv(node.descriptor, buffer_.data(), buffer_.size(), 0), "recv");
    if (got == 0) fail("a node closed its connection");
    const std::string_view bytes(buffer_.data(), static_cast<std::size_t>(got));
    if (answer_size_ == 0) answer_size_ = answer_size(bytes);
    if (node.missing == 0) node.missing = answer_size_;  // asked before the first answer came
    if (bytes.size() > node.missing) fail("more bytes than an answer has");
    node.missing -= bytes.size();
    return node.missing == 0;
  }

  std::uint32_t first_address_;
  std::uint16_t port_;
  int epoll_ = -1;
  std::size_t answer_size_ = 0;  ///< 0: not known yet
  std::vector<connection> connections_;
  std::vector<char> buffer_;
  std::array<epoll_event, events_a_wait> events_{};
};

double cpu_seconds() {
  timespec used{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
  return static_cast<double>(used.tv_sec) + static_cast<double>(used.tv_nsec) / 1e9;
}

/// Not getrusage's: that one remembers the size of the process that started this one.
std::uint64_t peak_resident_kib() {
  std::ifstream status("/proc/self/status");
  for (std::string word; status >> word;) {
    if (word == "VmHWM:") {
      std::uint64_t kib = 0;
      status >> kib;
      return kib;
    }
  }
  fail("no VmHWM in /proc/self/status");
}

void measure_warm(fleet& nodes, std::size_t count, std::uint64_t rounds) {
  nodes.connect_and_ask(afterwards::keep);
  for (std::uint64_t round = 0; round < warm_up_rounds; ++round) nodes.ask_all();

  std::vector<double> walls;
  const auto calls_before = system_calls;
  const auto cpu_before = cpu_seconds();
  for (std::uint64_t round = 0; round < rounds; ++round) {
    const auto begin = std::chrono::steady_clock::now();
    nodes.ask_all();
    walls.push_back(std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin).count());
  }
  const auto cpu = cpu_seconds() - cpu_before;
  const auto calls = static_cast<double>(system_calls - calls_before);
  const auto polls = static_cast<double>(rounds) * static_cast<double>(count);
  const auto middle = walls.begin() + static_cast<std::ptrdiff_t>(walls.size() / 2);
  std::nth_element(walls.begin(), middle, walls.end());
  std::printf(R"({"cpu_us_per_poll": %.3f, "round_ms": %.3f, "calls_per_poll": %.3f, "peak_kib": %ju})"
              "\n",
              cpu * 1e6 / polls, *middle, calls / polls, static_cast<std::uintmax_t>(peak_resident_kib()));
}

template <class Number>
bool read_number(std::string_view text, Number& into) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), into);
  return error == std::errc{} && end == text.data() + text.size() && into > 0;
}

int wrong_usage() {
  std::fwrite(usage.data(), 1, usage.size(), stderr);
  return 64;
}

}  // namespace

int main(int count, char** words) {
  const std::vector<std::string_view> arguments(words + 1, words + count);
  in_addr address{};
  std::uint16_t port = 0;
  std::size_t nodes = 0;
  std::uint64_t rounds = 0;
  if (arguments.size() < 4 || ::inet_pton(AF_INET, words[2], &address) != 1) return wrong_usage();
  if (!read_number(arguments[2], port) || !read_number(arguments[3], nodes)) return wrong_usage();
  fleet asked(ntohl(address.s_addr), port, nodes);
  if (arguments[0] == "cold" && arguments.size() == 4) {
    asked.connect_and_ask(afterwards::close);
    std::printf(R"({"calls_per_poll": %.3f, "peak_kib": %ju})"
                "\n",
                static_cast<double>(system_calls) / static_cast<double>(nodes),
                static_cast<std::uintmax_t>(peak_resident_kib()));
    return EXIT_SUCCESS;
  }
  if (arguments[0] != "warm" || arguments.size() != 5 || !read_number(arguments[4], rounds)) return wrong_usage();
  measure_warm(asked, nodes, rounds);
  return EXIT_SUCCESS;
}
