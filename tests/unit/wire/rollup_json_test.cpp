#include "wire/rollup_json.hpp"

#include "aggregate/aggregate.hpp"
#include "support/golden.hpp"
#include "wire/rfc3339.hpp"
#include "wire/url.hpp"

#include <catch2/catch_test_macros.hpp>
#include <nlohmann/json.hpp>

#include <fmt/format.h>

#include <chrono>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

namespace edge_rollup::wire {
namespace {

using namespace std::chrono_literals;
using model::failure_kind;
using nlohmann::json;

/// A round with its label, as the daemon has them when it writes a rollup.
struct situation {
  model::round_facts facts{model::round_trigger::timer,
                           parse_timestamp("2026-11-22T17:05:00Z"),
                           *parse_timestamp("2026-11-22T17:05:00.001Z"),
                           14'230us,
                           false,
                           model::clock_state::synchronized};
  std::vector<model::node> nodes;
  std::vector<model::poll_outcome> outcomes;
  aggregate::freshness_memory memory;
  model::rollup_label label;
  model::report_options options;

  void add(std::string_view url, std::string_view name, model::poll_outcome outcome) {
    model::node node;
    node.base = *parse_node_url(url);
    node.url = to_string(node.base);
    node.name = name.empty() ? default_node_name(node.base) : std::string{name};
    node.path = "/data/summary";
    nodes.push_back(std::move(node));
    outcomes.push_back(std::move(outcome));
  }

