#include "deliver/html_page.hpp"

#include <catch2/catch_test_macros.hpp>

using edge_rollup::deliver::is_html_page;

TEST_CASE("a web page is told from a short answer that is only labelled as one") {
  struct row {
    const char* label;
    const char* content_type;
    const char* body;
    bool page;
    const char* encoding = "";
    bool cut = false;
  };
  const row rows[] = {
      {"a page", "text/html; charset=utf-8", "<!DOCTYPE html><html>", true},
      {"capital letters", "Text/HTML", "<HTML>", true},
      {"blank lines before", "text/html", "\r\n  <html>", true},
      {"byte order mark before", "text/html", "\xEF\xBB\xBF<html>", true},
      {"XHTML", "application/xhtml+xml", "<?xml version=\"1.0\"?>", true},
      {"no content type", "", "<!doctype HTML>", true},
      {"no content type, html", "", "<html lang=en>", true},
      {"a framework's default label", "text/html; charset=utf-8", "ok", false},
      {"labelled but empty", "text/html", "", false},
      {"JSON", "application/json", "{}", false},
      {"JSON that quotes markup", "application/json", "<html>", false},
      {"XML", "application/xml", "<ok/>", false},
      {"no content type, markup of another kind", "", "<ok/>", false},
      {"nothing at all", "", "", false},
      {"broken off after the header", "text/html", "", true, "", true},
      {"broken off in its blank lines", "text/html", "\r\n ", true, "", true},
      {"a label, and an answer that broke off", "text/html", "ok", false, "", true},
      {"longer than what is read", "text/html", "<html>", true, "", true},
      {"encoded", "text/html", "\x1f\x8b\x08", true, "gzip", false},
      {"encoded and broken off", "text/html", "", true, "br", true},
      {"encoded, by its name only", "text/html", "ok", false, "Identity", false},
      {"encoded JSON", "application/json", "\x1f\x8b\x08", false, "gzip", false},
      {"JSON that broke off", "application/json", "", false, "", true},
      {"no content type, broken off", "", "", false, "", true},
  };
  for (const auto& [label, content_type, body, page, encoding, cut] : rows) {
    INFO(label);
    CHECK(is_html_page({content_type, encoding, body, cut}) == page);
  }
}
