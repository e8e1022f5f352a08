#include "daemon/text/paragraph.hpp"

#include <catch2/catch_test_macros.hpp>

#include <string>

using edge_rollup::daemon::paragraph;

TEST_CASE("a text that fits stands beside its label") {
  CHECK(paragraph("nodes", 8, "4 of 5 ok") == "nodes   4 of 5 ok\n");
  CHECK(paragraph("", 4, "") == "    \n");
}

TEST_CASE("a long text is broken between words, below its beginning") {
  const std::string word(35, 'x');
  CHECK(paragraph("a", 8, word + " " + word + " " + word) ==
        "a       " + word + " " + word + "\n        " + word + "\n");
}

TEST_CASE("a number is not parted from its unit, nor from the rest of its digits") {
  const std::string words(69, 'x');
  CHECK(paragraph("a", 8, words + " 30 d of 8 640 y") == "a       " + words + "\n        30 d of 8 640 y\n");
  CHECK(paragraph("a", 8, words.substr(4) + " of 8 640 it") ==
        "a       " + words.substr(4) + " of\n        8 640 it\n");
}

TEST_CASE("a word longer than a line stands on its own") {
  const std::string word(100, 'x');
  CHECK(paragraph("a", 8, "see " + word + " now") == "a       see\n        " + word + "\n        now\n");
}
