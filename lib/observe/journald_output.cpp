#include "observe/journald_output.hpp"

#include "observe/log_line.hpp"

#define SD_JOURNAL_SUPPRESS_LOCATION  // this file's name and line would say nothing about the message
#include <sys/uio.h>
#include <systemd/sd-journal.h>

#include <string>

namespace edge_rollup::observe {

put_result journald_output::put(log_level level, std::string_view message, const std::vector<log_field>& fields) {
  std::vector<std::string> entry = journal_fields(level, message, fields);
  std::vector<iovec> parts;
  parts.reserve(entry.size());
  for (std::string& field : entry) parts.push_back({field.data(), field.size()});
  return sd_journal_sendv(parts.data(), static_cast<int>(parts.size())) == 0 ? put_result::written : put_result::lost;
}

}  // namespace edge_rollup::observe
