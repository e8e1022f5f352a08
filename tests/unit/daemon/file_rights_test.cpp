#include "daemon/check/file_rights.hpp"

#include "support/temporary_directory.hpp"

#include <sys/stat.h>
#include <unistd.h>
#include <catch2/catch_test_macros.hpp>

#include <fstream>
#include <memory>
#include <optional>
#include <string>
#include <vector>

using namespace edge_rollup;

namespace {

constexpr gid_t group_of_the_service = 12'345;

struct bench {
  /// Of root, as who asks.
  std::string file(const char* name, mode_t mode, gid_t group = 0) const {
    const auto path = directory.path() / name;
    std::ofstream(path) << "content";
    REQUIRE(::chown(path.c_str(), 0, group) == 0);
    REQUIRE(::chmod(path.c_str(), mode) == 0);
    return path.native();
  }

  tests::temporary_directory directory;
  config::config settings;
};

using paths = std::vector<std::string>;

}  // namespace

TEST_CASE("files of root alone are told, secrets apart from what everybody may read") {
  if (::geteuid() != 0) SKIP("only root can have files that the service's user cannot read");
  bench test;
  const auto settings_file = test.file("gw.yaml", 0600);

  SECTION("settings that hold no secret") {
    const auto rights = daemon::file_rights_of(test.settings, settings_file, {});
    CHECK(rights.closed_files == paths{settings_file});
    CHECK_FALSE(rights.closed_settings);
  }
  SECTION("settings that hold a secret are never to be opened") {
    const auto rights = daemon::file_rights_of(test.settings, settings_file, {"gw.yaml:3:5"});
    CHECK(rights.closed_files.empty());
    CHECK(rights.closed_settings == settings_file);
    CHECK(rights.open_places.empty());
  }
  SECTION("nor is a certificate that has its key in the same file") {
    const auto combined = test.file("client.pem", 0600);
    const auto authorities = test.file("ca.pem", 0600);
    test.settings.fleet.defaults.tls =
        std::make_shared<const model::tls_options>(model::tls_options{authorities, combined, combined});
    const auto rights = daemon::file_rights_of(test.settings, std::nullopt, {});
    CHECK(rights.closed_secrets == paths{combined});
    CHECK(rights.closed_files == paths{authorities});
  }
}

TEST_CASE("a file of root and another group is not for root alone where that group may read it") {
  if (::geteuid() != 0) SKIP("only root can give files away");
  const bench test;
  struct row {
    const char* label;
    mode_t mode;
    gid_t group;
    bool is_closed;
  };
  for (const auto& [label, mode, group, is_closed] : {
           row{"the group of the service may", 0640, group_of_the_service, false},
           row{"the group of root may", 0640, 0, true},
           row{"the group of the service may not", 0600, group_of_the_service, true},
           row{"everybody may", 0644, 0, false},
       }) {
    INFO(label);
    const auto settings_file = test.file("gw.yaml", mode, group);
    CHECK(daemon::file_rights_of(test.settings, settings_file, {}).closed_files.empty() == !is_closed);
  }
}
