#include "observe/log_options.hpp"

#include <catch2/catch_test_macros.hpp>

#include <limits>

using namespace edge_rollup::observe;

TEST_CASE("Automatic log format is journald exactly where the output is the stream systemd connected") {
  struct row {
    const char* label;
    std::string_view journal_stream;
    std::optional<file_identity> output;
    log_format resolved;
  };
  constexpr auto largest = std::numeric_limits<std::uint64_t>::max();
  const row rows[] = {
      {"the same stream", "8:1234", file_identity{8, 1234}, log_format::journald},
      {"the largest numbers", "18446744073709551615:18446744073709551615", file_identity{largest, largest},
       log_format::journald},
      {"redirected to a file", "8:1234", file_identity{9, 1234}, log_format::text},
      {"another inode", "8:1234", file_identity{8, 1235}, log_format::text},
      {"not under systemd", "", file_identity{8, 1234}, log_format::text},
      {"output closed", "8:1234", std::nullopt, log_format::text},
      {"nothing and closed", "", std::nullopt, log_format::text},
      {"no colon", "81234", file_identity{8, 1234}, log_format::text},
      {"not a number", "8:12x4", file_identity{8, 12}, log_format::text},
      {"half of it", "8:", file_identity{8, 0}, log_format::text},
  };
  for (const row& r : rows) {
    DYNAMIC_SECTION(r.label) {
      CHECK(resolve(log_format::automatic, r.journal_stream, r.output) == r.resolved);
      CHECK(resolve(log_format::json, r.journal_stream, r.output) == log_format::json);
    }
  }
}

TEST_CASE("Automatic colours are for terminals only") {
  CHECK(resolve(log_color::automatic, output_kind::terminal) == log_color::always);
  CHECK(resolve(log_color::automatic, output_kind::other) == log_color::never);
  CHECK(resolve(log_color::never, output_kind::terminal) == log_color::never);
  CHECK(resolve(log_color::always, output_kind::other) == log_color::always);
}
