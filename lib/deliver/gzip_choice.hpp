// Whether bodies go out compressed: what was configured, and what the cloud has said it takes (RFC 7694).
#pragma once

#include "deliver/cloud_options.hpp"

#include <optional>
#include <string_view>

namespace edge_rollup::deliver {

/// Whether an Accept-Encoding field (RFC 9110 §12.5.3) lists gzip, by name or by "*", with a weight above zero.
[[nodiscard]] bool accepts_gzip(std::string_view accept_encoding);

/// Operation:   under `automatic`, bodies are packed once an answer says that gzip is taken, until one says what is
///              taken and leaves gzip out. A 415 to a packed body ends packing for good.
/// Concurrency: a value.
class gzip_choice {
 public:
  explicit gzip_choice(gzip_use wanted) : packs_(wanted == gzip_use::on), learns_(wanted == gzip_use::automatic) {}

  [[nodiscard]] bool packs() const noexcept { return packs_; }

  /// The cloud answered; `accept_encoding` is that field of its answer, if there was one.
  void hear(std::optional<std::string_view> accept_encoding);
  /// The cloud answered 415 to a packed body.
  void refused() noexcept { packs_ = learns_ = false; }

 private:
  bool packs_;
  bool learns_;
};

}  // namespace edge_rollup::deliver
