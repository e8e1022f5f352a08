// OpenSSL keeps errors in a queue of the thread, where an old one would pass for the next call's: it is cleared before
// each call.
#include "net/tls_stream.hpp"

#include "net/tls_failure.hpp"

#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/ssl.h>

#include <cerrno>
#include <system_error>
#include <utility>

namespace edge_rollup::net {

using model::failure_kind;

tls_stream::tls_stream(std::unique_ptr<socket_stream> below, const model::url& peer,
                       model::result<std::shared_ptr<tls_context>> context)
    : below_(std::move(below)), context_(std::move(context)), handshake_(peer) {}

tls_stream::~tls_stream() {
  // Each side tells the other that it ends (RFC 8446 §6.1); whether that can be sent now is of no matter.
  if (stage_ == stage::open) SSL_shutdown(tls_.get());
  ERR_clear_error();
}

/// OpenSSL reads and writes the descriptor by itself. What moved less than there was room for came to the end of what
/// there is (epoll(7), "Questions and answers"), so that an idle connection need not be read to know that nothing came.
/// It reads once in each call of ours, what is left of a record then waits for the next one: a peer that sends tickets
/// without end would keep it, and the loop, for as long.
long tls_stream::note_call(BIO* socket, int call, const char*, std::size_t room, int, long, int returned,
                           std::size_t* moved) {
  auto& self = *reinterpret_cast<tls_stream*>(BIO_get_callback_arg(socket));
  if (call == BIO_CB_READ && std::exchange(self.has_read_, true)) {
    BIO_clear_retry_flags(socket);
    BIO_set_retry_read(socket);
    return -1;
  }
  const bool read = call == (BIO_CB_READ | BIO_CB_RETURN);
  const bool written = call == (BIO_CB_WRITE | BIO_CB_RETURN);
  if (!read && !written) return returned;
  const bool ended = returned > 0 ? *moved < room : errno == EAGAIN;
  if (ended) self.below_->exhausted(read ? direction::read : direction::write);
  if (written && returned <= 0 && BIO_should_retry(socket) == 0) self.below_->write_failed();
  return returned;
}

/// Before each call of OpenSSL that may read or write.
void tls_stream::begin_call() noexcept {
  ERR_clear_error();
  has_read_ = false;
}

io_result tls_stream::try_connect() {
  if (!context_) return failed(failure_kind::tls, context_.error().text);
  if (stage_ == stage::shaking_hands) return shake_hands();
  const auto said = below_->try_connect();
  return said.state == io_state::done ? begin_handshake() : said;
}

io_result tls_stream::begin_handshake() {
  tls_ = (*context_)->connection(handshake_);
  if (!tls_ || SSL_set_fd(tls_.get(), below_->descriptor()) != 1)
    return failed(failure_kind::tls, "out of memory for TLS");
  BIO* const socket = SSL_get_rbio(tls_.get());  // also the one for writing
  BIO_set_callback_ex(socket, note_call);
  BIO_set_callback_arg(socket, reinterpret_cast<char*>(this));
  stage_ = stage::shaking_hands;
  return shake_hands();
}

io_result tls_stream::shake_hands() {
  begin_call();
  const int returned = SSL_do_handshake(tls_.get());
  if (returned != 1) return unfinished(returned);
  stage_ = stage::open;
  (*context_)->established(*tls_, handshake_);
  return {io_state::done, 0};
}

io_result tls_stream::try_write(std::span<const char> bytes) {
  begin_call();
  std::size_t written = 0;
  const int returned = SSL_write_ex(tls_.get(), bytes.data(), bytes.size(), &written);
  return returned == 1 ? io_result{io_state::done, written} : unfinished(returned);
}

io_result tls_stream::try_read(std::span<char> buffer) {
  if (SSL_has_pending(tls_.get()) == 0 && !below_->may_read()) return {io_state::want_read, 0};
  begin_call();
  std::size_t got = 0;
  const int returned = SSL_read_ex(tls_.get(), buffer.data(), buffer.size(), &got);
  return returned == 1 ? io_result{io_state::done, got} : unfinished(returned);
}

io_result tls_stream::unfinished(int returned) {
  const int system_error = errno;
  switch (SSL_get_error(tls_.get(), returned)) {
    case SSL_ERROR_WANT_READ: return {io_state::want_read, 0};
    case SSL_ERROR_WANT_WRITE: return {io_state::want_write, 0};
    case SSL_ERROR_ZERO_RETURN: return {io_state::closed, 0};
    case SSL_ERROR_SYSCALL: return failed_by_system(system_error);
    default: break;
  }
  const auto error = ERR_peek_error();
  if (ERR_GET_REASON(error) != SSL_R_UNEXPECTED_EOF_WHILE_READING) {
    return failed(failure_kind::tls, tls_failure_text(error, handshake_));
  }
  if (stage_ == stage::shaking_hands)
    return failed(failure_kind::tls, "the peer closed the connection in the TLS handshake");
  return failed(failure_kind::reset, "the connection was closed without a TLS close_notify");
}

io_result tls_stream::failed_by_system(int system_error) {
  const auto text = std::system_category().message(system_error);
  if (stage_ == stage::shaking_hands)
    return failed(failure_kind::tls, "the connection broke in the TLS handshake: " + text);
  return failed(failure_kind::reset, text);
}

io_result tls_stream::failed(failure_kind kind, std::string message) {
  failure_ = model::failure{kind, std::move(message), {}};
  stage_ = stage::broken;
  return {io_state::failed, 0};
}

void tls_stream::tell_when_ready(direction which, ready_listener& whom) {
  below_->tell_when_ready(which, whom);
}

void tls_stream::cancel() noexcept {
  below_->cancel();
}

model::failure tls_stream::last_failure() const {
  return failure_ ? *failure_ : below_->last_failure();
}

}  // namespace edge_rollup::net
