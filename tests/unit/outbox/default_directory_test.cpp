#include "outbox/default_directory.hpp"

#include <catch2/catch_test_macros.hpp>

namespace edge_rollup::outbox {
namespace {

constexpr uid_t somebody = 1000;

TEST_CASE("the state directory is where the first source says") {
  struct row {
    const char* label;
    directory_sources sources;
    const char* expected;
  };
  const row rows[] = {
      {"the flag goes before everything", {"/data", "/var/lib/unit", "/xdg", "/home/me", somebody}, "/data"},
      {"a relative flag is kept", {"data", {}, {}, "/home/me", somebody}, "data"},
      {"systemd's directory", {{}, "/var/lib/unit", "/xdg", "/home/me", somebody}, "/var/lib/unit"},
      {"systemd's directory for root", {{}, "/var/lib/unit", {}, "/root", 0}, "/var/lib/unit"},
      {"the first of systemd's list", {{}, "/var/lib/a:/var/lib/b", {}, "/home/me", somebody}, "/var/lib/a"},
      {"an empty list is unset", {{}, "", {}, "/home/me", somebody}, "/home/me/.local/state/edge-rollup"},
      {"root", {{}, {}, "/xdg", "/root", 0}, "/var/lib/edge-rollup"},
      {"XDG", {{}, {}, "/xdg", "/home/me", somebody}, "/xdg/edge-rollup"},
      {"a relative XDG is ignored", {{}, {}, "xdg", "/home/me", somebody}, "/home/me/.local/state/edge-rollup"},
      {"an empty XDG is ignored", {{}, {}, "", "/home/me", somebody}, "/home/me/.local/state/edge-rollup"},
      {"home", {{}, {}, {}, "/home/me", somebody}, "/home/me/.local/state/edge-rollup"},
  };
  for (const auto& [label, sources, expected] : rows) {
    CAPTURE(label);
    CHECK(default_state_directory(sources) == expected);
  }
}

TEST_CASE("without a place there is an error instead of a guess") {
  const directory_sources nowhere{
      .chosen = {}, .state_directory = {}, .xdg_state_home = {}, .home = "", .user = somebody};
  const directory_sources empty_flag{.chosen = "", .state_directory = {}, .xdg_state_home = {}, .home = "/", .user = 0};
  for (const auto& sources : {nowhere, empty_flag}) {
    const auto place = default_state_directory(sources);
    REQUIRE(!place);
    CHECK(place.error().kind == model::error_kind::state);
  }
}

}  // namespace
}  // namespace edge_rollup::outbox
