// How the daemon's messages come out, and what "auto" means.
#pragma once

#include "observe/log.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace edge_rollup::observe {

enum class log_format { automatic, text, json, journald };
enum class log_color { automatic, always, never };

struct log_options {
  log_level level = log_level::info;  ///< what is below it is not written
  log_format format = log_format::automatic;
  log_color color = log_color::automatic;               ///< of the level, in text; who honours NO_COLOR says `never`
  int fd = 2;                                           ///< where text and json lines go; stays open, not owned
  std::string journal_stream;                           ///< $JOURNAL_STREAM, empty if it is not set
  std::string journal = "/run/systemd/journal/socket";  ///< what takes its entries
};

/// Device and inode of an open file.
struct file_identity {
  std::uint64_t device = 0;
  std::uint64_t inode = 0;

  friend bool operator==(const file_identity&, const file_identity&) = default;
};

enum class output_kind { terminal, other };

/// What `automatic` stands for, given where the lines go: journald where that is the stream systemd connected to the
/// journal (systemd.exec(5), $JOURNAL_STREAM is "device:inode"), else text. Never `automatic`.
[[nodiscard]] log_format resolve(log_format wanted, std::string_view journal_stream,
                                 const std::optional<file_identity>& output) noexcept;

/// Never `automatic`: colours on a terminal only.
[[nodiscard]] log_color resolve(log_color wanted, output_kind output) noexcept;

}  // namespace edge_rollup::observe