  [[nodiscard]] std::string body() const {
    return to_json(aggregate::aggregate(facts, nodes, outcomes, memory), label, nodes, outcomes, options);
  }
};

model::poll_outcome answered(std::uint64_t records, double quality, std::string_view updated,
                             model::nanoseconds latency) {
  model::summary summary{records, quality, std::nullopt, std::nullopt};
  if (!updated.empty()) {
    summary.last_updated = std::string{updated};
    summary.last_updated_at = parse_timestamp(updated);
  }
  return {summary, latency};
}

model::poll_outcome failed(failure_kind kind, std::string message, std::optional<int> status,
                           model::nanoseconds latency) {
  return {std::unexpected(model::failure{kind, std::move(message), status}), latency};
}

model::rollup_label label_of_gateway_1() {
  model::rollup_label label;
  label.identity = model::identity{"019ad1f0-7a4e-7c11-9b1e-2f0c4d7e8a55", "5f0c2a6e-3b1d-4c8f-a9e7-1d2c3b4a5f60", 42,
                                   std::nullopt, std::nullopt};
  label.gateway = "gateway-1";
  label.instance = "c0a8012e-7d52-4b7e-8f43-9a1b2c3d4e5f";
  label.health = {"0.1.0", 12600, 0, 0, 0, 31'457'280'000U};
  return label;
}

/// Two ok nodes, one of them silent about its time, and one that answered 503.
situation three_nodes() {
  situation s;
  s.label = label_of_gateway_1();
  s.add("http://10.0.0.5:8080", "pump-1", answered(4160, 0.981, "2026-11-22T17:04:51Z", 8'120us));
  s.nodes.back().labels = {{"site", "north"}};
  s.add("http://10.0.0.6:8080", "", answered(3904, 0.955, "", 11ms));
  s.add("http://10.0.0.7:8080", "", failed(failure_kind::http_status, "HTTP 503 Service Unavailable", 503, 3'049us));
  return s;
}

/// Every kind of trouble, and everything a label can say.
situation troubled_nodes() {
  situation s = three_nodes();
  s.label.identity->sequence = 1;
  s.label.identity->reason = model::stream_reason::moved;
  s.label.identity->previous_stream = "0b9a7c1e-55d2-4e3f-8a6b-7c8d9e0f1a2b";
  s.label.lost = {7, {{3, 5, model::loss_reason::max_age}, {9, 12, model::loss_reason::operator_request}}};
  s.label.record_kind = model::record_kind::interval;
  s.add("https://[fd00::1]:8443/edge", "", answered(1, 1.0, "2026-11-22T16:00:00Z", 20ms));
  s.add("http://late.example.com", "", answered(2, 0.5, "2026-11-22T17:04:00Z", 1ms));
  s.memory.learn(s.nodes, s.outcomes);
  s.outcomes[0] = answered(4160, 0.981, "2026-11-22T17:04:59Z", 8'120us);
  s.add("http://gone.example.com", "", failed(failure_kind::dns, "no address for gone.example.com", {}, 2ms));
  s.add("http://10.0.0.8", "", failed(failure_kind::bad_json, "the answer is empty, not a JSON object", 200, 2ms));
  s.add("http://10.0.0.9", "", failed(failure_kind::skipped, "not asked: it failed 5 times in a row", {}, 0ns));
  return s;
}

TEST_CASE("A rollup is written as the published format says", "[wire][rollup][golden]") {
  CHECK(tests::matches_golden("rollup_full.json", three_nodes().body()));
}

TEST_CASE("Every optional key is written where it has something to say", "[wire][rollup][golden]") {
  CHECK(tests::matches_golden("rollup_troubled.json", troubled_nodes().body()));
}

TEST_CASE("Detail 'errors' tells of failed, skipped and stale nodes only", "[wire][rollup][golden]") {
  auto s = troubled_nodes();
  s.options.node_data = model::node_detail::errors;
  CHECK(tests::matches_golden("rollup_errors.json", s.body()));
}

TEST_CASE("Detail 'totals' tells of no node", "[wire][rollup][golden]") {
  auto s = troubled_nodes();
  s.options.node_data = model::node_detail::totals;
  CHECK(tests::matches_golden("rollup_totals.json", s.body()));
}

TEST_CASE("A dry run without a slot and without any ok node is full of nulls", "[wire][rollup][golden]") {
  situation s;
  s.facts = {model::round_trigger::once, std::nullopt, *parse_timestamp("2026-11-22T17:05:00.001Z"), 5s, false,
             model::clock_state::unknown};
  s.label = label_of_gateway_1();
  s.label.identity.reset();
  s.label.health.disk_free_bytes.reset();
  s.add("http://10.0.0.5:8080", "", failed(failure_kind::timeout, "no answer within 5 s (connecting)", {}, 5s));
  CHECK(tests::matches_golden("rollup_dry_run.json", s.body()));
}

TEST_CASE("A partial round and a saturated sum say so", "[wire][rollup][golden]") {
  auto s = three_nodes();
  s.facts.partial = true;
  s.outcomes[0] = answered(std::numeric_limits<std::uint64_t>::max(), 0.981, "2026-11-22T17:04:51Z", 8'120us);
  s.outcomes[2] = failed(failure_kind::cancelled, "cut short by shutdown", {}, 1ms);
  CHECK(tests::matches_golden("rollup_saturated_partial.json", s.body()));
}

TEST_CASE("A round without nodes is still a rollup", "[wire][rollup][golden]") {
  situation s;
  s.label = label_of_gateway_1();
  CHECK(tests::matches_golden("rollup_no_nodes.json", s.body()));
}

TEST_CASE("A node may go by its name alone", "[wire][rollup]") {
  auto s = three_nodes();
  s.options.node_url = model::node_url_content::name;
  const auto body = s.body();
  CHECK(json::parse(body)["node_data"][0]["node_url"] == "pump-1");
  CHECK_FALSE(body.contains("http://"));
}

TEST_CASE("A body that is too large steps down by itself", "[wire][rollup]") {
  auto s = troubled_nodes();
  const auto detail_within = [&](std::size_t max_body) {
    s.options.max_body = max_body;
    const auto body = s.body();
    const auto detail = json::parse(body)["rollup"]["detail"].get<std::string>();
    CHECK((body.size() <= max_body || detail == "totals"));
    return detail;
  };
  const auto size_of = [&](model::node_detail detail) {
    auto other = s;
    other.options.node_data = detail;
    return other.body().size();
  };
  const auto full = size_of(model::node_detail::full);
  const auto errors = size_of(model::node_detail::errors);
  const auto totals = size_of(model::node_detail::totals);
  CHECK(detail_within(full) == "full");
  CHECK(detail_within(full - 1) == "errors");
  CHECK(detail_within(errors) == "errors");
  CHECK(detail_within(errors - 1) == "totals");
  CHECK(detail_within(totals) == "totals");
  CHECK(detail_within(1) == "totals");
}

TEST_CASE("An error message is valid UTF-8 of at most 256 bytes", "[wire][rollup]") {
  auto s = three_nodes();
  std::string long_text;
  for (int i = 0; i < 200; ++i) long_text += "\u00e9";
  for (const auto& message : {"x" + long_text, long_text, std::string(300, '\xff'), std::string{"a\nb"}}) {
    s.outcomes[2] = failed(failure_kind::protocol, message, {}, 1ms);
    const auto entry = json::parse(s.body())["node_data"][2];
    const auto told = entry["error_message"].get<std::string>();
    CHECK(told.size() <= max_error_message_bytes);
    CHECK(told.size() >= std::min(message.size(), max_error_message_bytes - 3));
    CHECK_FALSE(entry.contains("error_code"));
  }
}

TEST_CASE("Latency is in tenths of a millisecond, and absent where nothing was asked", "[wire][rollup]") {
  struct {
    model::nanoseconds latency;
    std::string_view expected;
  } const table[] = {{8'149us, "\"latency_ms\":8.1"},
                     {8'150'001ns, "\"latency_ms\":8.2"},
                     {11ms, "\"latency_ms\":11.0"},
                     {1ns, "\"latency_ms\":0.0"},
                     {5s, "\"latency_ms\":5000.0"}};
  for (const auto& row : table) {
    situation s;
    s.add("http://a", "", answered(1, 1.0, "", row.latency));
    CHECK(s.body().contains(row.expected));
  }
  situation s;
  s.add("http://a", "", failed(failure_kind::skipped, "not asked", {}, 0ns));
  CHECK_FALSE(s.body().contains("latency_ms"));
}

TEST_CASE("a body is marked as a test in the object of its rollup, whatever nodes say") {
  situation round;
  round.add("http://10.0.0.5:8080", "pump-1",
            {std::unexpected(model::failure{failure_kind::bad_json, "it says \"rollup\":{", {}}), 1ms});
  const auto plain = round.body();
  const auto* const id = "019ad1f0-7a4e-7c11-9b1e-2f0c4d7e8a55";
  auto marked = json::parse(marked_as_test(plain, id));
  CHECK(marked["rollup"]["test"] == true);
  CHECK(marked["rollup"]["id"] == id);
  marked["rollup"].erase("test");
  marked["rollup"]["id"] = nullptr;
  CHECK(marked == json::parse(plain));
}

}  // namespace
}  // namespace edge_rollup::wire
