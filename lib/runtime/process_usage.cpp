#include "runtime/process_usage.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <cstddef>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <string_view>
#include <system_error>

namespace edge_rollup::runtime {
namespace {

/// The system's start as Unix time; empty where /proc/stat does not say.
std::optional<double> boot_time() {
  std::ifstream file("/proc/stat");
  for (std::string line; std::getline(file, line);) {
    constexpr std::string_view name = "btime ";
    if (line.starts_with(name)) return std::stod(line.substr(name.size()));
  }
  return std::nullopt;
}

/// Fields of /proc/self/stat, counted from 1 as in proc(5), behind the command, which may hold blanks and brackets.
void read_stat(process_usage& usage) {
  std::ifstream file("/proc/self/stat");
  std::string text;
  std::getline(file, text, '\0');  // to its end; unlike a stream's iterator, no read error leaves this as exception
  const auto command_end = text.rfind(')');
  if (command_end == std::string::npos) return;
  std::istringstream fields(text.substr(command_end + 1));
  constexpr std::size_t first = 3, utime = 14, stime = 15, starttime = 22, vsize = 23, rss = 24;
  const auto tick = 1.0 / static_cast<double>(::sysconf(_SC_CLK_TCK));
  std::string field;
  for (std::size_t number = first; number <= rss && fields >> field; ++number) {
    if (number == utime) usage.cpu_seconds = std::stod(field) * tick;
    if (number == stime) usage.cpu_seconds = *usage.cpu_seconds + std::stod(field) * tick;
    if (number == starttime) {
      if (const auto boot = boot_time()) usage.start = *boot + std::stod(field) * tick;
    }
    if (number == vsize) usage.virtual_bytes = std::stoull(field);
    if (number == rss) usage.resident_bytes = std::stoull(field) * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
  }
}

}  // namespace

process_usage usage_of_this_process() {
  process_usage usage;
  read_stat(usage);
  std::error_code unreadable;
  const std::filesystem::directory_iterator descriptors("/proc/self/fd", unreadable);
  if (!unreadable)
    usage.open_descriptors = static_cast<std::uint64_t>(std::distance(begin(descriptors), end(descriptors)));
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY)
    usage.most_descriptors = limit.rlim_cur;
  return usage;
}

}  // namespace edge_rollup::runtime
