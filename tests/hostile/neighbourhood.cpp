#include "hostile/neighbourhood.hpp"

#include "aggregate/aggregate.hpp"
#include "observe/log_line.hpp"
#include "observe/node_report.hpp"
#include "wire/json_scanner.hpp"
#include "wire/rollup_json.hpp"
#include "wire/url.hpp"

#include <fmt/format.h>
#include <boost/asio/co_spawn.hpp>
#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <csignal>
#include <exception>
#include <utility>

namespace edge_rollup::tests {
namespace {

using namespace std::chrono_literals;

constexpr auto scheduling_slack = 3s;  // of a busy machine
constexpr std::size_t descriptors = 10'000;

constexpr std::uint64_t first_records = 9'007'199'254'740'993;  // not a double
constexpr std::uint64_t last_records = 7;
constexpr double first_quality = 0.25;
constexpr double last_quality = 0.75;

script healthy(std::uint64_t records, double quality) {
  return says(ok_answer(fmt::format(R"({{"record_count": {}, "quality_score": {}}})", records, quality)));
}

model::node node_at(const std::string& url) {
  model::node node;
  node.base = wire::parse_node_url(url).value();
  node.url = wire::to_string(node.base);
  node.name = wire::default_node_name(node.base);
  node.path = "/data/summary";
  node.timeout = patient_timeout;
  return node;
}

expectation ok_with(std::uint64_t records, double quality) {
  expectation expected;
  expected.summary.record_count = records;
  expected.summary.quality_score = quality;
  return expected;
}

void check_outcome(const model::node& node, const model::poll_outcome& outcome, const expectation& expected) {
  INFO(node.url);
  if (outcome.ok()) {
    REQUIRE_FALSE(expected.failure);
    CHECK(outcome.answer->record_count == expected.summary.record_count);
    CHECK(outcome.answer->quality_score == expected.summary.quality_score);
    CHECK(outcome.answer->last_updated == expected.summary.last_updated);
    return;
  }
  const model::failure& why = outcome.answer.error();
  INFO(why.message);
  REQUIRE(expected.failure);
  CHECK(to_string(why.kind) == to_string(*expected.failure));
  CHECK(why.message.contains(expected.says));
}

void check_rollup(const std::vector<model::node>& nodes, const std::vector<model::poll_outcome>& outcomes,
                  const std::vector<expectation>& expected) {
  const auto rollup = aggregate::aggregate({}, nodes, outcomes, {});
  std::uint64_t ok = 0, records = 0;
  for (const auto& each : expected) {
    if (each.failure) continue;
    ++ok;
    const bool saturates = records + each.summary.record_count < records;
    records = saturates ? UINT64_MAX : records + each.summary.record_count;
  }
  CHECK(rollup.coverage.expected == expected.size());
  CHECK(rollup.coverage.ok == ok);
  CHECK(rollup.coverage.failed == expected.size() - ok);
  CHECK(rollup.total_records == records);

  const auto body = wire::to_json(rollup, {}, nodes, outcomes, {});
  wire::json_scanner json(body);
  CHECK(json.value());
  CHECK(json.at_end());
}

bool is_one_line(std::string_view text) {
  if (text.ends_with('\n')) text.remove_suffix(1);
  return std::ranges::none_of(text, [](char byte) { return (byte >= 0 && byte < ' ') || byte == '\x7f'; });
}

void check_log(const std::vector<model::node>& nodes, const std::vector<model::poll_outcome>& outcomes) {
  observe::node_report report;
  const std::vector freshness(nodes.size(), model::freshness::fresh);
  for (const auto& line : report.lines_of_round(nodes, outcomes, freshness)) {
    const auto text = observe::text_line({}, line.level, line.message, line.fields);
    const auto json = observe::json_line({}, line.level, line.message, line.fields);
    CAPTURE(text, json);
    CHECK(is_one_line(text));
    CHECK(is_one_line(json));
  }
}

}  // namespace

struct neighbourhood::round {
  std::vector<model::poll_outcome> outcomes;
  model::nanoseconds took{0};
};

std::string ok_answer(std::string_view body) {
  return fmt::format("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{}", body.size(), body);
}

neighbourhood::neighbourhood(poll::poll_options options)
    : first_(healthy(first_records, first_quality)),
      last_(healthy(last_records, last_quality)),
      network_(loop_.get_executor(), clock_, messages_),
      options_(options) {
  std::signal(SIGPIPE, SIG_IGN);  // as the daemon does: OpenSSL writes without MSG_NOSIGNAL
  nodes_.push_back(node_at(first_.url()));
}

model::node& neighbourhood::add(const std::string& url) {
  return nodes_.emplace_back(node_at(url));
}

runtime::task<void> neighbourhood::ask(neighbourhood& self, round& made) {
  const auto started = self.clock_.now();
  made.outcomes = co_await self.poller_->ask_all();
  made.took = self.clock_.now() - started;
}

neighbourhood::round neighbourhood::run_round() {
  if (!poller_) {
    nodes_.push_back(node_at(last_.url()));
    auto list = std::make_shared<const std::vector<model::node>>(nodes_);
    const poll::poller_parts parts{loop_.get_executor(), clock_, network_, messages_};
    poller_ = std::make_unique<poll::poller>(parts, options_, descriptors, std::move(list));
    REQUIRE(poller_->prepare());
  }
  round made;
  std::exception_ptr thrown;
  boost::asio::co_spawn(loop_, ask(*this, made), [&thrown](std::exception_ptr problem) { thrown = problem; });
  loop_.restart();
  loop_.run();
  if (thrown) std::rethrow_exception(thrown);
  return made;
}

void neighbourhood::check_round(const std::vector<expectation>& expected) {
  const auto made = run_round();
  auto all = expected;
  all.insert(all.begin(), ok_with(first_records, first_quality));
  all.push_back(ok_with(last_records, last_quality));
  REQUIRE(made.outcomes.size() == all.size());
  for (std::size_t at = 0; at < all.size(); ++at) check_outcome(nodes_[at], made.outcomes[at], all[at]);

  const bool waits = std::ranges::count(all, model::failure_kind::timeout, &expectation::failure) > 0;
  const bool reads_for_long = options_.max_body > poll::poll_options{}.max_body;
  CHECK(made.took < (waits ? short_timeout : 0ms) + (reads_for_long ? patient_timeout : 0s) + scheduling_slack);
  check_rollup(nodes_, made.outcomes, all);
  check_log(nodes_, made.outcomes);
}

}  // namespace edge_rollup::tests
