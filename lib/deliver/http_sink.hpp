// The cloud behind one HTTP endpoint: a rollup goes out as a POST, and what comes back is boiled down to an answer.
#pragma once

#include "deliver/sink.hpp"
#include "model/url.hpp"
#include "net/http_client.hpp"
#include "runtime/clock.hpp"

namespace edge_rollup::deliver {

/// Operation:   the body goes out as stored, under the rollup's id as `Idempotency-Key`, the same on every try.
/// Concurrency: loop thread only, one `offer` at a time.
/// Timeout:     that of the client.
class http_sink final : public sink {
 public:
  /// `client` and `time` must outlive the sink.
  http_sink(net::http_client& client, runtime::clock& time, model::url endpoint);

  [[nodiscard]] runtime::task<answer> offer(const outbox::record& offered) override;
  void cancel() noexcept override { client_.cancel(); }

 private:
  [[nodiscard]] net::http_request request_for(const outbox::record& offered) const;

  net::http_client& client_;
  runtime::clock& time_;
  model::url endpoint_;
};

}  // namespace edge_rollup::deliver
