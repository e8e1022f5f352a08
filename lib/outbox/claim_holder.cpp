#include "outbox/claim_holder.hpp"

#include <sys/stat.h>

#include <fstream>
#include <sstream>
#include <string>

namespace edge_rollup::outbox {
namespace {

constexpr const char* lock_name = "lock";  // as state_directory names it

/// What stands before the inode is the device, which some file systems show otherwise than stat(2).
bool is_of(std::string_view place, std::uint64_t inode) {
  const auto colon = place.rfind(':');
  return colon != std::string_view::npos && place.substr(colon + 1) == std::to_string(inode);
}

std::string content_of(const std::filesystem::path& file) {
  std::ifstream opened(file);
  std::string content;
  std::getline(opened, content,
               '\0');  // to its end; unlike a stream's iterator, no read error leaves this as exception
  return content;
}

/// 0 where it holds none. Tells apart files of two file systems that have the same inode.
long process_id_in(const std::filesystem::path& lock) {
  long id = 0;
  std::istringstream(content_of(lock)) >> id;
  return id;
}

}  // namespace

std::optional<long> lock_holder(std::string_view locks, std::uint64_t inode) {
  // "1: FLOCK  ADVISORY  WRITE 4711 08:01:131 0 EOF"; a line with "->" waits for the lock of the one above.
  std::istringstream lines{std::string(locks)};
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::string number, kind, strictness, use, place;
    long process = 0;
    words >> number >> kind >> strictness >> use >> process >> place;
    if (words && kind == "FLOCK" && is_of(place, inode)) return process;
  }
  return std::nullopt;
}

std::optional<long> claim_holder(const std::filesystem::path& directory) {
  const auto lock = directory / lock_name;
  struct stat found {};
  if (::stat(lock.c_str(), &found) != 0) return std::nullopt;
  const auto holder = lock_holder(content_of("/proc/locks"), found.st_ino);
  return holder && *holder == process_id_in(lock) ? holder : std::nullopt;
}

}  // namespace edge_rollup::outbox
