#include "daemon/admin/admin_files.hpp"

#include "runtime/new_file.hpp"

#include <fmt/format.h>

#include <system_error>

namespace edge_rollup::daemon {
namespace {

/// Not synced, which would delay the first round: the next process says anew where it is found.
model::result<void> write_line(const std::filesystem::path& name, std::string_view text) {
  auto file = runtime::new_file::begin(name);
  if (!file) return std::unexpected(std::move(file.error()));
  auto written = file->append(fmt::format("{}\n", text));
  return written ? file->put_in_place(runtime::file_use::passing) : written;
}

}  // namespace

admin_files::~admin_files() {
  remove_admin_files(directory_);
}

model::result<void> admin_files::tell(std::string_view url, std::string_view token) const {
  // The address comes last: who finds it finds the token, too.
  const auto told = token.empty() ? model::result<void>{} : write_line(directory_ / admin_token_file, token);
  return told ? write_line(directory_ / admin_address_file, url) : told;
}

void remove_admin_files(const std::filesystem::path& directory) noexcept {
  std::error_code gone;  // what cannot be removed now is tried again at the next start
  std::filesystem::remove(directory / admin_address_file, gone);
  std::filesystem::remove(directory / admin_token_file, gone);
}

std::string make_admin_token(runtime::entropy& chance) {
  return fmt::format("{:016x}{:016x}{:016x}{:016x}", chance.next(), chance.next(), chance.next(), chance.next());
}

}  // namespace edge_rollup::daemon
