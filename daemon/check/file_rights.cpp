#include "daemon/check/file_rights.hpp"

#include "fleet/list_file.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <memory>
#include <set>

namespace edge_rollup::daemon {
namespace {

void add_files(const model::secret& of, std::set<std::string>& into) {
  for (const auto& part : of.parts) {
    if (part.from == model::secret::part::source::file) into.insert(part.text);
  }
}

void add_files(const std::shared_ptr<const model::credentials>& of, std::set<std::string>& into) {
  if (!of) return;
  add_files(of->user, into);
  add_files(of->word, into);
}

void add_files(const std::shared_ptr<const model::tls_options>& of, std::set<std::string>& into) {
  if (of && !of->key.empty()) into.insert(of->key);
}

std::set<std::string> secret_files_of(const config::config& settings) {
  std::set<std::string> files;
  add_files(settings.fleet.defaults.auth, files);
  add_files(settings.fleet.defaults.tls, files);
  for (const auto& node : settings.fleet.fixed) {
    add_files(node.auth, files);
    add_files(node.tls, files);
  }
  if (settings.cloud) {
    add_files(settings.cloud->auth, files);
    add_files(settings.cloud->tls, files);
    for (const auto& [name, value] : settings.cloud->headers) add_files(value, files);
  }
  if (settings.admin.token) add_files(*settings.admin.token, files);
  return files;
}

void add_public_files(const std::shared_ptr<const model::tls_options>& of, std::set<std::string>& into) {
  if (!of) return;
  for (const auto& file : {of->ca, of->certificate}) {
    if (!file.empty()) into.insert(file);
  }
}

std::set<std::string> public_files_of(const config::config& settings) {
  std::set<std::string> files;
  add_public_files(settings.fleet.defaults.tls, files);
  for (const auto& node : settings.fleet.fixed) add_public_files(node.tls, files);
  if (settings.cloud) add_public_files(settings.cloud->tls, files);
  for (const auto& path : settings.fleet.node_files) {
    if (const auto found = fleet::matching_files(path)) files.insert(found->begin(), found->end());
  }
  return files;
}

bool every_user_may_read(const std::string& file) {
  struct stat found {};
  return ::stat(file.c_str(), &found) == 0 && (found.st_mode & S_IROTH) != 0;
}

bool is_credential(const std::string& file) {
  const char* const directory = std::getenv("CREDENTIALS_DIRECTORY");
  return directory != nullptr && std::filesystem::path(file).parent_path() == directory;
}

/// Of a regular file, as who asks is root: whether the user of a service could not read it. One in its group can.
bool is_for_root_alone(const std::string& file) {
  constexpr uid_t root = 0;
  constexpr gid_t group_of_root = 0;
  struct stat found {};
  if (::geteuid() != root || ::stat(file.c_str(), &found) != 0) return false;
  const bool others_may = (found.st_mode & S_IROTH) != 0;
  const bool group_may = (found.st_mode & S_IRGRP) != 0 && found.st_gid != group_of_root;
  return S_ISREG(found.st_mode) && found.st_uid == root && !others_may && !group_may && !is_credential(file);
}

}  // namespace

file_rights file_rights_of(const config::config& settings, const std::optional<std::string>& settings_file,
                           const std::vector<std::string>& written_out) {
  file_rights rights;
  const auto secrets = secret_files_of(settings);
  for (const auto& file : secrets) {
    if (every_user_may_read(file)) rights.open_secrets.push_back(file);
    if (is_for_root_alone(file)) rights.closed_secrets.push_back(file);
  }
  for (const auto& file : public_files_of(settings)) {  // a key may stand beside its certificate
    if (is_for_root_alone(file) && !secrets.contains(file)) rights.closed_files.push_back(file);
  }
  if (!settings_file) return rights;
  if (every_user_may_read(*settings_file)) rights.open_places = written_out;
  if (is_for_root_alone(*settings_file)) {
    if (written_out.empty()) {
      rights.closed_files.push_back(*settings_file);
    } else {
      rights.closed_settings = *settings_file;
    }
  }
  return rights;
}

}  // namespace edge_rollup::daemon
