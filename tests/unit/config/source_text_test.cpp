#include "config/source_text.hpp"

#include <catch2/catch_test_macros.hpp>

#include <string>

using namespace edge_rollup::config;

TEST_CASE("a line is shown with a caret below what is meant, in characters and beside tabs") {
  source_text source(source_kind::file, "f.yaml", "first\nk\xC3\xBChl:\t5 # x\n");
  CHECK(source.place({1, 7}) == "f.yaml:2:7");
  CHECK(source.excerpt({1, 7}) == "    2 | k\xC3\xBChl:\t5 # x\n      |      \t^");
}

TEST_CASE("values are hidden until they are revealed") {
  source_text source(source_kind::file, "f.yaml", "a: {b: secret, c: open}\nnext: 1\n");
  source.add_part({0, 0}, visibility::shown);
  source.add_part({0, 3}, visibility::shown);
  source.add_part({0, 4}, visibility::shown);
  source.add_part({0, 7}, visibility::hidden);
  source.add_part({0, 15}, visibility::shown);
  source.add_part({0, 18}, visibility::hidden);
  source.add_part({1, 0}, visibility::shown);
  source.add_part({1, 6}, visibility::hidden);
  CHECK(source.excerpt({0, 15}) == "    1 | a: {b: ******, c: ****}\n      |                ^");
  source.reveal({0, 18});
  CHECK(source.excerpt({0, 18}) == "    1 | a: {b: ******, c: open}\n      |                   ^");
  CHECK(source.excerpt({1, 0}) == "    2 | next: *\n      | ^");
}

TEST_CASE("the rest of a hidden text on further lines is hidden too") {
  source_text source(source_kind::file, "f.yaml", "{a: \"one\n two\", b: 1}\n");
  source.add_part({0, 0}, visibility::shown);
  source.add_part({0, 1}, visibility::shown);
  source.add_part({0, 4}, visibility::hidden);
  source.add_part({1, 7}, visibility::shown);
  CHECK(source.excerpt({1, 7}).find("two") == std::string::npos);
}

TEST_CASE("a long line is shown in a window around the caret") {
  source_text source(source_kind::file, "f.yaml", std::string(5'000, 'x') + "Y" + std::string(5'000, 'x'));
  const auto shown = source.excerpt({0, 5'000});
  CHECK(shown.size() < 2 * source_text::max_shown_bytes + 40);
  const auto line_end = shown.find('\n');
  CHECK(shown[shown.find('^') - line_end - 1] == 'Y');
}

TEST_CASE("what is no file has a name instead of a place, and no lines") {
  source_text source(source_kind::environment, "EDGE_ROLLUP_GATEWAY", "x");
  CHECK(source.place({0, 0}) == "EDGE_ROLLUP_GATEWAY");
  CHECK(source.excerpt({0, 0}).empty());
}
