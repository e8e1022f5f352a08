// A peer may answer and close before it has read the whole request (413 for example), so a failed write does not end
// the exchange: what the peer said before it hung up is read first.
#include "net/http_exchange.hpp"

#include <fmt/format.h>

#include <utility>

namespace edge_rollup::net {

using model::failure_kind;

http_exchange::http_exchange(response_reader& reader, std::string_view request, connection_age age,
                             model::mono_time now)
    : reader_(reader),
      request_(request),
      age_(age),
      phase_(age == connection_age::fresh ? phase::connecting : phase::sending),
      step_(age == connection_age::fresh ? exchange_step::connect : exchange_step::write),
      last_progress_(now) {
  reader_.restart();
}

void http_exchange::connected(io_result said, model::mono_time now) {
  switch (said.state) {
    case io_state::done:
      last_progress_ = now;
      phase_ = phase::sending;
      step_ = request_.empty() ? exchange_step::finished : exchange_step::write;
      break;
    case io_state::want_proxy:
      last_progress_ = now;
      phase_ = phase::asking_proxy;
      step_ = exchange_step::wait_readable;
      break;
    case io_state::want_read:  // TCP is there: only TLS has something to read before the request
      last_progress_ = now;
      phase_ = phase::shaking_hands;
      step_ = exchange_step::wait_readable;
      break;
    case io_state::want_write: step_ = exchange_step::wait_writable; break;
    case io_state::closed: fail({failure_kind::reset, "the connection was closed while it was set up", {}}); break;
    case io_state::failed: break;  // broke() follows with the reason
  }
}

void http_exchange::wrote(io_result said, model::mono_time now) {
  switch (said.state) {
    case io_state::done:
      last_progress_ = now;
      sent_ += said.count;
      if (sent_ < request_.size()) break;
      phase_ = phase::waiting;
      step_ = exchange_step::wait_readable;
      break;
    case io_state::want_read:
    case io_state::want_proxy: step_ = exchange_step::wait_readable; break;
    case io_state::want_write: step_ = exchange_step::wait_writable; break;
    case io_state::closed:
      broke({failure_kind::reset, "the connection was closed while the request was sent", {}});
      break;
    case io_state::failed: break;
  }
}

void http_exchange::received(io_result said, std::string_view bytes, model::mono_time now) {
  switch (said.state) {
    case io_state::done: {
      last_progress_ = now;
      phase_ = phase::reading;
      received_ += bytes.size();
      const auto progress = reader_.feed(bytes);
      if (progress == read_progress::failed) {
        fail(reader_.error());
      } else if (progress == read_progress::done) {
        step_ = exchange_step::finished;
      } else {
        step_ = exchange_step::read;
      }
      break;
    }
    case io_state::want_read:
    case io_state::want_proxy:
      // Without a word from the peer it was this side that could not send: nothing is on its way.
      if (send_failure_ && !reader_.any_byte()) return fail(*send_failure_);
      step_ = exchange_step::wait_readable;
      break;
    case io_state::want_write: step_ = exchange_step::wait_writable; break;
    case io_state::closed:
      if (reader_.end_of_stream() == read_progress::done) {
        step_ = exchange_step::finished;
      } else {
        fail(send_failure_ && !reader_.any_byte() ? *send_failure_ : reader_.error());
      }
      break;
    case io_state::failed: break;
  }
}

void http_exchange::ready() noexcept {
  if (step_ == exchange_step::finished) return;
  switch (phase_) {
    case phase::connecting:
    case phase::asking_proxy:
    case phase::shaking_hands: step_ = exchange_step::connect; break;
    case phase::sending: step_ = exchange_step::write; break;
    case phase::waiting:
    case phase::reading: step_ = exchange_step::read; break;
  }
}

void http_exchange::broke(model::failure why) {
  if (phase_ == phase::sending && !send_failure_) {
    send_failure_ = std::move(why);
    phase_ = phase::waiting;
    step_ = exchange_step::read;
    return;
  }
  // A peer that hung up may have said why: an alert of TLS tells more than the write it broke.
  const bool says_more = reader_.any_byte() || why.kind == failure_kind::tls;
  fail(send_failure_ && !says_more ? *send_failure_ : std::move(why));
}

void http_exchange::expired(model::milliseconds allowed) {
  if (step_ == exchange_step::finished) return;  // it came to its end in the same tick
  const auto shown = std::chrono::duration<double>(allowed).count();
  const auto timed_out = [shown](std::string_view where) {
    return model::failure{failure_kind::timeout, fmt::format("timed out after {:g} s while {}", shown, where), {}};
  };
  switch (phase_) {
    case phase::connecting: return fail(timed_out("connecting"));
    case phase::asking_proxy: return fail(timed_out("waiting for the proxy's answer to CONNECT"));
    case phase::shaking_hands: return fail(timed_out("shaking hands in TLS"));
    case phase::sending: return fail(timed_out("sending the request"));
    case phase::waiting: return fail(timed_out("waiting for the answer"));
    case phase::reading: return fail(timed_out(fmt::format("reading the answer, of which {} bytes came", received_)));
  }
}

void http_exchange::cancelled() {
  if (step_ != exchange_step::finished) fail(model::cut_by_shutdown());
}

bool http_exchange::was_stale() const noexcept {
  return age_ == connection_age::reused && failure_ && failure_->kind == failure_kind::reset && !reader_.any_byte();
}

void http_exchange::fail(model::failure why) {
  failure_ = std::move(why);
  step_ = exchange_step::finished;
}

}  // namespace edge_rollup::net
