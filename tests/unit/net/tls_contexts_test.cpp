#include "net/tls_contexts.hpp"

#include "support/certificates.hpp"
#include "support/memory_log.hpp"
#include "support/virtual_clock.hpp"

#include <boost/asio/io_context.hpp>
#include <catch2/catch_test_macros.hpp>

#include <filesystem>
#include <fstream>
#include <string>

using namespace edge_rollup;
using namespace std::chrono_literals;
using std::filesystem::copy_options;

namespace {

struct fixture {
  tests::certificates made;
  boost::asio::io_context loop;
  tests::virtual_clock clock{loop};
  tests::memory_log messages;
  net::tls_contexts contexts{clock, messages};
};

}  // namespace

TEST_CASE("options that are alike share a context, others have their own") {
  fixture f;
  const auto first = f.contexts.context_for({f.made.file("ca.pem"), "", ""});
  REQUIRE(first);
  CHECK(f.contexts.context_for({f.made.file("ca.pem"), "", ""}) == first);
  CHECK(f.contexts.context_for({f.made.file("stranger.pem"), "", ""}) != first);
}

TEST_CASE("a changed file makes a new context, a broken one leaves it as it was with one warning") {
  fixture f;
  const auto path = f.made.file("own.pem");
  const model::tls_options options{path, "", ""};
  std::filesystem::copy_file(f.made.file("ca.pem"), path);
  const auto first = f.contexts.context_for(options);
  REQUIRE(first);

  std::filesystem::copy_file(f.made.file("stranger.pem"), path, copy_options::overwrite_existing);
  CHECK(f.contexts.context_for(options) == first);  // not looked at all the time
  f.clock.advance(net::tls_file_pause);
  const auto second = f.contexts.context_for(options);
  REQUIRE(second);
  CHECK(second != first);

  std::ofstream(path) << "half of it";
  for (int round = 0; round < 3; ++round) {
    f.clock.advance(net::tls_file_pause);
    CHECK(f.contexts.context_for(options) == second);
  }
  CHECK(f.messages.count(path) == 1);

  std::filesystem::copy_file(f.made.file("ca.pem"), path, copy_options::overwrite_existing);
  f.clock.advance(net::tls_file_pause);
  const auto third = f.contexts.context_for(options);
  REQUIRE(third);
  CHECK(third != second);
}

TEST_CASE("options that cannot be used at first are tried again once their files have changed") {
  fixture f;
  const auto path = f.made.file("late.pem");
  const model::tls_options options{path, "", ""};
  CHECK(f.contexts.context_for(options).error().kind == model::error_kind::no_input);
  std::filesystem::copy_file(f.made.file("ca.pem"), path);
  f.clock.advance(net::tls_file_pause);
  CHECK(f.contexts.context_for(options));
}
