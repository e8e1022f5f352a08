// What files, variables and flags come to, and what is said of those that are wrong.
#include "config/make_config.hpp"

#include "support/golden.hpp"
#include "support/settings_bench.hpp"

#include <catch2/catch_test_macros.hpp>

#include <string>

using namespace edge_rollup;
using namespace std::chrono_literals;
using model::error_kind;
using source = model::secret::part::source;
using tests::config_of;
using tests::mistakes_of;

namespace {

const std::string minimal = "nodes: [http://10.0.0.5:8080]\ncloud: {url: http://127.0.0.1:9/x}\n";

fleet::node_setting argument(const char* url) {
  fleet::node_setting made;
  made.url = *wire::parse_node_url(url);
  made.place = "argument 1";
  return made;
}

}  // namespace

TEST_CASE("defaults are those that the documentation names") {
  const auto made = config_of(minimal);
  REQUIRE(made);
  CHECK_FALSE(made->gateway);
  CHECK_FALSE(made->state_dir);
  CHECK(made->fleet.fixed.size() == 1);
  CHECK(made->fleet.defaults.path == "/data/summary");
  CHECK(made->fleet.defaults.timeout == 5s);
  CHECK(made->fleet.defaults.max_age == 15min);
  CHECK_FALSE(made->fleet.defaults.auth);
  CHECK_FALSE(made->fleet.defaults.tls);
  CHECK_FALSE(made->fleet.has_lists());
  CHECK(made->poll == poll::poll_options{});
  CHECK(made->record_kind == model::record_kind::level);
  CHECK(made->report.node_data == model::node_detail::full);
  CHECK(made->report.node_url == model::node_url_content::url);
  CHECK(made->report.max_body == 8'388'608);
  CHECK(made->cloud->timeout == 30s);
  CHECK(made->cloud->total_timeout == 10min);
  CHECK_FALSE(made->cloud->spread);
  CHECK_FALSE(made->cloud->proxy);
  CHECK(made->cloud->gzip == deliver::gzip_use::automatic);
  CHECK(made->deliver == deliver::deliver_options{});
  CHECK(made->outbox == outbox::outbox_options{});
  CHECK(made->shutdown_grace == 10s);
  CHECK_FALSE(made->log.level);
}

