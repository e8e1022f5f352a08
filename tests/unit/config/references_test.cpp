#include "config/references.hpp"

#include "support/settings_bench.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace edge_rollup;
using config::expand;
using config::file_use;
using source = model::secret::part::source;

namespace {

tests::made_up_machine some_machine() {
  tests::made_up_machine machine;
  machine.variables = {{"NAME", "value"}, {"EMPTY", ""}, {"CREDENTIALS_DIRECTORY", "/run/credentials/x"}};
  machine.files = {{"/etc/token", "from-file"}, {"/run/credentials/x/key", "from-systemd"}};
  return machine;
}

}  // namespace

TEST_CASE("references are replaced by what they lead to, once") {
  struct row {
    const char* text;
    const char* becomes;
  };
  const row rows[] = {
      {"", ""},
      {"plain", "plain"},
      {"${env:NAME}", "value"},
      {"a-${env:NAME}-b", "a-value-b"},
      {"${env:EMPTY}", ""},
      {"${env:EMPTY:-default}", "default"},
      {"${env:ABSENT:-}", ""},
      {"${env:ABSENT:-a:b}", "a:b"},
      {"${file:/etc/token}", "from-file"},
      {"${cred:key}", "from-systemd"},
      {"$$", "$"},
      {"$${env:NAME}", "${env:NAME}"},
      {"100 $$ a ${env:NAME}", "100 $ a value"},
  };
  auto machine = some_machine();
  machine.variables["NAME"] = "value";
  for (const row& each : rows) {
    INFO(each.text);
    const auto expanded = expand(each.text, file_use::read_now, machine.references());
    REQUIRE(expanded);
    CHECK(config::text_of(*expanded) == each.becomes);
  }
  machine.variables["NAME"] = "${file:/etc/token}";
  CHECK(config::text_of(*expand("${env:NAME}", file_use::read_now, machine.references())) == "${file:/etc/token}");
}

TEST_CASE("bad references say how to write them, and nothing of the text") {
  for (const auto* text : {"pa$$w$rd-tell-nobody", "$", "${", "${env:NAME", "${NAME}", "${envv:NAME}", "${env:}",
                           "${env:A B}", "${env:ABSENT}", "${file:}", "${file:relative}", "${file:/absent}", "${cred:}",
                           "${cred:../etc}", "${cred:absent}"}) {
    INFO(text);
    const auto machine = some_machine();
    const auto expanded = expand(text, file_use::read_now, machine.references());
    REQUIRE_FALSE(expanded);
    CHECK_FALSE(expanded.error().remedy.empty());
    CHECK(expanded.error().what.find("tell-nobody") == std::string::npos);
  }
}

TEST_CASE("a credential is passed over in a secret where that is allowed and there are none at all") {
  auto machine = some_machine();
  auto sources = machine.references();
  sources.without_credential = config::absent_credential::passed_over;
  const auto misspelt = expand("Bearer ${cred:absent}", file_use::keep, sources);
  REQUIRE_FALSE(misspelt);
  CHECK(misspelt.error().what.contains("/run/credentials/x/absent"));
  for (const bool is_empty : {true, false}) {
    CAPTURE(is_empty);
    if (is_empty) machine.variables["CREDENTIALS_DIRECTORY"].clear();
    if (!is_empty) machine.variables.erase("CREDENTIALS_DIRECTORY");
    const auto secret = expand("Bearer ${cred:absent}", file_use::keep, sources);
    REQUIRE(secret);
    CHECK(secret->lacks_credential);
    CHECK(secret->refers);
    CHECK_FALSE(expand("${cred:absent}", file_use::read_now, sources));
    CHECK_FALSE(expand("${cred:absent}", file_use::keep, machine.references()));
    CHECK_FALSE(expand("${cred:}", file_use::keep, sources));
  }
}

TEST_CASE("a file that is kept is looked at for being there, and stays a file") {
  const auto machine = some_machine();
  const auto kept = expand("Bearer ${file:/etc/token}", file_use::keep, machine.references());
  REQUIRE(kept);
  CHECK(kept->value == model::secret{{{source::text, "Bearer "}, {source::file, "/etc/token"}}});
  CHECK(kept->refers);
  CHECK_FALSE(expand("${file:/absent}", file_use::keep, machine.references()));
}
