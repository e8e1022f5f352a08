#include "deliver/verdict.hpp"

#include "support/property.hpp"

#include <catch2/catch_test_macros.hpp>

#include <cstdint>
#include <optional>
#include <string>

using namespace edge_rollup;
using deliver::endpoint_trust;
using deliver::hold_reason;
using deliver::judge;
using deliver::verdict;
using model::failure_kind;

namespace {

deliver::answer status(int code, std::string words = "") {
  deliver::answer came;
  came.status = code;
  came.words = std::move(words);
  return came;
}

deliver::answer failure(failure_kind kind) {
  deliver::answer came;
  came.failure = model::failure{kind, "ingest.example.com: no route to host", {}};
  return came;
}

}  // namespace

TEST_CASE("a status gives the verdict of the table") {
  struct row {
    int status;
    deliver::verdict verdict;
    std::optional<hold_reason> reason;
  };
  const row rows[] = {
      {200, verdict::delivered, {}},
      {201, verdict::delivered, {}},
      {202, verdict::delivered, {}},
      {204, verdict::delivered, {}},
      {299, verdict::delivered, {}},
      {408, verdict::retry, {}},
      {409, verdict::retry, {}},
      {425, verdict::retry, {}},
      {429, verdict::retry, {}},
      {500, verdict::retry, {}},
      {501, verdict::retry, {}},
      {502, verdict::retry, {}},
      {503, verdict::retry, {}},
      {504, verdict::retry, {}},
      {599, verdict::retry, {}},
      {400, verdict::refused, {}},
      {413, verdict::refused, {}},
      {422, verdict::refused, {}},
      {300, verdict::hold, hold_reason::redirect},
      {301, verdict::hold, hold_reason::redirect},
      {304, verdict::hold, hold_reason::redirect},
      {308, verdict::hold, hold_reason::redirect},
      {401, verdict::hold, hold_reason::unauthorized},
      {402, verdict::hold, hold_reason::other},
      {403, verdict::hold, hold_reason::forbidden},
      {404, verdict::hold, hold_reason::not_found},
      {405, verdict::hold, hold_reason::method},
      {407, verdict::hold, hold_reason::proxy},
      {410, verdict::hold, hold_reason::not_found},
      {411, verdict::hold, hold_reason::other},
      {415, verdict::hold, hold_reason::media_type},
      {418, verdict::hold, hold_reason::other},
      {499, verdict::hold, hold_reason::other},
      {199, verdict::hold, hold_reason::other},
      {600, verdict::hold, hold_reason::other},
  };
  for (const auto& [code, expected, reason] : rows) {
    INFO("status " << code);
    const auto judged = judge(status(code), endpoint_trust::open);
    CHECK(judged.verdict == expected);
    CHECK(judged.reason == reason);
  }
}

TEST_CASE("an exchange that came to no status is tried again") {
  for (const auto kind : {failure_kind::dns, failure_kind::connect, failure_kind::tls, failure_kind::timeout,
                          failure_kind::reset, failure_kind::protocol, failure_kind::too_large}) {
    INFO(model::to_string(kind));
    const auto judged = judge(failure(kind), endpoint_trust::open);
    CHECK(judged.verdict == verdict::retry);
    CHECK(judged.sentence == "no answer from the cloud: ingest.example.com: no route to host");
  }
}

TEST_CASE("what a proxy answers in place of the cloud is judged by itself") {
  for (const auto& [code, expected] : {std::pair{407, verdict::hold},
                                       {403, verdict::hold},
                                       {400, verdict::hold},
                                       {404, verdict::hold},
                                       {429, verdict::retry},
                                       {502, verdict::retry},
                                       {504, verdict::retry}}) {
    INFO("status " << code);
    auto came = failure(failure_kind::http_status);
    came.failure->http_status = code;
    const auto judged = judge(came, endpoint_trust::certain);
    CHECK(judged.verdict == expected);
    CHECK(judged.reason == (expected == verdict::hold ? std::optional(hold_reason::proxy) : std::nullopt));
    CHECK_FALSE(judged.counts_as_trouble);
  }
}

TEST_CASE("an offer that never was, because a secret cannot be read, holds") {
  deliver::answer came;
  came.unready = "cloud.auth: /etc/token: No such file or directory";
  const auto judged = judge(came, endpoint_trust::certain);
  CHECK(judged.verdict == verdict::hold);
  CHECK(judged.reason == hold_reason::credentials);
  CHECK(judged.sentence == *came.unready + ": mend it, it is looked at again by itself");
}

TEST_CASE("a status counts even where the answer broke off after it") {
  auto came = status(202);
  came.failure = model::failure{failure_kind::reset, "the connection ended", {}};
  CHECK(judge(came, endpoint_trust::open).verdict == verdict::delivered);
}

TEST_CASE("a web page with a 2xx holds only where somebody on the way may have answered") {
  auto page = status(200, "OK");
  page.html = true;
  const auto judged = judge(page, endpoint_trust::open);
  CHECK(judged.verdict == verdict::hold);
  CHECK(judged.reason == hold_reason::captive_portal);
  CHECK(judge(page, endpoint_trust::certain).verdict == verdict::delivered);

  page.status = 503;
  CHECK(judge(page, endpoint_trust::open).verdict == verdict::retry);
}

TEST_CASE("only answers that may be the rollup's own fault count as trouble") {
  for (const int code : {400, 409, 413, 422, 500, 502, 503, 504}) {
    INFO("status " << code);
    CHECK(judge(status(code), endpoint_trust::open).counts_as_trouble);
  }
  for (const int code : {200, 302, 401, 404, 408, 425, 429}) {
    INFO("status " << code);
    CHECK_FALSE(judge(status(code), endpoint_trust::open).counts_as_trouble);
  }
  CHECK(judge(failure(failure_kind::timeout), endpoint_trust::open).counts_as_trouble);
  auto out_of_reach = failure(failure_kind::timeout);
  out_of_reach.request_left = false;
  CHECK_FALSE(judge(out_of_reach, endpoint_trust::open).counts_as_trouble);
  CHECK_FALSE(judge(failure(failure_kind::connect), endpoint_trust::open).counts_as_trouble);
  CHECK_FALSE(judge(failure(failure_kind::reset), endpoint_trust::open).counts_as_trouble);
}

TEST_CASE("a judgement tells people what came back and what to do") {
  const auto sentence = [](int code, const char* words) {
    return judge(status(code, words), endpoint_trust::open).sentence;
  };
  CHECK(sentence(401, "Unauthorized: token expired") ==
        "the cloud answers 401 Unauthorized: token expired: check cloud.auth");
  CHECK(sentence(301, "") == "the cloud answers 301: redirects are not followed; set cloud.url to the new address");
  CHECK(sentence(308, "Permanent Redirect: to https://new.example.com/v2") ==
        "the cloud answers 308 Permanent Redirect: to https://new.example.com/v2: redirects are not followed; set "
        "cloud.url to the new address");
  CHECK(sentence(503, "Service Unavailable") == "the cloud answers 503 Service Unavailable");
  CHECK(sentence(422, "") == "the cloud answers 422: it refuses this rollup");
}

TEST_CASE("every status has a verdict, and exactly the holds have a reason") {
  tests::holds_for_all("reason <=> hold", [](std::uint16_t code) {
    const auto judged = judge(status(code % 1000), endpoint_trust::certain);
    return judged.reason.has_value() == (judged.verdict == verdict::hold) && !judged.sentence.empty();
  });
}
