// Reads top to bottom like the exchange itself: do the next step, tell what came of it.
#include "net/exchange_driver.hpp"

#include "net/stream_wait.hpp"

namespace edge_rollup::net {

exchange_step advance(http_exchange& exchange, byte_stream& stream, std::span<char> buffer,
                      const runtime::clock& time) {
  for (;;) {
    io_result said;
    switch (exchange.next()) {
      case exchange_step::finished:
      case exchange_step::wait_readable:
      case exchange_step::wait_writable: return exchange.next();
      case exchange_step::connect:
        said = stream.try_connect();
        exchange.connected(said, time.now());
        break;
      case exchange_step::write:
        said = stream.try_write(exchange.unsent());
        exchange.wrote(said, time.now());
        break;
      case exchange_step::read:
        said = stream.try_read(buffer);
        exchange.received(said, {buffer.data(), said.count}, time.now());
        break;
    }
    if (said.state == io_state::failed) exchange.broke(stream.last_failure());
  }
}

runtime::task<void> drive(http_exchange& exchange, byte_stream& stream, std::span<char> buffer,
                          const runtime::clock& time) {
  for (;;) {
    const auto step = advance(exchange, stream, buffer, time);
    if (step == exchange_step::finished) co_return;
    const auto which = awaited(step);
    co_await wait(stream, which);
    exchange.ready();
  }
}

}  // namespace edge_rollup::net
