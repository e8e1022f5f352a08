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
      {"a page called text", "text/plain", "<!DOCTYPE html><html>", true},
      {"a page called bytes", "application/octet-stream", "\xEF\xBB\xBF\r\n<html>", true},
      {"a page behind comments", "text/plain", " <!-- a -->\n<!----> <!doctype html>", true},
      {"a page behind comments, no content type", "", "<!-- portal --><HTML>", true},
      {"a comment without an end", "text/plain", "<!-- <html>", false},
      {"a comment of nobody's", "text/plain", "<!-- ok -->", false},
      {"text that names a page", "text/plain", "see <html>", false},
      {"text", "text/plain", "ok", false},
      {"a kind of JSON that quotes markup", "application/problem+JSON; charset=utf-8", "<html>", false},
      {"a kind of XML", "application/atom+xml", "<html>", false},
      {"compressed text", "text/plain", "\x1f\x8b\x08", false, "gzip"},
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
