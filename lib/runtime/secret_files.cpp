#include "runtime/secret_files.hpp"

#include "runtime/descriptor.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <string_view>
#include <system_error>
#include <utility>

namespace edge_rollup::runtime {
namespace {

using model::error_kind;

std::unexpected<model::error> refuse(error_kind kind, const std::string& path, std::string_view why) {
  return model::fail(kind, "the secret in " + path + ": " + std::string(why));
}

std::unexpected<model::error> refuse_by_system(const std::string& path, int why) {
  const auto text = std::system_category().message(why);
  if (why == ENOENT || why == ENOTDIR) return refuse(error_kind::no_input, path, text);
  if (why == EACCES || why == EPERM) {
    return refuse(error_kind::permission, path, text + "; let the user of this process read it");
  }
  return refuse(error_kind::disk, path, text);
}

/// Of at most one byte more than a secret may have, so that what is too long shows.
model::result<std::string> read_all(const descriptor& file, const std::string& path) {
  std::string text(max_secret_file_bytes + 1, '\0');
  std::size_t used = 0;
  while (used < text.size()) {
    const auto got = ::read(file.get(), text.data() + used, text.size() - used);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return refuse_by_system(path, errno);
    if (got == 0) break;
    used += static_cast<std::size_t>(got);
  }
  text.resize(used);
  return text;
}

model::result<std::string> checked(std::string text, const std::string& path) {
  if (text.size() > max_secret_file_bytes) {
    return refuse(error_kind::bad_data, path, "longer than " + std::to_string(max_secret_file_bytes) + " bytes");
  }
  if (text.ends_with('\n')) text.pop_back();
  if (text.ends_with('\r')) text.pop_back();
  if (text.find_first_of(std::string_view("\0\r\n", 3)) != std::string::npos) {
    return refuse(error_kind::bad_data, path, "it has more than one line, or a NUL byte");
  }
  return text;
}

}  // namespace

model::result<std::string> secret_files::value_of(const model::secret& wanted) {
  std::string value;
  for (const auto& part : wanted.parts) {
    if (part.from == model::secret::part::source::text) {
      value += part.text;
      continue;
    }
    auto text = text_of(part.text);
    if (!text) return text;
    value += *text;
  }
  return value;
}

model::result<std::string> secret_files::text_of(const std::string& path) {
  // A FIFO would block the loop until somebody writes.
  const descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!file.is_open()) return refuse_by_system(path, errno);
  struct stat found {};
  if (::fstat(file.get(), &found) != 0) return refuse_by_system(path, errno);
  if (!S_ISREG(found.st_mode)) return refuse(error_kind::bad_data, path, "not a regular file");

  const auto now = version_of(found);
  const auto known = read_.find(path);
  if (known != read_.end() && known->second.version == now) return known->second.text;
  auto read = read_all(file, path);
  if (read) read = checked(std::move(*read), path);
  if (read) read_.insert_or_assign(path, content{now, *read});
  return read;
}

}  // namespace edge_rollup::runtime
