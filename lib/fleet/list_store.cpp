// Files are named by a hash of the list's name, which may hold any byte; the name inside tells two of one hash apart.
#include "fleet/list_store.hpp"

#include "fleet/list_file.hpp"
#include "runtime/descriptor.hpp"
#include "wire/json_scanner.hpp"
#include "wire/json_text.hpp"
#include "wire/json_writer.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <string_view>
#include <system_error>

namespace edge_rollup::fleet {
namespace {

using runtime::descriptor;

constexpr mode_t private_directory = 0700;
constexpr mode_t private_file = 0600;

/// FNV-1a: the same in every build, as names of files must be.
std::uint64_t stable_hash(std::string_view text) {
  std::uint64_t hash = 0xcbf29ce484222325;
  for (const char each : text) hash = (hash ^ static_cast<unsigned char>(each)) * 0x100000001b3;
  return hash;
}

std::unexpected<model::error> system_refused(std::string_view what, const std::filesystem::path& where) {
  return model::fail(model::error_kind::disk,
                     fmt::format("cannot {} {}: {}", what, where.native(), std::generic_category().message(errno)));
}

bool write_all(const descriptor& file, std::string_view text) {
  while (!text.empty()) {
    const auto written = ::write(file.get(), text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

bool sync(const std::filesystem::path& directory) {
  const descriptor opened{::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  return opened.is_open() && ::fsync(opened.get()) == 0;
}

std::optional<std::string> text_of(const wire::json_value& value) {
  if (value.type != wire::json_type::string) return std::nullopt;
  return wire::unescape(value.raw.substr(1, value.raw.size() - 2));
}

/// The text in a kept file, if it is that of `name`.
std::optional<std::string> text_for(const std::string& name, std::string_view kept) {
  wire::json_scanner members{kept};
  if (!members.enter_object()) return std::nullopt;
  std::optional<std::string> source, text;
  for (;;) {
    const auto member = members.next_member();
    if (!member) return std::nullopt;
    if (!*member) break;
    if ((*member)->key == "source") source = text_of((*member)->value);
    if ((*member)->key == "text") text = text_of((*member)->value);
  }
  return source == name ? text : std::nullopt;
}

}  // namespace

std::filesystem::path list_store::path_of(const std::string& name) const {
  return directory_ / fmt::format("{:016x}.json", stable_hash(name));
}

model::result<void> list_store::keep(const std::string& name, const std::string& text) const {
  std::string kept;
  wire::json_writer out(kept);
  out.begin_object().key("source").text(name).key("text").text(text).end_object();
  if (::mkdir(directory_.c_str(), private_directory) == 0) {
    if (!sync(directory_.parent_path())) return system_refused("sync", directory_.parent_path());
  } else if (errno != EEXIST) {
    return system_refused("make", directory_);
  }
  const auto target = path_of(name);
  auto fresh = target;
  fresh += ".new";
  const descriptor file{::open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, private_file)};
  if (!file.is_open() || ::fchmod(file.get(), private_file) != 0) return system_refused("open", fresh);
  if (!write_all(file, kept) || ::fsync(file.get()) != 0) return system_refused("write", fresh);
  if (::rename(fresh.c_str(), target.c_str()) != 0) return system_refused("replace", target);
  if (!sync(directory_)) return system_refused("sync", directory_);
  return {};
}

void list_store::confirm(const std::string& name) const noexcept {
  ::utimensat(AT_FDCWD, path_of(name).c_str(), nullptr, AT_SYMLINK_NOFOLLOW);
}

void list_store::forget(const std::string& name) const noexcept {
  ::unlink(path_of(name).c_str());
}

std::optional<kept_text> list_store::find(const std::string& name) const {
  const auto path = path_of(name);
  const auto kept = read_list_file(path.native());
  struct stat about {};
  if (!kept || ::stat(path.c_str(), &about) != 0) return std::nullopt;
  auto text = text_for(name, *kept);
  if (!text) return std::nullopt;
  const auto since_1970 = std::chrono::seconds{about.st_mtim.tv_sec};
  return kept_text{*std::move(text), model::wall_time{since_1970}};
}

}  // namespace edge_rollup::fleet
