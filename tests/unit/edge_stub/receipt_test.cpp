#include "edge-stub/receipt.hpp"

#include <catch2/catch_test_macros.hpp>

#include <string>

namespace edge_rollup::stub {
namespace {

constexpr auto rollup_body = R"({"total_records": 4160, "data_quality_score": 0.981,
 "rollup": {"sequence": 42, "coverage": {"expected": 5, "ok": 4}}})";

receipt receipt_of(std::string body) {
  receipt noted{.received_at = model::wall_time{},
                .status = 202,
                .idempotency_key = "\"an-id\"",
                .body = std::move(body),
                .rollup = std::nullopt,
                .problem = {}};
  noted.rollup = read_rollup(noted.body);
  return noted;
}

TEST_CASE("a rollup is told in one short line") {
  CHECK(summary_line(receipt_of(rollup_body)) == "#42  4 of 5 nodes, 4 160 records, quality 0.981 -> 202");
  CHECK(summary_line(receipt_of("[]")) == "2 bytes that are no rollup -> 202");
}

TEST_CASE("a request is stored as one JSON line with the body as it came") {
  CHECK(store_line(receipt_of(rollup_body)) ==
        R"({"received_at": "1970-01-01T00:00:00.000Z", "status": 202, "idempotency_key": "\"an-id\"", "sequence": 42, )"
        R"("body": {"total_records": 4160, "data_quality_score": 0.981,  "rollup": {"sequence": 42, "coverage": )"
        R"({"expected": 5, "ok": 4}}}})"
        "\n");
}

TEST_CASE("a body that is not JSON is stored as a string") {
  CHECK(store_line(receipt_of("say \"no\"\n")) ==
        R"({"received_at": "1970-01-01T00:00:00.000Z", "status": 202, "idempotency_key": "\"an-id\"", )"
        R"("body": "say \"no\"\n"})"
        "\n");
}

}  // namespace
}  // namespace edge_rollup::stub
