#include "wire/nodes_file.hpp"

#include "support/property.hpp"
#include "wire/url.hpp"

#include <catch2/catch_test_macros.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

namespace edge_rollup::wire {
namespace {

/// The nodes of a list as "LINE URL [PATH] [LABEL=VALUE]...", one a line; or its mistakes.
std::string read(std::string_view text) {
  const auto nodes = parse_nodes_file(text, "nodes.txt");
  if (!nodes) {
    CHECK(nodes.error().kind == model::error_kind::bad_data);
    return nodes.error().text;
  }
  std::string out;
  for (const auto& node : *nodes) {
    out += fmt::format("{} {}{}{}", node.line, to_string(node.url), node.path ? " " : "", node.path.value_or(""));
    for (const auto& [name, value] : node.labels) out += fmt::format(" {}={}", name, value);
    out += '\n';
  }
  return out;
}

TEST_CASE("A list has one URL a line, comments and blank lines", "[wire][nodes_file]") {
  struct {
    std::string_view label, text, expected;
  } const table[] = {
      {"empty", "", ""},
      {"one", "http://node-1:8080", "1 http://node-1:8080\n"},
      {"two", "http://node-1:8080\nhttps://Node-2/\n", "1 http://node-1:8080\n2 https://node-2\n"},
      {"comments", "# all nodes\n\nhttp://a # the first\n\t#none\nhttp://b\t#x\n", "3 http://a\n5 http://b\n"},
      {"blanks", "  http://a \t\n   \n", "1 http://a\n"},
      {"CRLF", "http://a\r\n\r\nhttp://b\r\n", "1 http://a\n3 http://b\n"},
      {"byte order mark", "\xEF\xBB\xBFhttp://a\n", "1 http://a\n"},
      {"same node twice", "http://a\nhttp://a\n", "1 http://a\n2 http://a\n"},
      {"only comments", "# [not JSON]\n#", ""},
  };
  for (const auto& row : table) {
    CAPTURE(row.label);
    CHECK(read(row.text) == row.expected);
  }
}

TEST_CASE("Every bad line of a list is told, with its number and a way to mend it", "[wire][nodes_file]") {
  CHECK(read("http://a\nnode-1:8080\n\nhttp://b:0\n") ==
        "nodes.txt:2: \"node-1:8080\" is not an http or https URL; did you mean http://node-1:8080 or "
        "https://node-1:8080 ?\n"
        "nodes.txt:4: \"http://b:0\" has a port outside 1..65535");
  CHECK(read("http://a#b").starts_with("nodes.txt:1: \"http://a#***\" has a fragment"));
  CHECK(read("http://a http://b").starts_with("nodes.txt:1: \"http://a http://b\" has a blank"));
  CHECK(read("http://a/?x=secret").contains("has a query"));
}

TEST_CASE("A list in YAML is told by one line how to write it", "[wire][nodes_file]") {
  for (const std::string_view text :
       {"- targets:\n  - a:1\n", "# north\n---\n- targets: [\"a:1\"]\n", "-\n  targets:\n  - a\n"}) {
    CAPTURE(text);
    CHECK(read(text).ends_with(
        R"(: this looks like YAML; write one URL a line, or JSON: [{"targets": ["10.0.0.5:8080"]}])"));
    CHECK_FALSE(read(text).contains('\n'));
  }
}

TEST_CASE("Of many bad lines twenty are told and the rest is counted", "[wire][nodes_file]") {
  const auto bad_lines = [](int count) {
    std::string text;
    for (int i = 0; i < count; ++i) text += "bad url\n";
    return read(text);
  };
  CHECK(std::ranges::count(bad_lines(20), '\n') == 19);
  CHECK_FALSE(bad_lines(20).contains("more"));
  CHECK(bad_lines(25).ends_with("\nnodes.txt: 5 more mistakes"));
  CHECK(std::ranges::count(bad_lines(25), '\n') == 20);
}

TEST_CASE("A short list cannot make much memory of labels that all of its nodes have", "[wire][nodes_file]") {
  std::string labels, targets;
  for (int i = 0; i < 64; ++i)
    labels += fmt::format("{}\"label-{}\": \"{}\"", i == 0 ? "" : ", ", i, std::string(1000, 'v'));
  for (int i = 0; i < 5'000; ++i) targets += i == 0 ? "\"a\"" : ", \"a\"";
  const auto text = fmt::format(R"([{{"labels": {{{}}}, "targets": [{}]}}])", labels, targets);
  const auto nodes = parse_nodes_file(text, "nodes.txt");
  REQUIRE_FALSE(nodes.has_value());
  CHECK(nodes.error().text ==
        "nodes.txt:1: the labels of all nodes together are over 256 MiB; use fewer or shorter ones");
}

TEST_CASE("A list in the form of file_sd is read with its labels", "[wire][nodes_file]") {
  struct {
    std::string_view label, text, expected;
  } const table[] = {
      {"empty", " []", ""},
      {"targets", R"([{"targets": ["10.0.0.5:8080", "[::1]:9100"]}])", "1 http://10.0.0.5:8080\n1 http://[::1]:9100\n"},
      {"no targets", R"([{"targets": []}])", ""},
      {"groups and lines", "[\n {\"targets\": [\n  \"a:1\",\n  \"b:2\"]},\n {\"targets\": [\"c:3\"]}\n]\n",
       "3 http://a:1\n4 http://b:2\n5 http://c:3\n"},
      {"labels", R"([{"targets": ["a:1"], "labels": {"site": "north", "__meta_x": "y", "job": "\u00e9dge"}}])",
       "1 http://a:1 site=north job=\u00e9dge\n"},
      {"labels first", R"([{"labels": {"site": "north"}, "targets": ["a:1"]}])", "1 http://a:1 site=north\n"},
      {"scheme and path",
       R"([{"targets": ["a", "b:1"], "labels": {"__scheme__": "https", "__metrics_path__": "/s/"}}])",
       "1 https://a /s/\n1 https://b:1 /s/\n"},
      {"whole URL", R"([{"targets": ["http://a:1/base/"], "labels": {"__scheme__": "https"}}])", "1 http://a:1/base\n"},
      {"root path", R"([{"targets": ["a"], "labels": {"__metrics_path__": "/"}}])", "1 http://a /\n"},
      {"byte order mark", "\xEF\xBB\xBF\r\n[{\"targets\":[\"a\"]}]\r\n", "2 http://a\n"},
  };
  for (const auto& row : table) {
    CAPTURE(row.label);
    CHECK(read(row.text) == row.expected);
  }
}

TEST_CASE("Every mistake in a file_sd list is told with its line", "[wire][nodes_file]") {
  struct {
    std::string_view label, text, expected;
  } const table[] = {
      {"not JSON", "[\n{\"targets\": [}\n]", "nodes.txt:2: this is not JSON: a value is missing"},
      {"cut short", "[\n\n", "nodes.txt:3: this is not JSON: the text ends too early"},
      {"more after it", "[]\n[]", "nodes.txt:2: something follows the closing bracket of the list"},
      {"no group", "[\n\"a:1\"]",
       R"(nodes.txt:2: a group is an object such as {"targets": ["10.0.0.5:8080"], "labels": {"site": "north"}})"},
      {"unknown key", "[{\"targets\":[],\n\"label\":{}}]",
       R"(nodes.txt:2: a group has "targets" and "labels", but no "label")"},
      {"no targets", R"([{"labels":{}}])", R"(nodes.txt:1: a group lacks its "targets")"},
      {"targets are a string", R"([{"targets":"a:1"}])", R"(nodes.txt:1: "targets" is a list of strings)"},
      {"target is a number", R"([{"targets":[1]}])", "nodes.txt:1: a target is a string, host:port or a URL"},
      {"labels are a list", R"([{"targets":[],"labels":[]}])", R"(nodes.txt:1: "labels" is an object of strings)"},
      {"label is a number", R"([{"targets":[],"labels":{"a":1}}])",
       "nodes.txt:1: a label has a name, and a string as its value"},
      {"label is repeated", R"([{"targets":[],"labels":{"a":"1","\u0061":"2"}}])",
       "nodes.txt:1: the label a is repeated"},
      {"scheme", R"([{"targets":[],"labels":{"__scheme__":"ftp"}}])",
       R"(nodes.txt:1: __scheme__ is "http" or "https")"},
      {"path", R"([{"targets":[],"labels":{"__metrics_path__":"/a?b"}}])",
       R"(nodes.txt:1: __metrics_path__ is a path such as "/data/summary", percent-encoded, without a query)"},
      {"labels after bad targets", "[{\"targets\":[\n1],\n\"labels\":\n[]}]",
       "nodes.txt:4: \"labels\" is an object of strings\nnodes.txt:2: a target is a string, host:port or a URL"},
      {"bad target, one of two lines", "[{\"targets\":[\"a:1\",\n\"b:99999\"]}]",
       R"(nodes.txt:2: "http://b:99999" has a port outside 1..65535)"},
  };
  for (const auto& row : table) {
    CAPTURE(row.label);
    CHECK(read(row.text) == row.expected);
  }
}

TEST_CASE("A group has at most 64 labels", "[wire][nodes_file]") {
  const auto with_labels = [](int count) {
    std::string labels;
    for (int i = 0; i < count; ++i) labels += fmt::format("{}\"l{}\":\"\"", i == 0 ? "" : ",", i);
    return read(fmt::format(R"([{{"targets":["a"],"labels":{{{}}}}}])", labels));
  };
  CHECK(with_labels(64).starts_with("1 http://a l0="));
  CHECK(with_labels(65) == "nodes.txt:1: more than 64 labels");
}

TEST_CASE("Names and values of labels have a limit", "[wire][nodes_file]") {
  const auto with_label = [](std::size_t name, std::size_t value) {
    return read(fmt::format(R"([{{"targets":["a"],"labels":{{"{}":"{}"}}}}])", std::string(name, 'n'),
                            std::string(value, 'v')));
  };
  CHECK(with_label(128, 1024).starts_with("1 http://a nnn"));
  CHECK(with_label(129, 1) == "nodes.txt:1: the name of label " + std::string(37, 'n') + "... is over 128 bytes");
  CHECK(with_label(1, 1025) == "nodes.txt:1: the value of label n is over 1024 bytes");
}

TEST_CASE("A list has at most 200 000 nodes, in either form", "[wire][nodes_file]") {
  std::string lines, targets;
  for (std::size_t i = 0; i < max_listed_nodes; ++i) {
    lines += "http://a\n";
    targets += "\"a\",";
  }
  CHECK(read(lines + "http://a\nhttp://a\n") ==
        "nodes.txt:200001: more than 200000 nodes; split them between gateways");
  CHECK(read("[{\"targets\":[" + targets + "\n\"a\",\"a\"]},{}]") ==
        "nodes.txt:2: more than 200000 nodes; split them between gateways");
}

TEST_CASE("No text brings the reader down, and a list reads back", "[wire][nodes_file]") {
  tests::holds_for_all("any text is read or refused", [](const std::string& text) {
    for (const auto& attempt : {text, "[" + text, "[{\"targets\":[\"" + text + "\"]}]"}) {
      const auto nodes = parse_nodes_file(attempt, "nodes.txt");
      RC_ASSERT((nodes || nodes.error().text.starts_with("nodes.txt:")));
    }
  });
  tests::holds_for_all("one URL a line gives as many nodes", [](const std::vector<std::uint16_t>& ports) {
    std::string lines, targets;
    for (const auto port : ports) {
      lines += fmt::format("http://node:{}\n", std::max<int>(port, 1));
      targets += fmt::format("{}\"node:{}\"", targets.empty() ? "" : ",\n", std::max<int>(port, 1));
    }
    const auto listed = parse_nodes_file(lines, "a");
    const auto grouped = parse_nodes_file("[{\"targets\":[" + targets + "]}]", "b");
    RC_ASSERT((listed && listed->size() == ports.size()));
    RC_ASSERT((grouped && *grouped == *listed));
  });
}

}  // namespace
}  // namespace edge_rollup::wire
