// The journal's own protocol: an entry is a datagram, a field a line (systemd.io/JOURNAL_NATIVE_PROTOCOL). Its forms
// for values of several lines and for large entries are not needed: values have one line and a limit (log_line.hpp).
#include "observe/journald_output.hpp"

#include "observe/log_line.hpp"

#include <string>

namespace edge_rollup::observe {

put_result journald_output::put(log_level level, std::string_view message, const std::vector<log_field>& fields) {
  std::string entry;
  for (const std::string& field : journal_fields(level, message, fields)) entry.append(field).push_back('\n');
  return journal_.send(entry) ? put_result::written : put_result::lost;
}

}  // namespace edge_rollup::observe
