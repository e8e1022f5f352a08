#include "daemon/check/peer_facts.hpp"

#include <fmt/format.h>
#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

using namespace edge_rollup;
using namespace edge_rollup::daemon;
using namespace std::chrono_literals;
using model::failure_kind;

namespace {

const model::wall_time now = std::chrono::sys_days{2026y / 11 / 22};
const model::url https_cloud{model::url_scheme::https, "ingest.example.com", 443, "/v1", ""};
const model::url http_cloud{model::url_scheme::http, "ingest.example.com", 80, "/v1", ""};

/// A fleet whose first nodes fail.
struct asked_fleet {
  model::rollup made;
  std::vector<model::node> nodes;
  std::vector<model::poll_outcome> outcomes;

  asked_fleet(std::size_t failed, std::size_t ok, const model::failure& why) {
    for (std::size_t i = 0; i < failed + ok; ++i) {
      nodes.emplace_back().name = "pump-" + std::to_string(i + 1);
      auto& outcome = outcomes.emplace_back();
      if (i < failed) {
        outcome.answer = std::unexpected(why);
      } else {
        outcome.answer = model::summary{100, 0.5, {}, {}};
      }
    }
    made.coverage.expected = failed + ok;
    made.coverage.ok = ok;
    made.coverage.failed = failed;
    made.total_records = 100 * ok;
  }

  [[nodiscard]] findings judged() const { return judge_nodes(made, nodes, outcomes); }
};

findings with_cloud(const model::url& url, deliver::endpoint_trust trust, std::optional<model::failure> why,
                    std::optional<deliver::judgement> test) {
  return judge_cloud({url, trust, network_use::asked, std::move(why), std::move(test)});
}

}  // namespace

TEST_CASE("a fleet that answers is one line") {
  const auto found = asked_fleet(0, 3, {}).judged();
  REQUIRE(found.size() == 1);
  CHECK(found[0] == finding{finding_level::ok, "nodes", "3 of 3 nodes ok, 300 records", "", exit_code::ok});
}

TEST_CASE("each way in which a node fails has its remedy") {
  struct row {
    failure_kind kind;
    std::optional<int> status;
    const char* remedy;
  };
  for (const auto& [kind, status, remedy] :
       {row{failure_kind::dns, {}, "name servers"}, row{failure_kind::connect, {}, "firewalls"},
        row{failure_kind::tls, {}, "poll.tls.ca"}, row{failure_kind::timeout, {}, "poll.timeout"},
        row{failure_kind::reset, {}, "HTTP server"}, row{failure_kind::protocol, {}, "HTTP server"},
        row{failure_kind::http_status, 401, "poll.auth"}, row{failure_kind::http_status, 404, "poll.path"},
        row{failure_kind::http_status, 503, "own log"}, row{failure_kind::too_large, {}, "poll.max_body"},
        row{failure_kind::bad_json, {}, "record_count"}, row{failure_kind::bad_summary, {}, "record_count"}}) {
    INFO(model::to_string(kind) << " " << status.value_or(0));
    const auto found = asked_fleet(1, 1, {kind, "the \x1bwords", status}).judged();
    REQUIRE(found.size() == 2);
    CHECK(found[0].level == finding_level::ok);
    CHECK(found[1].level == finding_level::warning);
    CHECK(found[1].what == fmt::format("pump-1: {}: the \\x1bwords", model::to_string(kind)));
    CHECK(found[1].remedy.contains(remedy));
  }
}

TEST_CASE("of many troubled nodes the first are named and the rest is counted") {
  const auto found = asked_fleet(25, 5, {failure_kind::connect, "refused", {}}).judged();
  REQUIRE(found.size() == 2 + most_nodes_named);
  CHECK(found.back().what == "15 other nodes fail, too (connect 15)");
  CHECK(std::ranges::none_of(found, [](const finding& each) { return each.level == finding_level::error; }));
}

TEST_CASE("a fleet in which not one node answers is an error") {
  const auto found = asked_fleet(2, 0, {failure_kind::connect, "refused", {}}).judged();
  CHECK(found[0].level == finding_level::error);
  CHECK(found[0].what == "0 of 2 nodes ok, 0 records");
  CHECK(found[0].code == exit_code::unavailable);
}

