#include "poll/poller.hpp"

#include "support/poller_bench.hpp"
#include "support/temporary_directory.hpp"

#include <catch2/catch_test_macros.hpp>

#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <utility>
#include <vector>

using namespace edge_rollup;
using namespace edge_rollup::tests;
using namespace std::chrono_literals;
using model::failure_kind;

TEST_CASE("a cold start at one server asks so many at once, a warm one as many as there are slots") {
  poller_bench f;
  f.options.keep_alive = true;
  f.network.hosts[{"127.0.0.1", 8080}] = healthy_host(1, 10ms);
  constexpr auto nodes = 2 * poll::most_at_one_server;
  for (std::size_t i = 0; i < nodes; ++i) f.add("http://127.0.0.1:8080/" + std::to_string(i));
  f.run_round();
  CHECK(f.ok_count() == nodes);
  CHECK(f.took == 20ms);
  CHECK(f.network.connects == nodes);
  f.run_round();
  CHECK(f.took == 10ms);
  CHECK(f.network.connects == nodes);
}

TEST_CASE("a connection is not used again where the node does not wait that long") {
  for (const bool says_so : {true, false}) {
    CAPTURE(says_so);
    poller_bench f;
    f.options.keep_alive = true;
    const auto body = summary_text(1);
    f.add(answers({{1ms, std::string("HTTP/1.1 200 OK\r\n") + (says_so ? "Keep-Alive: max=5, timeout=30\r\n" : "") +
                             "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body}}));
    f.run_round();  // lets 80 s pass
    f.run_round();
    CHECK(f.ok_count() == 1);
    CHECK(f.network.connects == (says_so ? 2 : 1));
  }
}

TEST_CASE("kept connections are used again, one for each node") {
  poller_bench f;
  f.options.keep_alive = true;
  for (int i = 0; i < 5; ++i) f.add(healthy_host(1));
  for (int round = 0; round < 10; ++round) f.run_round();
  CHECK(f.network.connects == 5);
  CHECK(f.network.probed == 5);
  CHECK(f.network.requests.size() == 50);
}

TEST_CASE("other options between two rounds leave connections open, unless they are about that") {
  poller_bench f;
  f.options.keep_alive = true;
  for (int i = 0; i < 5; ++i) f.add(healthy_host(1));
  f.run_round();
  auto options = f.options;
  options.interval /= 2;
  options.parallel = 2;
  f.poller->change_options(options);
  f.run_round();
  CHECK(f.ok_count() == 5);
  CHECK(f.network.connects == 5);

  options.keep_alive = false;
  f.poller->change_options(options);
  CHECK(f.network.open_now == 0);
  f.run_round();
  CHECK(f.ok_count() == 5);
  CHECK(f.network.connects == 10);
}

TEST_CASE("connections are not kept where that is not wanted or not possible") {
  for (const auto* head : {"Connection: close\r\n", ""}) {
    poller_bench f;
    f.options.keep_alive = *head != '\0';
    const auto body = summary_text(1);
    const auto text = "HTTP/1.1 200 OK\r\n" + std::string(head) + "Content-Length: " + std::to_string(body.size()) +
                      "\r\n\r\n" + body;
    f.add(answers({{1ms, text}}));
    f.run_round();
    f.run_round();
    CHECK(f.network.connects == 2);
    CHECK(f.network.probed == 0);
    CHECK(f.network.open_now == 0);
    CHECK(f.outcomes[0].ok());
  }
}

TEST_CASE("a kept connection that the node has closed meanwhile costs one fresh one and no error") {
  poller_bench f;
  f.options.keep_alive = true;
  f.options.retries = 0;
  int asked = 0;
  f.add(fake_host{.answer = [&asked](const std::string&) {
    // Every second request on the same connection meets a closed one.
    return ++asked % 3 == 2 ? std::vector<piece>{{0ms, "", piece_end::close}} : std::vector<piece>{{1ms, good_answer}};
  }});
  f.run_round();
  f.run_round();
  CHECK(f.outcomes[0].ok());
  CHECK(f.network.connects == 2);
}

TEST_CASE("a kept connection that the node has closed meanwhile takes no try away") {
  poller_bench f;
  f.options.keep_alive = true;
  f.options.retries = 1;
  const std::vector<piece> said[] = {
      {{1ms, good_answer}}, {{0ms, "", piece_end::close}}, {{1ms, "", piece_end::reset}}, {{1ms, good_answer}}};
  std::size_t asked = 0;
  f.add(fake_host{.answer = [&](const std::string&) { return said[asked++]; }});
  f.run_round();
  f.run_round();
  CHECK(f.outcomes[0].ok());
  CHECK(f.network.connects == 3);
}

TEST_CASE("what a node sends without being asked is never read as an answer") {
  struct row {
    const char* name;
    piece unasked;
  };
  for (const auto& row : std::vector<row>{{"a second answer", {300ms, http_text(200, summary_text(666))}},
                                          {"an error and a close", {300ms, http_text(408, ""), piece_end::close}},
                                          {"a close", {300ms, "", piece_end::close}}}) {
    INFO(row.name);
    poller_bench f;
    f.options.keep_alive = true;
    f.options.retries = 0;
    f.add(answers({{1ms, good_answer}, row.unasked}));
    for (int round = 0; round < 3; ++round) {
      f.run_round();
      REQUIRE(f.outcomes[0].ok());
      CHECK(f.outcomes[0].answer->record_count == 100);
    }
    CHECK(f.network.connects == 3);
  }
}

TEST_CASE("a name with several addresses is tried until one connects") {
  poller_bench f;
  f.network.names["node-1"] = {"127.0.0.1", "127.0.0.2"};
  f.network.hosts[{"127.0.0.2", 8080}] = healthy_host(5);
  f.add("http://node-1:8080");
  f.add("http://unknown:8080");
  f.run_round();
  CHECK(f.outcomes[0].ok());
  CHECK(f.outcomes[1].answer.error().kind == failure_kind::dns);
}

TEST_CASE("an address that swallows everything leaves time for the next ones, and goes last from then on") {
  poller_bench f;
  f.network.names["node-1"] = {"127.0.0.1", "127.0.0.2", "127.0.0.3"};
  f.network.hosts[{"127.0.0.1", 8080}] = black_hole;
  f.network.hosts[{"127.0.0.2", 8080}] = black_hole;
  f.network.hosts[{"127.0.0.3", 8080}] = healthy_host(5);
  f.add("http://node-1:8080");
  f.run_round();
  REQUIRE(f.outcomes[0].ok());
  // A third of 8 s, then half of what is left.
  CHECK(f.outcomes[0].latency > 5s);
  CHECK(f.outcomes[0].latency < 6s);
  f.run_round();
  CHECK(f.outcomes[0].latency == 1ms);
  f.network.hosts[{"127.0.0.3", 8080}] = black_hole;
  f.run_round();
  CHECK(f.outcomes[0].answer.error().kind == failure_kind::timeout);
  CHECK(f.took == timeout);
}

TEST_CASE("a slow answer is waited for at the first address that was connected to") {
  poller_bench f;
  f.network.names["node-1"] = {"127.0.0.1", "127.0.0.2"};
  f.network.hosts[{"127.0.0.1", 8080}] = healthy_host(5, 7s);
  f.network.hosts[{"127.0.0.2", 8080}] = healthy_host(6);
  f.add("http://node-1:8080");
  f.run_round();
  REQUIRE(f.outcomes[0].ok());
  CHECK(f.outcomes[0].answer->record_count == 5);
}

TEST_CASE("a node is told who asks, with the token that stands in its file when the round begins") {
  const temporary_directory directory;
  const auto path = (directory.path() / "token").string();
  std::ofstream(path) << "first\n";
  const auto rotated = std::make_shared<const model::credentials>(
      model::credentials{model::auth_scheme::bearer, {}, {{{model::secret::part::source::file, path}}}});
  const auto fixed = std::make_shared<const model::credentials>(
      model::credentials{model::auth_scheme::basic,
                         {{{model::secret::part::source::text, "Aladdin"}}},
                         {{{model::secret::part::source::text, "open sesame"}}}});
  poller_bench f;
  for (int i = 0; i < 3; ++i) f.add(healthy_host(1));
  f.nodes[0].auth = rotated;
  f.nodes[1].auth = fixed;
  const auto asked_with = [&f](const char* header) {
    return std::ranges::count_if(f.network.requests, [&](const auto& each) { return each.contains(header); });
  };
  f.run_round();
  CHECK(asked_with("\r\nAuthorization: Bearer first\r\n") == 1);
  CHECK(asked_with("\r\nAuthorization: Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==\r\n") == 1);
  CHECK(asked_with("Authorization") == 2);

  std::ofstream(path) << "second-one\n";
  f.run_round();
  CHECK(asked_with("\r\nAuthorization: Bearer second-one\r\n") == 1);
  CHECK(f.messages.entries().empty());

  std::filesystem::remove(path);
  f.run_round();
  f.run_round();
  CHECK(f.ok_count() == 3);
  CHECK(asked_with("\r\nAuthorization: Bearer second-one\r\n") == 3);
  CHECK(f.messages.count(path) == 1);
  CHECK(f.messages.count("second-one") == 0);
}

TEST_CASE("a node that sends its credentials back shows them to nobody") {
  const auto login = std::make_shared<const model::credentials>(
      model::credentials{model::auth_scheme::basic,
                         {{{model::secret::part::source::text, "Aladdin"}}},
                         {{{model::secret::part::source::text, "open sesame"}}}});
  const std::string sent = "QWxhZGRpbjpvcGVuIHNlc2FtZQ==";
  poller_bench f;
  f.add(answers({{0ms, "HTTP/1.1 401 bad Basic " + sent + "\r\nContent-Length: 0\r\n\r\n"}}));
  f.add(answers({{0ms, http_text(200, R"({"record_count": "open sesame", "quality_score": 1})")}}));
  f.add(answers({{0ms, http_text(200, R"({"record_count":1,"quality_score":1,"last_updated":")" + sent + "\"}")}}));
  for (auto& node : f.nodes) node.auth = login;
  f.run_round();
  CHECK(f.outcomes[0].answer.error().message == "HTTP 401 bad Basic ***");
  CHECK(f.outcomes[1].answer.error().message.contains("\"***\""));
  CHECK(f.outcomes[2].answer->last_updated == "***");
}

TEST_CASE("secrets and TLS files that cannot be used are errors before the first round") {
  poller_bench f;
  f.add("https://127.1.0.1:8443");
  f.add("https://127.1.0.2:8443").tls =
      std::make_shared<const model::tls_options>(model::tls_options{"/etc/own-ca.pem", "", ""});
  f.network.broken_tls[{"/etc/own-ca.pem", "", ""}] = "trusted authorities /etc/own-ca.pem: no certificate";
  const auto prepared = [&f] {
    f.poller.reset();
    f.make_poller();
    return f.poller->prepare();
  };
  CHECK(prepared().error().text == "tls of node 127.1.0.2:8443: trusted authorities /etc/own-ca.pem: no certificate");
  f.network.broken_tls.clear();
  CHECK(prepared());
  f.nodes[0].auth = std::make_shared<const model::credentials>(
      model::credentials{model::auth_scheme::bearer, {}, {{{model::secret::part::source::file, "/none/token"}}}});
  const auto told = prepared();
  REQUIRE_FALSE(told.has_value());
  CHECK(told.error().kind == model::error_kind::no_input);
  CHECK(told.error().text.contains("/none/token"));
}

TEST_CASE("each node is connected to with its own TLS options") {
  poller_bench f;
  const model::tls_options own{"/etc/own-ca.pem", "", ""};
  f.add(healthy_host(1));
  f.add(healthy_host(1));
  f.nodes[1].tls = std::make_shared<const model::tls_options>(own);
  f.run_round();
  CHECK(f.network.tls_used == std::vector<model::tls_options>{{}, own});
}
