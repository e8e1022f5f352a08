#include "outbox/changeover.hpp"

#include "outbox/page_one.hpp"
#include "outbox/sqlite_store.hpp"
#include "runtime/crash_point.hpp"
#include "runtime/descriptor.hpp"

#include <fcntl.h>
#include <fmt/chrono.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

namespace edge_rollup::outbox {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view prefix = "outbox.corrupt-";
constexpr std::array beside = {"-wal", "-shm", first_page_suffix};

model::result<void> refused(const char* what, const fs::path& file, const std::error_code& why) {
  return model::fail(model::error_kind::disk, fmt::format("cannot {} {}: {}", what, file.native(), why.message()));
}

/// What cannot be looked at now is not taken for absent.
model::result<bool> is_there(const fs::path& file) {
  std::error_code failed;
  const bool there = fs::exists(file, failed);
  if (failed) return std::unexpected(refused("look at", file, failed).error());
  return there;
}

/// What is not there has been moved already.
model::result<void> move(const fs::path& from, const fs::path& to) {
  std::error_code failed;
  runtime::crash_point("move", "before_rename");
  fs::rename(from, to, failed);
  runtime::crash_point("move", "after_rename");
  if (failed && failed != std::errc::no_such_file_or_directory) return refused("move", from, failed);
  return {};
}

/// What is not there is no error.
model::result<void> remove_file(const fs::path& file) {
  std::error_code failed;
  fs::remove(file, failed);
  if (failed) return refused("remove", file, failed);
  return {};
}

model::result<void> remove_beside(const fs::path& file) {
  for (const auto* part : beside) {
    if (auto removed = remove_file(file.native() + part); !removed) return removed;
  }
  return {};
}

model::result<void> move_beside(const fs::path& from, const fs::path& to) {
  for (const auto* part : beside) {
    if (auto moved = move(from.native() + part, to.native() + part); !moved) return moved;
  }
  return {};
}

/// The new store is closed: its log is empty.
model::result<void> remove_log(const fs::path& directory) {
  return remove_beside(directory / salvage_file_name);
}

model::result<void> sync(const fs::path& directory) {
  const runtime::descriptor opened{::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  if (opened.is_open() && ::fsync(opened.get()) == 0) return {};
  return refused("sync", directory, {errno, std::generic_category()});
}

/// The first file of every store that was set aside, oldest first.
std::vector<fs::path> all_set_aside(const fs::path& directory) {
  std::vector<fs::path> found;
  std::error_code failed;
  for (fs::directory_iterator each(directory, failed), end; !failed && each != end; each.increment(failed)) {
    const std::string name = each->path().filename();
    const bool is_part = std::ranges::any_of(beside, [&name](const char* part) { return name.ends_with(part); });
    if (name.starts_with(prefix) && !is_part) found.push_back(each->path());
  }
  std::ranges::sort(found);
  return found;
}

/// The old file has left; what stood beside it follows, before the new one could be taken for theirs.
model::result<void> bring_in(const fs::path& directory, const char* successor, const fs::path& aside) {
  const auto file = directory / store_file_name;
  if (auto moved = move_beside(file, aside); !moved) return moved;
  if (auto synced = sync(directory); !synced) return synced;
  if (auto moved = move(directory / successor, file); !moved) return moved;
  return sync(directory);
}

fs::path last_set_aside(const fs::path& directory, model::wall_time now) {
  const auto aside = all_set_aside(directory);
  return aside.empty() ? name_aside(directory, now) : aside.back();
}

}  // namespace

/// Its order by name is that in time, also where the clock went back.
fs::path name_aside(const fs::path& directory, model::wall_time now) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(now);
  auto name = directory / fmt::format("{}{:%Y%m%dT%H%M%SZ}", prefix, seconds);
  const auto others = all_set_aside(directory);
  return others.empty() || others.back() < name ? name : fs::path(others.back().native() + "-2");
}

model::result<bool> end_changeover(const fs::path& directory, model::wall_time now) {
  const auto copy = is_there(directory / whole_copy_file_name);
  if (!copy) return copy;
  const auto salvaged = is_there(directory / salvage_file_name);
  if (!salvaged) return salvaged;
  const auto store = is_there(directory / store_file_name);
  if (!store) return store;
  [[maybe_unused]] const auto removed = remove_copy(directory);  // else the next one that is made tells why not
  const bool salvage_stopped = *salvaged && !*store;
  auto ended = remove_log(directory);
  if (ended && *copy) {
    ended = put_copy_in_place(directory, *store ? name_aside(directory, now) : last_set_aside(directory, now));
  } else if (ended && salvage_stopped) {
    ended = bring_in(directory, salvage_file_name, last_set_aside(directory, now));
  } else if (ended) {
    ended = remove_file(directory / salvage_file_name);
  }
  if (!ended) return std::unexpected(std::move(ended.error()));
  return *copy || salvage_stopped;
}

model::result<void> change_over(const fs::path& directory, const fs::path& aside) {
  if (auto removed = remove_log(directory); !removed) return removed;
  if (auto synced = sync(directory); !synced) return synced;
  // The log goes last: without it the file would be an older store that looks whole.
  if (auto moved = move(directory / store_file_name, aside); !moved) return moved;
  if (auto synced = sync(directory); !synced) return synced;
  return bring_in(directory, salvage_file_name, aside);
}

model::result<void> call_copy_whole(const fs::path& directory) {
  if (auto removed = remove_log(directory); !removed) return removed;  // every opening does that, too
  const auto copy = directory / copy_file_name;
  std::error_code failed;
  fs::rename(copy, directory / whole_copy_file_name, failed);
  runtime::crash_point("whole", "after_rename");
  if (failed) return refused("rename", copy, failed);
  return {};
}

model::result<void> put_copy_in_place(const fs::path& directory, const fs::path& aside) {
  if (auto synced = sync(directory); !synced) return synced;
  if (auto moved = move(directory / store_file_name, aside); !moved) return moved;
  return bring_in(directory, whole_copy_file_name, aside);
}

bool withdraw_copy(const fs::path& directory) {
  std::error_code failed;
  const bool withdrawn = fs::remove(directory / whole_copy_file_name, failed);
  [[maybe_unused]] const auto synced = sync(directory);
  return withdrawn;
}

model::result<void> remove_log_in_place(const fs::path& directory) {
  return remove_beside(directory / store_file_name);
}

model::result<void> remove_copy(const fs::path& directory) {
  const auto copy = directory / copy_file_name;
  if (auto removed = remove_file(copy); !removed) return removed;
  return remove_file(copy.native() + "-journal");
}

std::optional<fs::path> drop_oldest_set_aside(const fs::path& directory, const fs::path& newest) {
  auto kept = all_set_aside(directory);
  if (kept.size() <= kept_aside) return std::nullopt;
  const auto oldest = kept.front() == newest ? kept[1] : kept.front();
  std::error_code ignored;  // it is tried again with the next one
  for (const auto* part : beside) fs::remove(oldest.native() + part, ignored);
  fs::remove(oldest, ignored);
  return oldest;
}

}  // namespace edge_rollup::outbox
