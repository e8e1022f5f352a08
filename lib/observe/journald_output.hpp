// Hands each message to the systemd journal with its fields, so that `journalctl EDGE_ROLLUP_NODE=pump-1` finds them.
#pragma once

#include "observe/log_output.hpp"
#include "runtime/datagram_sender.hpp"

#include <string_view>
#include <vector>

namespace edge_rollup::observe {

class journald_output final : public log_output {
 public:
  explicit journald_output(std::string_view address) : journal_(address) {}
  [[nodiscard]] put_result put(log_level level, std::string_view message,
                               const std::vector<log_field>& fields) override;

 private:
  runtime::datagram_sender journal_;
};

}  // namespace edge_rollup::observe
