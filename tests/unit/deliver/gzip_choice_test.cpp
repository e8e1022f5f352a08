#include "deliver/gzip_choice.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace edge_rollup;
using deliver::accepts_gzip;
using deliver::gzip_choice;
using deliver::gzip_use;

TEST_CASE("gzip is accepted where the field lists it with a weight above zero") {
  struct row {
    const char* field;
    bool accepted;
  };
  for (const auto& [field, accepted] :
       {row{"gzip", true}, row{"GZip", true}, row{"x-gzip", true}, row{"deflate, gzip;q=0.5", true},
        row{"br , gzip ; q=1.0", true}, row{"*", true}, row{"gzip;q=0", false}, row{"gzip;q=0.000", false},
        row{"gzip;q=0.001", true}, row{"*, gzip;q=0", false}, row{"gzip;Q=0, *", false}, row{"*;q=0", false},
        row{"", false}, row{"identity", false}, row{"gzipped", false}}) {
    CAPTURE(field);
    CHECK(accepts_gzip(field) == accepted);
  }
}

TEST_CASE("bodies are packed as configured, or as the cloud says") {
  SECTION("off, whatever the cloud says") {
    gzip_choice choice(gzip_use::off);
    choice.hear("gzip");
    CHECK_FALSE(choice.packs());
  }
  SECTION("on from the beginning, whatever the cloud says") {
    gzip_choice choice(gzip_use::on);
    CHECK(choice.packs());
    choice.hear("identity");
    CHECK(choice.packs());
  }
  SECTION("automatic, from when the cloud says so until it says otherwise") {
    gzip_choice choice(gzip_use::automatic);
    CHECK_FALSE(choice.packs());
    choice.hear({});
    CHECK_FALSE(choice.packs());
    choice.hear("gzip");
    CHECK(choice.packs());
    choice.hear({});
    CHECK(choice.packs());
    choice.hear("identity");
    CHECK_FALSE(choice.packs());
  }
}

TEST_CASE("a 415 to a packed body ends packing for good") {
  for (const auto use : {gzip_use::on, gzip_use::automatic}) {
    gzip_choice choice(use);
    choice.hear("gzip");
    choice.refused();
    choice.hear("gzip");
    CHECK_FALSE(choice.packs());
  }
}