TEST_CASE("every key of a file arrives at its stage") {
  tests::made_up_machine machine;
  machine.files["/t"] = "token";
  const auto made = config_of(R"(
gateway: gw-7
nodes:
  - http://10.0.0.5:8080
  - {url: "https://10.0.0.6", name: pump-6, labels: {site: north, floor: 2}, timeout: 3s, max_age: 1h, path: /s,
     auth: {user: u, password: "${file:/t}"}, tls: {ca: /ca.pem}}
node_files: [/etc/nodes.d/*.json]
node_http: {url: "http://inventory:8000/sd", refresh: 30s, allow_empty: true}
poll: {path: /p, interval: 30s, timeout: 2s, parallel: 7, retries: 2, max_body: 1MiB, keep_alive: off, breaker: off,
       max_age: 1m, record_kind: counter, auth: {bearer_token: "${file:/t}"}, tls: {ca: /a, cert: /c, key: /k}}
report: {node_data: errors, node_url: name, max_body: 1MiB}
cloud:
  url: https://ingest.example.com/v1
  auth: {bearer_token: "x$$y"}
  headers: {x-api-key: "k-${file:/t}"}
  timeout: 10s
  total_timeout: 1m
  spread: 4s
  retry: {first: 2s, max: 1m, retry_after_max: 2h}
  gzip: on
  proxy: http://us%40er:pa@proxy:3128
  tls: {cert: /c, key: /k}
outbox: {max_bytes: 1GiB, max_age: 7d, min_free_disk: 1MiB}
state_dir: /var/lib/x
shutdown_grace: 1s
log: {level: warn, format: json}
)",
                              machine);
  if (!made) FAIL(made.error().text);
  const model::secret token{{{source::file, "/t"}}};
  CHECK(made->gateway == "gw-7");
  REQUIRE(made->fleet.fixed.size() == 2);
  const auto& node = made->fleet.fixed[1];
  CHECK(node.name == "pump-6");
  CHECK(node.place == "gw.yaml:5:5");
  CHECK(node.labels == config::text_pairs{{"site", "north"}, {"floor", "2"}});
  CHECK(node.timeout == 3s);
  CHECK(node.max_age == 1h);
  CHECK(node.path == "/s");
  CHECK(*node.auth == model::credentials{model::auth_scheme::basic, {{{source::text, "u"}}}, token});
  CHECK(*node.tls == model::tls_options{"/ca.pem", "", ""});
  CHECK(made->fleet.node_files == std::vector<std::string>{"/etc/nodes.d/*.json"});
  CHECK(made->fleet.node_http->refresh == 30s);
  CHECK(made->fleet.node_http->empty == fleet::empty_list::allowed);
  CHECK(made->fleet.defaults.path == "/p");
  CHECK(made->fleet.defaults.timeout == 2s);
  CHECK(made->fleet.defaults.max_age == 1min);
  CHECK(*made->fleet.defaults.auth == model::credentials{model::auth_scheme::bearer, {}, token});
  CHECK(*made->fleet.defaults.tls == model::tls_options{"/a", "/c", "/k"});
  CHECK(made->poll.interval == 30s);
  CHECK(made->poll.parallel == 7);
  CHECK(made->poll.retries == 2);
  CHECK(made->poll.max_body == 1'048'576);
  CHECK_FALSE(made->poll.keep_alive);
  CHECK_FALSE(made->poll.breaker);
  CHECK(made->record_kind == model::record_kind::counter);
  CHECK(made->report.node_data == model::node_detail::errors);
  CHECK(made->report.node_url == model::node_url_content::name);
  CHECK(made->report.max_body == 1'048'576);
  CHECK(made->cloud->auth->word == model::secret{{{source::text, "x$y"}}});
  CHECK(made->cloud->headers == config::secret_pairs{{"x-api-key", {{{source::text, "k-"}, {source::file, "/t"}}}}});
  CHECK(made->cloud->timeout == 10s);
  CHECK(made->cloud->total_timeout == 1min);
  CHECK(made->cloud->spread == 4s);
  CHECK(made->cloud->gzip == deliver::gzip_use::on);
  CHECK(made->cloud->proxy->host == "proxy");
  CHECK(made->cloud->proxy_user_info == "us@er:pa");
  CHECK(*made->cloud->tls == model::tls_options{"", "/c", "/k"});
  CHECK(made->deliver.retry == deliver::backoff_range{2s, 1min});
  CHECK(made->deliver.retry_after_max == 2h);
  CHECK(made->outbox.max_bytes == 1'073'741'824);
  CHECK(made->outbox.max_age == 7 * 24h);
  CHECK(made->outbox.min_free_disk == 1'048'576);
  CHECK(made->state_dir == "/var/lib/x");
  CHECK(made->shutdown_grace == 1s);
  CHECK(made->log.level == observe::log_level::warn);
  CHECK(made->log.format == observe::log_format::json);
}

TEST_CASE("what is automatic follows the interval") {
  struct row {
    const char* interval;
    bool keep_alive;
    bool breaker;
    model::milliseconds timeout;
  };
  for (const row& each : {row{"0s", true, false, 5s}, row{"2s", true, true, 2s}, row{"59s", true, true, 5s},
                          row{"60s", true, false, 5s}, row{"61s", false, false, 5s}}) {
    INFO(each.interval);
    const auto made = config_of(minimal + "poll: {interval: " + each.interval + "}\n");
    REQUIRE(made);
    CHECK(made->poll.keep_alive == each.keep_alive);
    CHECK(made->poll.breaker == each.breaker);
    CHECK(made->fleet.defaults.timeout == each.timeout);
  }
}

TEST_CASE("flags go before the environment, that before the file, that before the defaults") {
  const tests::made_up_machine machine;
  config::layers all(machine.references());
  CHECK(all.effective().duration("poll.timeout") == 5s);
  all.add_file("gw.yaml", minimal + "poll: {timeout: 4s, retries: 2, parallel: 9}\n");
  CHECK(all.effective().duration("poll.timeout") == 4s);
  all.add_variable("EDGE_ROLLUP_POLL__TIMEOUT", "3s");
  all.add_variable("EDGE_ROLLUP_POLL__RETRIES", "3");
  all.add_variable("EDGE_ROLLUP_NODES", "[http://10.0.0.7, {url: \"http://10.0.0.8\"}]");
  all.add_variable("EDGE_ROLLUP_GATEWAY", "");
  all.add_variable("EDGE_ROLLUP_CONFIG", "not a key");
  CHECK(all.effective().duration("poll.timeout") == 3s);
  all.add_set("poll.timeout=2s");
  CHECK(all.effective().duration("poll.timeout") == 2s);
  all.add_flag("--timeout", "poll.timeout", "1s");
  const auto made = config::make_config(all, {});
  REQUIRE(made);
  CHECK(made->fleet.defaults.timeout == 1s);
  CHECK(made->poll.retries == 3);
  CHECK(made->poll.parallel == 9);
  CHECK(made->fleet.fixed.size() == 2);
  CHECK_FALSE(made->gateway);
}

TEST_CASE("nodes that are named on the command line replace the lists of the settings") {
  const tests::made_up_machine machine;
  config::layers all(machine.references());
  all.add_file("gw.yaml", minimal + "node_files: [/etc/x.json]\n");
  config::request asked;
  asked.named.fixed.push_back(argument("http://10.0.0.9"));
  const auto made = config::make_config(all, std::move(asked));
  REQUIRE(made);
  REQUIRE(made->fleet.fixed.size() == 1);
  CHECK(made->fleet.fixed.front().place == "argument 1");
  CHECK_FALSE(made->fleet.has_lists());
}

TEST_CASE("a mistake in a flag or a variable is one line, and of the kind it is") {
  struct row {
    const char* label;
    void (*add)(config::layers&);
    error_kind kind;
    const char* text;
  };
  const row rows[] = {
      {"unit", [](auto& all) { all.add_flag("--timeout", "poll.timeout", "5"); }, error_kind::usage,
       "--timeout: '5' has no unit; write a whole number and a unit (ms, s, m, h, d), as in 30s"},
      {"range", [](auto& all) { all.add_set("poll.parallel=0"); }, error_kind::usage,
       "--set poll.parallel: '0' is out of range; it must be in 1..100000"},
      {"unknown key", [](auto& all) { all.add_set("poll.timout=5s"); }, error_kind::usage,
       "--set poll.timout: unknown key 'poll.timout', did you mean 'poll.timeout'?; `edge-rollup config show` has all "
       "of them"},
      {"section", [](auto& all) { all.add_set("poll=5s"); }, error_kind::usage,
       "--set poll: this is a section; set one of its keys, as in --set poll.timeout=5s"},
      {"no sign", [](auto& all) { all.add_set("poll.timeout"); }, error_kind::usage,
       "--set: an assignment lacks its '='; write --set KEY=VALUE"},
      {"secret", [](auto& all) { all.add_set("cloud.auth.bearer_token=tell-nobody"); }, error_kind::usage,
       "--set cloud.auth.bearer_token: a command line is no place for a secret: every user of this machine sees it; "
       "refer to it: '${file:/path}', '${env:NAME}' or '${cred:NAME}'"},
      {"secret as a default", [](auto& all) { all.add_set("cloud.auth.bearer_token='${env:ABSENT:-tell-nobody}'"); },
       error_kind::usage,
       "--set cloud.auth.bearer_token: a command line is no place for a secret: every user of this machine sees it; "
       "refer to it: '${file:/path}', '${env:NAME}' or '${cred:NAME}'"},
      {"variable", [](auto& all) { all.add_variable("EDGE_ROLLUP_POLL__TIMEOUTS", "5s"); }, error_kind::config,
       "EDGE_ROLLUP_POLL__TIMEOUTS: no setting has this name, did you mean 'EDGE_ROLLUP_POLL__TIMEOUT'?; names are "
       "those of `edge-rollup config show` in capitals, with __ for each dot"},
      {"value of a variable", [](auto& all) { all.add_variable("EDGE_ROLLUP_LOG__LEVEL", "loud"); }, error_kind::config,
       "EDGE_ROLLUP_LOG__LEVEL: 'loud' is none of debug|info|warn|error; write one of these words"},
      {"timeout above the interval",
       [](auto& all) {
         all.add_flag("--interval", "poll.interval", "1s");
         all.add_flag("--timeout", "poll.timeout", "2s");
       },
       error_kind::usage,
       "--timeout: the timeout 2s is above the interval 1s; shorten the timeout or lengthen the interval: rounds would "
       "run into each other"},
      {"short interval", [](auto& all) { all.add_flag("--interval", "poll.interval", "50ms"); }, error_kind::usage,
       "--interval: the interval 50ms is too short; at least 100ms, or 0s to run rounds back to back"},
  };
  for (const row& each : rows) {
    INFO(each.label);
    const tests::made_up_machine machine;
    config::layers all(machine.references());
    each.add(all);
    config::request asked;
    asked.for_what = config::purpose::show;
    const auto made = config::make_config(all, std::move(asked));
    REQUIRE_FALSE(made);
    CHECK(made.error() == model::error{each.kind, each.text});
  }
}

TEST_CASE("what is missing has the place of its parent, or names the flag where there is no file") {
  CHECK(mistakes_of("nodes: [http://a]\ncloud:\n  timeout: 5s\n", {}, config::purpose::run)
            .find("gw.yaml:3:3: no cloud") != std::string::npos);
  CHECK(mistakes_of("cloud: {url: http://a}\n", {}, config::purpose::run).find("gw.yaml:1:1: no nodes") !=
        std::string::npos);
  CHECK(mistakes_of("nodes:\n  - {name: x}\n").find("gw.yaml:2:5: nodes[].url: this node has no URL") !=
        std::string::npos);
  CHECK(mistakes_of("node_http: {refresh: 5s}\n").find("gw.yaml:1:12: node_http.url is missing") != std::string::npos);

  const tests::made_up_machine machine;
  config::layers none(machine.references());
  config::request asked;
  asked.for_what = config::purpose::once;
  asked.named.fixed.push_back(argument("http://10.0.0.9"));
  const auto made = config::make_config(none, std::move(asked));
  REQUIRE_FALSE(made);
  CHECK(made.error() ==
        model::error{error_kind::usage,
                     "no cloud; name the settings with -c FILE, or say with --cloud URL where the rollup is delivered, "
                     "or only look with --dry-run"});
}

TEST_CASE("of a file that cannot be read to its end nothing is said to be missing") {
  for (const auto* text : {"\xFF", "a: b: c\n", "poll: [\n"}) {
    INFO(text);
    CHECK(mistakes_of(text, {}, config::purpose::run).find("no cloud") == std::string::npos);
  }
}

TEST_CASE("lists in flags and variables may be empty, and are told of like others where they are wrong") {
  const tests::made_up_machine machine;
  config::layers all(machine.references());
  for (const auto* text : {"nodes=", "nodes=[]", "cloud.headers=", "node_files="}) all.add_set(text);
  CHECK(all.wrong().count() == 0);
  CHECK_FALSE(all.effective().find("nodes")->is_default());
  all.add_variable("EDGE_ROLLUP_NODES", "\xFF");
  all.add_set("nodes=[");
  all.add_set("cloud.headers={x-a: tell-nobody}");
  CAPTURE(all.wrong().as_error().text);
  CHECK(all.wrong().count() == 3);
  CHECK(all.wrong().as_error().text.find("tell-nobody") == std::string::npos);
}

TEST_CASE("each mistake of a file is told at its place") {
  struct row {
    const char* label;
    std::string text;
    const char* told;
  };
  const row rows[] = {
      {"root", "- a\n", "gw.yaml:1:1: these settings: here belong keys and their values"},
      {"section", "poll: 5\n", "gw.yaml:1:7: poll: here belong keys and their values"},
      {"dotted", "poll.timeout: 5s\n", "gw.yaml:1:1: unknown key 'poll.timeout'\n"},
      {"other section", "timeout: 5s\n", "did you mean 'poll.timeout'?"},
      {"list for value", "gateway: [a]\n", "gw.yaml:1:10: gateway: a list stands here where one value belongs"},
      {"nothing for value", "poll: {timeout: }\n", "gw.yaml:1:8: poll.timeout: no value stands here"},
      {"quoted number", "poll: {parallel: \"5\"}\n", "a text stands here where a number"},
      {"octal", "poll: {timeout: 010s}\n", "'010s' begins with 0 and may be meant as octal"},
      {"hexadecimal", "poll: {parallel: 0x10}\n", "'0x10' is not a whole number"},
      {"more than any number", "poll: {parallel: 99999999999999999999}\n", "is out of range"},
      {"underscore", "poll: {parallel: 1_000}\n", "'1_000' is not a whole number"},
      {"boolean", "node_http: {url: \"http://a\", allow_empty: yes}\n", "'yes' is neither true nor false"},
      {"boolean for word", "poll: {breaker: true}\n", "'true' is none of auto|on|off"},
      {"relative path", "state_dir: var\n", "'var' is no absolute path"},
      {"path of a URL", "poll: {path: \"/a?b\"}\n", "the value is no path of a URL"},
      {"node name", "nodes: [{url: \"http://a\", name: \"a b\"}]\n", "gw.yaml:1:33: nodes[].name: 'a b' is no name"},
      {"node with a query", "nodes: [\"http://a/?key=tell-nobody\"]\n",
       "gw.yaml:1:9: nodes[].url: the value has a query"},
      {"same node", "nodes: [http://a, HTTP://a:80/]\n", "http://a is listed twice, first in gw.yaml:1:9"},
      {"same name", "nodes: [http://a:80, {url: \"http://b\", name: \"a:80\"}]\n",
       "two nodes would both be called a:80, first in gw.yaml:1:9"},
      {"node timeout", "poll: {interval: 10s}\nnodes: [{url: \"http://a\", timeout: 11s}]\n",
       "the timeout 11s is above the interval 10s"},
      {"label", "nodes: [{url: \"http://a\", labels: {__x: y}}]\n", "names that begin with __ are not passed on"},
      {"no text for a label", "nodes: [{url: \"http://a\", labels: {site: north, floor: [2]}}]\n",
       "nodes[].labels.floor: this is no single text"},
      {"tab", "cloud:\n\turl: http://a\n", "gw.yaml:2:5: this is no YAML"},
      {"tab after a key", "cloud:\n  url: http://a\n\ttimeout: 5s\n", "gw.yaml:3:"},
      {"unit of another system", "outbox: {max_bytes: 256MB}\n", "; did you mean 256MiB?"},
      {"two units", "poll: {interval: 5m30s}\n", "; did you mean 330s?"},
      {"a share", "outbox: {min_free_disk: 5%}\n", "as in 64KiB, or auto, within"},
      {"label list", "nodes: [{url: \"http://a\", labels: [x]}]\n", "this is no map"},
      {"header name", "cloud: {headers: {\"a b\": c}}\n", "this is no name of a header"},
      {"own header", "cloud: {headers: {Content-Type: c}}\n", "this header is written by edge-rollup itself"},
      {"header for auth", "cloud: {headers: {Authorization: tell-nobody}}\n", "cloud.auth"},
      {"two ways", "cloud: {auth: {bearer_token: a, user: tell-nobody, password: c}}\n", "and user and password too"},
      {"half a pair", "cloud: {auth: {user: tell-nobody}}\n", "gw.yaml:1:15: cloud.auth.password is missing"},
      {"certificate alone", "poll: {tls: {cert: /c}}\n", "poll.tls.key is missing"},
      {"TLS without https", "nodes: [{url: \"http://a\", tls: {ca: /ca.pem}}]\n", "asked over plain http"},
      {"proxy by https", "cloud: {proxy: \"https://u:tell-nobody@p\"}\n", "the value is no http URL"},
      {"backoff", "cloud: {retry: {first: 10m}}\n", "the first wait is above the longest one"},
      {"address", "listen: gateway:9464\n", "gw.yaml:1:9: listen: 'gateway:9464' is no address to listen on"},
      {"address for all", "listen: \":9464\"\n", "gw.yaml:1:9: others than this machine reach [::]:9464"},
      {"host with a port", "listen_hosts: [gateway:9464]\n", "gw.yaml:1:16: listen_hosts: this is no host name"},
      {"host of nothing", "listen_hosts: [.]\n", "gw.yaml:1:16: listen_hosts: this is no host name"},
      {"unset variable", "gateway: ${env:ABSENT}\n", "the environment has no variable ABSENT"},
      {"secret file", "cloud: {auth: {bearer_token: \"${file:/absent}\"}}\n", "cannot read /absent"},
      {"text of a reference", "poll: {timeout: \"${file:/t}\"}\n", "what its references stand for is not a duration"},
      {"line break", "cloud: {auth: {bearer_token: \"a\\ntell-nobody\"}}\n", "control character"},
  };
  tests::made_up_machine machine;
  machine.files["/t"] = "tell-nobody";
  for (const row& each : rows) {
    INFO(each.label);
    const auto told = mistakes_of(each.text, machine);
    CAPTURE(told);
    CHECK(told.find(each.told) != std::string::npos);
    CHECK(told.find("1 mistake in the settings\n") == 0);
    CHECK(told.find("tell-nobody") == std::string::npos);
  }
}

TEST_CASE("an alias is one mistake wherever it stands, as is its anchor") {
  for (const auto* text :
       {"poll: {interval: *t}\n", "poll: *t\n", "cloud: {url: *t}\n",
        "cloud: {url: \"http://c\", auth: {bearer_token: *t}}\n", "cloud: {url: \"http://c\", headers: {x: *t}}\n",
        "nodes: [*t]\n", "nodes: *t\n", "nodes: [{url: \"http://a\", labels: {x: *t}}]\n", "node_files: [*t]\n"}) {
    INFO(text);
    const auto told = mistakes_of("gateway: &t x\n" + std::string(text));
    CAPTURE(told);
    CHECK(told.starts_with("2 mistakes in the settings\n"));
    CHECK(told.contains("gw.yaml:1:10: anchors are not understood"));
    CHECK(told.contains("an alias refers to an anchor"));
  }
}

TEST_CASE("tokens and passwords that stand in a file, and credentials that are not there, are noticed") {
  tests::made_up_machine machine;
  machine.variables = {{"WORD", "tell-nobody"}};
  auto sources = machine.references();
  sources.without_credential = config::absent_credential::passed_over;
  config::layers all(sources);
  all.add_file("gw.yaml", R"(nodes: [{url: "http://a", auth: {user: u, password: tell-nobody}}]
poll: {auth: {bearer_token: "${cred:node}"}}
cloud:
  auth: {user: u, password: "${env:WORD}"}
  headers: {x-site: north, x-key: "${cred:key}"}
listen_token: "${env:ABSENT:-tell-nobody}"
)");
  CHECK(all.wrong().count() == 0);
  CHECK(all.noticed().written_out == std::vector<std::string>{"gw.yaml:1:53", "gw.yaml:6:15"});
  CHECK(all.noticed().unavailable == std::vector<std::string>{"poll.auth.bearer_token", "cloud.headers.x-key"});
}

TEST_CASE("a service listens on loopback, what a command line alone describes does not unless asked to") {
  const auto address = [](const model::result<config::config>& made) {
    REQUIRE(made);
    return made->admin.listen ? to_string(*made->admin.listen) : "off";
  };
  CHECK(address(tests::config_of(minimal)) == "127.0.0.1:9464");
  CHECK(address(tests::config_of(minimal + "listen: off\n")) == "off");
  CHECK(address(tests::config_of(minimal + "listen: \"[::1]:0\"\n")) == "[::1]:0");

  const tests::made_up_machine machine;
  config::layers flags(machine.references());
  flags.add_variable("EDGE_ROLLUP_NODES", "[http://a]");
  flags.add_flag("--cloud", "cloud.url", "http://cloud");
  CHECK(address(config::make_config(flags, {})) == "off");
  flags.add_flag("--listen", "listen", "localhost:0");
  CHECK(address(config::make_config(flags, {})) == "127.0.0.1:0");
}

TEST_CASE("what others reach needs a token, and the names they use are known in one form") {
  const auto open = tests::config_of(minimal +
                                     "listen: 0.0.0.0:9464\nlisten_token: t\nlisten_hosts: [GW-1.Example.com., gw, "
                                     "\"[2001:DB8:0::1]\", \"FD00::1\"]\n");
  REQUIRE(open);
  CHECK(open->admin.token);
  CHECK(open->admin.hosts == std::vector<std::string>{"gw-1.example.com", "gw", "2001:db8::1", "fd00::1"});
}

TEST_CASE("a file with ten different mistakes has ten of them told, and no secret") {
  const auto told = mistakes_of(R"(gateway: gateway-1
pol: {interval: 30s}
nodes:
  - http://10.0.0.5:8080
  - {url: "http://10.0.0.6:8080", nam: pump-6}
  - HTTP://10.0.0.5:8080/
poll:
  timeout: 5
  parallel: 010
  keep_alive: sometimes
  timeout: 6s
cloud:
  url: ingest.example.com
  auth: {bearer_token: "tell-nobody$x", bearer_tokn: tell-nobody}
  timeout: [1s]
)",
                                {}, config::purpose::run);
  CHECK(told.starts_with("11 mistakes in the settings\n"));
  CHECK(told.find("tell-nobody") == std::string::npos);
  CHECK(tests::matches_golden("config_mistakes.txt", told));
}
