#include "outbox/fingerprint.hpp"

#include <catch2/catch_test_macros.hpp>

namespace edge_rollup::outbox {
namespace {

TEST_CASE("one network address in common makes it the same machine, and without addresses the machine id decides") {
  struct row {
    const char* label;
    const char* one;
    const char* other;
    bool same;
  };
  const row rows[] = {
      {"all alike", "id-1 aa:01", "id-1 aa:01", true},
      {"a second card", "id-1 aa:01", "id-1 aa:01 aa:02", true},
      {"one of two cards changed", "id-1 aa:01 aa:02", "id-1 aa:03 aa:02", true},
      {"a new installation", "id-1 aa:01", "id-2 aa:01", true},
      {"a cloned disk", "id-1 aa:01", "id-1 bb:01", false},
      {"no addresses, same id", "id-1", "id-1", true},
      {"no addresses, another id", "id-1", "id-2", false},
      {"addresses on one side, same id", "id-1 aa:01", "id-1", true},
      {"addresses on one side, another id", "id-1 aa:01", "id-2", false},
      {"no ids", "- aa:01", "- bb:01", false},
      {"nothing known", "", "id-1 aa:01", true},
      {"nothing to compare", "- aa:01", "id-1", true},
  };
  for (const auto& [label, one, other, same] : rows) {
    CAPTURE(label);
    CHECK(is_same_machine(fingerprint_from(one), fingerprint_from(other)) == same);
    CHECK(is_same_machine(fingerprint_from(other), fingerprint_from(one)) == same);
    CHECK(to_text(fingerprint_from(one)) == one);
    CHECK(to_text(fingerprint_from(other)) == other);
  }
}

}  // namespace
}  // namespace edge_rollup::outbox
