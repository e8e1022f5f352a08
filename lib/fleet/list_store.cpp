// Files are named by a hash of the list's name, which may hold any byte; the name inside tells two of one hash apart.
#include "fleet/list_store.hpp"

#include "fleet/list_file.hpp"
#include "runtime/descriptor.hpp"
#include "runtime/new_file.hpp"
#include "wire/json_scanner.hpp"
#include "wire/json_text.hpp"
#include "wire/json_writer.hpp"
#include "wire/stable_hash.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <cerrno>
#include <string_view>
#include <system_error>
#include <utility>

namespace edge_rollup::fleet {
namespace {

using runtime::descriptor;

constexpr mode_t private_directory = 0700;

std::unexpected<model::error> system_refused(std::string_view what, const std::filesystem::path& where) {
  return model::fail(model::error_kind::disk,
                     fmt::format("cannot {} {}: {}", what, where.native(), std::generic_category().message(errno)));
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
  return directory_ / fmt::format("{:016x}.json", wire::stable_hash(name));
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
  auto file = runtime::new_file::begin(path_of(name));
  if (!file) return std::unexpected(std::move(file.error()));
  if (auto written = file->append(kept); !written) return written;
  return file->put_in_place();
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