TEST_CASE("old data is a warning") {
  asked_fleet fleet(0, 3, {});
  fleet.made.coverage.stale = 2;
  CHECK(fleet.judged().back().what == "2 nodes with data older than poll.max_age");
}

TEST_CASE("certificates are told by what is left of them, the first to end before the others") {
  CHECK(judge_certificates({}, now).empty());
  const auto fine = judge_certificates({{"b:443", now + 90 * 24h}, {"a:443", now + 40 * 24h}}, now);
  REQUIRE(fine.size() == 1);
  CHECK(fine[0].level == finding_level::ok);
  CHECK(fine[0].what == "2 certificates good for 40 d or longer (first a:443)");

  const auto troubled = judge_certificates(
      {{"late:443", now + 90 * 24h}, {"soon:443", now + certificate_notice - 1s}, {"own.pem", now - 25h}}, now);
  REQUIRE(troubled.size() == 2);
  CHECK(troubled[0].what == "the certificate of own.pem has ended 1 d ago");
  CHECK(troubled[1].what == "the certificate of soon:443 ends in 20 d");
  CHECK(troubled[1].level == finding_level::warning);
  CHECK(judge_certificates({{"on time:443", now + certificate_notice}}, now)[0].level == finding_level::ok);
}

TEST_CASE("a cloud is judged by whether it can be reached, and by its answer where something was sent") {
  using deliver::endpoint_trust;
  using deliver::verdict;
  struct row {
    const char* label;
    findings found;
    finding_level level;
    const char* says;
    const char* remedy;
  };
  const row rows[] = {
      {"reached", with_cloud(https_cloud, endpoint_trust::certain, {}, {}), finding_level::ok, "--send-test", ""},
      {"no name",
       with_cloud(https_cloud, endpoint_trust::certain, model::failure{failure_kind::dns, "no such host", {}}, {}),
       finding_level::error, "dns: no such host", "name servers"},
      {"bad certificate",
       with_cloud(https_cloud, endpoint_trust::certain, model::failure{failure_kind::tls, "expired", {}}, {}),
       finding_level::error, "tls: expired", "cloud.tls.ca"},
      {"no answer",
       with_cloud(https_cloud, endpoint_trust::certain, model::failure{failure_kind::timeout, "timed out", {}}, {}),
       finding_level::error, "timed out", "cloud.timeout"},
      {"accepted",
       with_cloud(https_cloud, endpoint_trust::certain, {},
                  deliver::judgement{verdict::delivered, {}, false, "the cloud answers 202"}),
       finding_level::ok, "accepts rollups: the cloud answers 202", ""},
      {"refused",
       with_cloud(https_cloud, endpoint_trust::certain, {},
                  deliver::judgement{verdict::refused, {}, true, "the cloud answers 422"}),
       finding_level::error, "the cloud answers 422", "ask those who run the cloud"},
      {"unauthorized",
       with_cloud(https_cloud, endpoint_trust::certain, {},
                  deliver::judgement{verdict::hold, deliver::hold_reason::unauthorized, false,
                                     "the cloud answers 401: check cloud.auth"}),
       finding_level::error, "check cloud.auth", "delivery would hold"},
  };
  for (const auto& [label, found, level, says, remedy] : rows) {
    INFO(label);
    REQUIRE(found.size() == 1);
    CHECK(found[0].level == level);
    CHECK(found[0].what.contains(says));
    CHECK(found[0].remedy.contains(remedy));
    CHECK(found[0].code == (level == finding_level::error ? exit_code::unavailable : exit_code::ok));
  }
}

TEST_CASE("plain http to a cloud is a warning unless it stays on this machine") {
  const auto open = with_cloud(http_cloud, deliver::endpoint_trust::open, {}, {});
  REQUIRE(open.size() == 2);
  CHECK(open[0].level == finding_level::warning);
  CHECK(open[0].remedy == "use an https URL");
  CHECK(with_cloud(http_cloud, deliver::endpoint_trust::certain, {}, {}).size() == 1);
  const auto offline = judge_cloud({http_cloud, deliver::endpoint_trust::open, network_use::offline, {}, {}});
  REQUIRE(offline.size() == 2);
  CHECK(offline[1].what.contains("not asked"));
}
