// The path is followed name by name instead of by the kernel, because only then the owner of every link on the way can
// be looked at. From its end on, everything goes through a descriptor of the directory that was checked.
#include "outbox/state_directory.hpp"

#include "outbox/store_file_name.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <cerrno>
#include <charconv>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>

namespace edge_rollup::outbox {
namespace {

using model::error_kind;
using model::fail;
using runtime::descriptor;
using std::filesystem::path;

constexpr mode_t private_directory = 0700;
constexpr mode_t rights_of_others = 07777 & ~private_directory;
constexpr mode_t private_file = 0600;
constexpr const char* lock_name = "lock";

std::unexpected<model::error> system_refused(std::string_view what, const path& where) {
  const int code = errno;
  const bool not_allowed = code == EACCES || code == EPERM;
  return fail(not_allowed ? error_kind::permission : error_kind::disk,
              fmt::format("cannot {} {}: {}", what, where.native(), std::generic_category().message(code)));
}

/// Makes `directory`, and its name in `parent` durable; a directory that another process made meanwhile will do.
model::result<void> make_directory(const path& directory, const path& parent) {
  if (::mkdir(directory.c_str(), private_directory) != 0 && errno != EEXIST) return system_refused("make", directory);
  const descriptor above{::open(parent.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  if (!above.is_open() || ::fsync(above.get()) != 0) return system_refused("sync", parent);
  return {};
}

/// Where a link leads, if its owner may be trusted with that.
model::result<path> follow(const path& link, uid_t owner) {
  if (owner != 0 && owner != ::geteuid()) {
    return fail(error_kind::state,
                fmt::format("{} is a link that belongs to user {}, who could lead us elsewhere: give "
                            "the directory itself as --state-dir",
                            link.native(), owner));
  }
  std::error_code failed;
  auto target = std::filesystem::read_symlink(link, failed);
  if (failed) return fail(error_kind::disk, fmt::format("cannot read link {}: {}", link.native(), failed.message()));
  return target;
}

/// One name further on a path that has no links. The name "/" leads back to the root.
path step(const path& reached, const path& name) {
  if (name.empty() || name == ".") return reached;
  return name == ".." ? reached.parent_path() : reached / name;
}

enum class missing_names { made, refused };

/// The absolute path of `wanted` without links.
model::result<path> reach(const path& wanted, missing_names missing) {
  if (wanted.empty()) return fail(error_kind::state, "the state directory's path is empty");
  const auto start = std::filesystem::absolute(wanted);
  std::deque<path> ahead(start.begin(), start.end());
  path reached;
  int links = 0;
  while (!ahead.empty()) {
    const path next = step(reached, ahead.front());
    struct stat found {};
    if (::lstat(next.c_str(), &found) != 0) {
      if (errno != ENOENT) return system_refused("look at", next);
      if (missing == missing_names::refused) {
        return fail(error_kind::no_input, fmt::format("no state directory {}: no daemon has run there yet; "
                                                      "--state-dir says where to look",
                                                      next.native()));
      }
      if (auto made = make_directory(next, reached); !made) return std::unexpected(made.error());
      continue;
    }
    ahead.pop_front();
    if (S_ISLNK(found.st_mode)) {
      if (++links > state_directory::max_links) {
        return fail(error_kind::state, fmt::format("{} leads through too many links", wanted.native()));
      }
      const auto target = follow(next, found.st_uid);
      if (!target) return target;
      ahead.insert(ahead.begin(), target->begin(), target->end());
    } else if (S_ISDIR(found.st_mode)) {
      reached = next;
    } else {
      return fail(error_kind::state, fmt::format("{} is not a directory", next.native()));
    }
  }
  return reached;
}

/// Whether a file of the directory's owner shows that an outbox lives there.
bool holds_outbox(const descriptor& directory, uid_t owner) {
  struct stat store {};
  return ::fstatat(directory.get(), store_file_name, &store, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(store.st_mode) &&
         store.st_uid == owner;
}

model::result<void> refuse_to_close(const path& directory, std::string_view why) {
  return fail(
      error_kind::state,
      fmt::format(
          "{0} {1}: name a directory that is for edge-rollup alone, as {0}/edge-rollup, or chmod 0700 {0} if this "
          "one is",
          directory.native(), why));
}

/// Others lose their rights only in a directory that is empty or an outbox already: one that was named by mistake may
/// be theirs as well.
model::result<void> may_be_closed(const descriptor& opened, const struct stat& found, const path& directory) {
  if ((found.st_mode & rights_of_others) == 0) return {};
  if ((found.st_mode & (S_IWOTH | S_ISVTX)) != 0) return refuse_to_close(directory, "is shared with other users");
  if (holds_outbox(opened, found.st_uid)) return {};
  std::error_code failed;
  const bool is_empty = std::filesystem::is_empty(directory, failed);
  if (failed)
    return fail(error_kind::permission, fmt::format("cannot read {}: {}", directory.native(), failed.message()));
  if (!is_empty) return refuse_to_close(directory, "is open to other users and holds other things than an outbox");
  return {};
}

/// Opens a directory that is ours and ours alone.
model::result<descriptor> open_private(const path& directory) {
  descriptor opened{::open(directory.c_str(), O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)};
  struct stat found {};
  if (!opened.is_open() || ::fstat(opened.get(), &found) != 0) return system_refused("open", directory);
  if (found.st_uid != ::geteuid()) {
    return fail(error_kind::state,
                fmt::format("{0} belongs to user {1} and this process runs as user {2}: run it as its owner (sudo -u "
                            "'#{1}' ...), or give another --state-dir",
                            directory.native(), found.st_uid, ::geteuid()));
  }
  if (auto allowed = may_be_closed(opened, found, directory); !allowed) return std::unexpected(allowed.error());
  const bool others_may = (found.st_mode & rights_of_others) != 0;
  if (others_may && ::fchmodat(opened.get(), ".", found.st_mode & private_directory, 0) != 0) {
    return system_refused("take the rights of others away from", directory);
  }
  return opened;
}

std::optional<long> read_process_id(const descriptor& lock) {
  char text[24] = {};
  const auto length = ::pread(lock.get(), text, sizeof text, 0);
  long id = 0;
  if (length <= 0 || std::from_chars(text, text + length, id).ec != std::errc{}) return std::nullopt;
  return id;
}

/// Written before the rest is cut off, so that whoever reads it meanwhile finds one whole number or the other.
bool write_process_id(const descriptor& lock) {
  const auto text = fmt::format("{}\n", ::getpid());
  const auto length = static_cast<ssize_t>(text.size());
  return ::pwrite(lock.get(), text.data(), text.size(), 0) == length && ::ftruncate(lock.get(), length) == 0;
}

/// A lock needs no writing: a disk that takes nothing keeps nobody from running.
model::result<descriptor> take_lock(const descriptor& directory, const path& where) {
  constexpr int careful = O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC;
  descriptor lock{::openat(directory.get(), lock_name, O_RDWR | O_CREAT | careful, private_file)};
  const bool is_read_only = !lock.is_open() && errno == EROFS;
  if (is_read_only) lock = descriptor{::openat(directory.get(), lock_name, O_RDONLY | careful)};
  if (!lock.is_open() || (!is_read_only && ::fchmod(lock.get(), private_file) != 0)) {
    return system_refused("open", where / lock_name);
  }
  if (::flock(lock.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) return system_refused("lock", where / lock_name);
    const auto holder = read_process_id(lock);
    return fail(error_kind::state,
                fmt::format("{} is in use by {}; stop it, or give this one another --state-dir", where.native(),
                            holder ? fmt::format("process {}", *holder) : "another process"));
  }
  // With no room for it, whoever is refused hears of another process only.
  if (!is_read_only && !write_process_id(lock) && ::ftruncate(lock.get(), 0) != 0) {
    return system_refused("write", where / lock_name);
  }
  return lock;
}

}  // namespace

model::result<state_directory> state_directory::claim(const std::filesystem::path& wanted) {
  auto reached = reach(wanted, missing_names::made);
  if (!reached) return std::unexpected(reached.error());
  const auto directory = open_private(*reached);
  if (!directory) return std::unexpected(directory.error());
  auto lock = take_lock(*directory, *reached);
  if (!lock) return std::unexpected(lock.error());
  return state_directory{std::move(*reached), std::move(*lock)};
}

model::result<std::filesystem::path> visit_state_directory(const std::filesystem::path& wanted) {
  auto reached = reach(wanted, missing_names::refused);
  if (!reached) return reached;
  struct stat found {};
  if (::lstat(reached->c_str(), &found) != 0) return system_refused("look at", *reached);
  if (::geteuid() != 0 && found.st_uid != ::geteuid()) {
    return fail(error_kind::state,
                fmt::format("{0} belongs to user {1}: run this as root or as its owner (sudo -u '#{1}' ...)",
                            reached->native(), found.st_uid));
  }
  return reached;
}

model::result<void> check_rights_of_others(const std::filesystem::path& directory) {
  const descriptor opened{::open(directory.c_str(), O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)};
  struct stat found {};
  if (!opened.is_open() || ::fstat(opened.get(), &found) != 0) return system_refused("open", directory);
  return may_be_closed(opened, found, directory);
}

}  // namespace edge_rollup::outbox
