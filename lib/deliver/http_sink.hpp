// The cloud behind one HTTP endpoint: a rollup goes out as a POST, and what comes back is boiled down to an answer.
#pragma once

#include "deliver/cloud_headers.hpp"
#include "deliver/cloud_options.hpp"
#include "deliver/gzip_choice.hpp"
#include "deliver/sink.hpp"
#include "net/http_client.hpp"
#include "observe/log.hpp"
#include "runtime/clock.hpp"
#include "runtime/secret_files.hpp"

#include <optional>
#include <string>

namespace edge_rollup::deliver {

/// Operation:   the body goes out as stored, under the rollup's id as `Idempotency-Key`, the same on every try; packed
///              or not, as gzip_choice says. Where a packed one is answered 415 it goes out plain in the same offer,
///              in what is left of the time for it.
///              Secrets are looked up for each offer. One that can no longer be read is used as it was, with a warning;
///              one that never could makes the answer `unready`.
/// Concurrency: loop thread only, one `offer` at a time.
/// Timeout:     that of the client, `total_timeout` for the whole offer.
class http_sink final : public sink {
 public:
  /// `client`, `time` and `messages` must outlive the sink.
  http_sink(net::http_client& client, runtime::clock& time, observe::log& messages, cloud_options cloud);

  /// Looks the secrets up for the first time, so that what is wrong is told at the start. Errors: those of
  /// cloud_headers.
  [[nodiscard]] model::result<void> prepare() { return look_up_headers(); }

  [[nodiscard]] runtime::task<answer> offer(const outbox::record& offered) override;
  [[nodiscard]] bool set_up_changed() override;
  void cancel() noexcept override { client_.cancel(); }

 private:
  enum class body_form { plain, packed };

  [[nodiscard]] model::result<void> look_up_headers();
  [[nodiscard]] net::http_request request_for(const outbox::record& offered, body_form form) const;
  [[nodiscard]] std::string without_secrets(std::string said) const;
  void hear(const net::http_answer& came);

  net::http_client& client_;
  runtime::clock& time_;
  observe::log& messages_;
  cloud_options cloud_;
  runtime::secret_files files_;
  std::optional<header_list> headers_;  ///< of the last offer
  std::string warned_of_;               ///< why they could not be looked up again
  gzip_choice gzip_;
};

}  // namespace edge_rollup::deliver
