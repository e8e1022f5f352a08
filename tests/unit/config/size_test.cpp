#include "config/size.hpp"

#include "support/property.hpp"

using namespace edge_rollup;

TEST_CASE("sizes are a whole number and a unit") {
  CHECK(config::parse_size("0B") == 0);
  CHECK(config::parse_size("512B") == 512);
  CHECK(config::parse_size("64KiB") == 65'536);
  CHECK(config::parse_size("8MiB") == 8'388'608);
  CHECK(config::parse_size("2GiB") == 2'147'483'648);
  CHECK(config::parse_size("1024TiB") == config::max_size);
}

TEST_CASE("any other size is an error that names the units") {
  for (const auto* text : {"", "5", "KiB", "-1B", "+1B", "1.5MiB", "1 KiB", "1KB", "1kib", "1M", "0x10B"}) {
    INFO(text);
    const auto read = config::parse_size(text);
    REQUIRE_FALSE(read);
    CHECK(read.error().text.find("B, KiB, MiB, GiB, TiB") != std::string::npos);
  }
  CHECK(config::parse_size("1025TiB").error().text == "'1025TiB' is too large: at most 1024TiB");
}

TEST_CASE("what is near to a size is told as one") {
  CHECK(config::likely_size("256MB") == "256MiB");
  CHECK(config::likely_size("256M") == "256MiB");
  CHECK(config::likely_size("64 kib") == "64KiB");
  CHECK(config::likely_size("2048k") == "2MiB");
  CHECK(config::likely_size("512 b") == "512B");
  for (const auto* text : {"", "5", "MB", "5%", "1.5MB", "5 pumps", "99999999999T", "-5M"}) {
    INFO(text);
    CHECK_FALSE(config::likely_size(text));
  }
}

TEST_CASE("a printed size reads back as the same, in the largest unit that fits") {
  CHECK(config::size_text(0) == "0B");
  CHECK(config::size_text(65'536) == "64KiB");
  CHECK(config::size_text(1000) == "1000B");
  tests::holds_for_all("print and read", [] {
    const auto bytes = *rc::gen::inRange<std::int64_t>(0, config::max_size + 1);
    RC_ASSERT(*config::parse_size(config::size_text(bytes)) == bytes);
  });
}
