// An HTTP client that gives the answers a test has put into it, and keeps what it was asked.
#pragma once

#include "net/http_client.hpp"

#include <deque>
#include <expected>
#include <string>
#include <utility>
#include <vector>

namespace edge_rollup::tests {

/// The last answer is given again when there is no other. Nothing is waited for.
class scripted_http_client final : public net::http_client {
 public:
  using answer = std::expected<net::http_answer, net::send_failure>;

  void will_say(int status, std::string body, std::string reason = "OK") {
    net::http_answer said;
    said.status = status;
    said.reason = std::move(reason);
    said.body = std::move(body);
    answers.emplace_back(std::move(said));
  }
  void will_fail(std::string why) {
    answers.emplace_back(std::unexpected(net::send_failure{{model::failure_kind::connect, std::move(why), {}}, false}));
  }

  runtime::task<answer> send(const net::http_request& request) override {
    sent.push_back(request);
    sent.back().body = {};  // stays with who asked
    answer said = answers.front();
    if (answers.size() > 1) answers.pop_front();
    co_return said;
  }
  void cancel() noexcept override { cancelled = true; }

  std::deque<answer> answers;
  std::vector<net::http_request> sent;
  bool cancelled = false;
};

}  // namespace edge_rollup::tests
