#include "fleet/fleet_options.hpp"

#include "wire/url.hpp"

#include <catch2/catch_test_macros.hpp>

#include <functional>
#include <memory>
#include <vector>

using namespace edge_rollup;

namespace {

fleet::fleet_options options() {
  fleet::fleet_options made;
  fleet::node_setting& node = made.fixed.emplace_back();
  node.url = *wire::parse_node_url("http://10.0.0.5:8080");
  node.place = "edge-rollup.yaml:3:5";
  model::credentials login;
  login.word = {{{model::secret::part::source::text, "word"}}};
  node.auth = std::make_shared<const model::credentials>(login);
  made.defaults.tls = std::make_shared<const model::tls_options>(model::tls_options{"/etc/ca.pem", {}, {}});
  return made;
}

}  // namespace

TEST_CASE("fleets that are configured alike are the same, wherever they are written") {
  auto other = options();
  other.fixed[0].place = "edge-rollup.yaml:7:5";
  CHECK(other == options());
}

TEST_CASE("whatever nodes are asked by makes another fleet") {
  struct row {
    const char* label;
    std::function<void(fleet::fleet_options&)> change;
  };
  const std::vector<row> rows = {
      {"a node more", [](auto& made) { made.fixed.push_back(made.fixed[0]); }},
      {"a name", [](auto& made) { made.fixed[0].name = "pump-1"; }},
      {"credentials", [](auto& made) { made.fixed[0].auth = std::make_shared<const model::credentials>(); }},
      {"no credentials", [](auto& made) { made.fixed[0].auth = nullptr; }},
      {"authorities", [](auto& made) { made.defaults.tls = std::make_shared<const model::tls_options>(); }},
      {"the timeout", [](auto& made) { made.defaults.timeout *= 2; }},
      {"a list", [](auto& made) { made.node_files.emplace_back("/etc/nodes.json"); }},
      {"a server of a list", [](auto& made) { made.node_http = fleet::http_list{made.fixed[0].url}; }},
  };
  for (const auto& [label, change] : rows) {
    CAPTURE(label);
    auto other = options();
    change(other);
    CHECK(other != options());
  }
}
