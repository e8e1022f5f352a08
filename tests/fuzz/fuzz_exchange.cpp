// Input: a line that says what a stream does, call by call, then the answer of the peer. Whatever the stream does, the
// exchange ends after as many steps as the stream has to say, and ends with an answer or with a failure.
//
// First byte: 'r' a reused connection, anything else a fresh one. Then for each call: 'r' and 'w' want to read and to
// write, 'x' closed, 'f' failed, 't' time is up, 'c' cancelled; any other byte moves as many bytes as its value says.
// Once closed or failed, connecting, writing or reading, each for itself, stays so.
#include "fuzz/fuzz_input.hpp"
#include "model/invariant.hpp"
#include "net/http_exchange.hpp"

#include <algorithm>
#include <array>
#include <string>

namespace {

using namespace edge_rollup;
using net::exchange_step;
using net::io_result;
using net::io_state;

constexpr std::string_view request = "POST /v1/rollups HTTP/1.1\r\nHost: cloud\r\nContent-Length: 4\r\n\r\nbody";
constexpr net::response_limits limits{.head_bytes = 256, .body_bytes = 128, .chunk_extra_bytes = 64};

/// A connection that does what the script says, and is done with everything once the script has ended.
class scripted_stream {
 public:
  scripted_stream(std::string_view script, std::string_view answer) : script_(script), answer_(answer) {}

  /// More steps than this, with a wait before each act of the script, mean an exchange that makes no progress.
  [[nodiscard]] std::size_t enough_steps() const { return 2 * script_.size() + answer_.size() + request.size() + 8; }

  [[nodiscard]] char next_act(exchange_step call) {
    constexpr char moves_much = '\x7e';
    char& ended = ended_.at(static_cast<std::size_t>(call));
    if (ended != '\0') return ended;
    if (script_.empty()) return moves_much;
    const char act = script_.front();
    script_.remove_prefix(1);
    if (act == 'x' || act == 'f') ended = act;
    return act;
  }

  [[nodiscard]] std::string_view take_answer(std::size_t most) {
    const auto piece = answer_.substr(0, most);
    answer_.remove_prefix(piece.size());
    return piece;
  }

 private:
  std::string_view script_;
  std::string_view answer_;
  std::array<char, 3> ended_{};  // how connecting, writing and reading came to an end
};

class bench {
 public:
  bench(net::connection_age age, scripted_stream stream)
      : age_(age), stream_(stream), reader_(limits, net::keep_fields::all), exchange_(reader_, request, age, now_) {}

  void run() {
    auto steps_left = stream_.enough_steps();
    while (exchange_.next() != exchange_step::finished) {
      EDGE_ROLLUP_INVARIANT(steps_left-- > 0);
      now_ += model::milliseconds{1};
      step();
      EDGE_ROLLUP_INVARIANT(exchange_.last_progress() <= now_ && exchange_.received_bytes() == received_);
    }
    check_end();
    // What still happens to an exchange that has ended changes nothing.
    const auto failure = exchange_.failure();
    exchange_.ready();
    exchange_.expired(model::milliseconds{1});
    exchange_.cancelled();
    EDGE_ROLLUP_INVARIANT(exchange_.next() == exchange_step::finished && exchange_.failure() == failure);
  }

 private:
  void step() {
    if (exchange_.next() == exchange_step::wait_readable || exchange_.next() == exchange_step::wait_writable) {
      return exchange_.ready();
    }
    const char act = stream_.next_act(exchange_.next());
    switch (act) {
      case 't': return exchange_.expired(model::milliseconds{5'000});
      case 'c': return exchange_.cancelled();
      case 'r': return tell({io_state::want_read, 0});
      case 'p': return tell({io_state::want_proxy, 0});
      case 'w': return tell({io_state::want_write, 0});
      case 'x': return tell({io_state::closed, 0});
      case 'f': tell({io_state::failed, 0}); return exchange_.broke({model::failure_kind::reset, "it broke", {}});
      default: return move_bytes(std::max<std::size_t>(static_cast<unsigned char>(act), 1));
    }
  }

  void tell(io_result said, std::string_view bytes = {}) {
    switch (exchange_.next()) {
      case exchange_step::connect: return exchange_.connected(said, now_);
      case exchange_step::write: return exchange_.wrote(said, now_);
      default: return exchange_.received(said, bytes, now_);
    }
  }

  void move_bytes(std::size_t most) {
    if (exchange_.next() == exchange_step::connect) return tell({io_state::done, 0});
    if (exchange_.next() == exchange_step::write) {
      EDGE_ROLLUP_INVARIANT(!exchange_.unsent().empty() && request.ends_with(exchange_.unsent()));
      return tell({io_state::done, std::min(most, exchange_.unsent().size())});
    }
    buffer_ = stream_.take_answer(most);
    received_ += buffer_.size();
    tell(buffer_.empty() ? io_result{io_state::closed, 0} : io_result{io_state::done, buffer_.size()}, buffer_);
  }

  void check_end() {
    const auto& failure = exchange_.failure();
    const bool complete = reader_.end_of_stream() == net::read_progress::done;
    EDGE_ROLLUP_INVARIANT(failure.has_value() || complete);
    EDGE_ROLLUP_INVARIANT(!failure || !failure->message.empty());
    EDGE_ROLLUP_INVARIANT(reader_.body().size() <= limits.body_bytes);
    if (exchange_.was_stale()) {
      EDGE_ROLLUP_INVARIANT(age_ == net::connection_age::reused && failure && received_ == 0);
    }
  }

  net::connection_age age_;
  scripted_stream stream_;
  model::mono_time now_{std::chrono::hours{1}};
  net::response_reader reader_;
  net::http_exchange exchange_;
  std::string buffer_;
  std::size_t received_ = 0;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view answer = tests::as_text(data, size);
  const std::string_view script = tests::take_line(answer);
  const bool reused = script.starts_with('r');
  bench(reused ? net::connection_age::reused : net::connection_age::fresh,
        scripted_stream{script.substr(std::min<std::size_t>(1, script.size())), answer})
      .run();
  return 0;
}
