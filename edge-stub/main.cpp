// The command line of edge-stub. The only file here that sees CLI11, which is slow to compile.
#include "edge-stub/demo.hpp"
#include "edge-stub/programs.hpp"

#include "config/duration.hpp"
#include "config/suggestion.hpp"

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include <charconv>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <string>
#include <string_view>
#include <vector>

namespace edge_rollup::stub {
namespace {

// Exit codes of sysexits.h.
constexpr int exit_ok = 0;
constexpr int exit_usage = 64;
constexpr int exit_no_input = 66;
constexpr int exit_unavailable = 69;
constexpr int exit_bug = 70;
constexpr int exit_disk = 74;
constexpr int exit_no_permission = 77;
constexpr int exit_config = 78;

constexpr std::size_t help_column = 24;

void complain(std::string_view what) {
  fmt::print(stderr, "edge-stub: {}\n", what);
}

int exit_code(model::error_kind kind) noexcept {
  switch (kind) {
    case model::error_kind::usage: return exit_usage;
    case model::error_kind::no_input: return exit_no_input;
    case model::error_kind::unavailable: return exit_unavailable;
    case model::error_kind::disk: return exit_disk;
    case model::error_kind::permission: return exit_no_permission;
    case model::error_kind::config: return exit_config;
    default: return exit_bug;
  }
}

/// CLI11 shows what this throws as the flag's error.
model::milliseconds duration_from(const std::string& text) {
  const auto span = config::parse_duration(text);
  if (!span) throw CLI::ValidationError(span.error().text);
  return *span;
}

/// "127.0.0.1:8080".
boost::asio::ip::tcp::endpoint place_from(const std::string& text) {
  const auto colon = text.rfind(':');
  boost::system::error_code failed;
  const auto address = boost::asio::ip::make_address_v4(text.substr(0, colon), failed);
  std::uint16_t port = 0;
  const char* const end = text.data() + text.size();
  const char* const digits = colon == std::string::npos ? end : text.data() + colon + 1;
  const auto [parsed, bad] = std::from_chars(digits, end, port);
  if (failed || bad != std::errc{} || parsed != end) {
    throw CLI::ValidationError(fmt::format("'{}' is not ADDR:PORT with an IPv4 address, as in 127.0.0.1:8080", text));
  }
  return {address, port};
}

const behaviour& behaviour_from(const std::string& text) {
  if (const behaviour* known = behaviour_named(text)) return *known;
  std::vector<std::string> names;
  for (const behaviour& known : behaviours) names.emplace_back(known.name);
  throw CLI::ValidationError(fmt::format("unknown behaviour '{}'{}", text, config::did_you_mean(text, names)));
}

struct command_line {
  node_options node;
  std::string nodes_file;
  ingest_options ingest;
  demo_options demo;
};

void add_listen(CLI::App& command, boost::asio::ip::tcp::endpoint& place, const std::string& standard) {
  place = place_from(standard);
  const auto take = [&place](const std::string& text) { place = place_from(text); };
  command
      .add_option_function<std::string>("--listen", take, fmt::format("first address; port 0 picks one [{}]", standard))
      ->type_name("ADDR:PORT");
}

void add_duration(CLI::App& command, const std::string& flag, model::milliseconds& span, const std::string& meaning) {
  const auto take = [&span](const std::string& text) { span = duration_from(text); };
  command.add_option_function<std::string>(flag, take, meaning)->type_name("TIME");
}

void add_share(CLI::App& command, const std::string& flag, double& share, const std::string& meaning) {
  command.add_option(flag, share, meaning)->type_name("0..1")->check(CLI::Range(0.0, 1.0).description(""));
}

void add_tls(CLI::App& command, tls_files& files) {
  auto* const certificate =
      command.add_option("--tls-cert", files.certificate, "speak https with this certificate")->type_name("FILE");
  auto* const key = command.add_option("--tls-key", files.key, "its key; both are PEM")->type_name("FILE");
  certificate->needs(key);
  key->needs(certificate);
}

void add_node(CLI::App& program, command_line& line) {
  constexpr std::uint32_t most_nodes = 200'000;
  CLI::App& command = *program.add_subcommand("node", "Stub nodes, each on an address of its own");
  add_listen(command, line.node.listen, "127.0.0.1:8080");
  command.add_option("--count", line.node.count, "nodes, on addresses counting up [1]")
      ->type_name("N")
      ->check(CLI::Range(std::uint32_t{1}, most_nodes).description(""));
  command.add_option("--records", line.node.records, "about so many records each [1000]")->type_name("N");
  add_share(command, "--quality", line.node.quality, "about this quality score [0.95]");
  add_share(command, "--fail-rate", line.node.fail_rate, "share of requests answered with 503 [0]");
  add_duration(command, "--delay", line.node.delay, "wait before each answer, e.g. 50ms [0s]");
  command.add_option("--seed", line.node.seed, "the same seed gives the same numbers [1]")->type_name("S");
  const auto behave = [&line](const std::string& text) { line.node.manner = behaviour_from(text); };
  command.add_option_function<std::string>("--behave", behave, "one of the behaviours below [ok]")->type_name("KIND");
  command.add_option("--nodes-file", line.nodes_file, "write the URLs there, not on stdout")->type_name("FILE");
  add_tls(command, line.node.tls);
  std::string list = "Behaviours:\n";
  for (const behaviour& known : behaviours) list += fmt::format("  {:<12} {}\n", known.name, known.description);
  command.footer(list);
}

void add_ingest(CLI::App& program, command_line& line) {
  constexpr std::int64_t longest_retry_after = 86'400;
  CLI::App& command = *program.add_subcommand("ingest", "A stub cloud that takes rollups");
  add_listen(command, line.ingest.listen, "127.0.0.1:8088");
  command.add_option("--status", line.ingest.status, "answer this status to all [202]")
      ->type_name("CODE")
      ->check(CLI::Range(200, 599).description(""));
  add_share(command, "--fail-rate", line.ingest.fail_rate, "share of requests answered with 503 [0]");
  const auto retry_after = [&line](std::int64_t span) { line.ingest.retry_after = std::chrono::seconds{span}; };
  command.add_option_function<std::int64_t>("--retry-after", retry_after, "seconds, sent with 429 and 503")
      ->type_name("S")
      ->check(CLI::Range(std::int64_t{0}, longest_retry_after).description(""));
  command.add_option("--seed", line.ingest.seed, "the same seed fails the same requests [1]")->type_name("S");
  command.add_option("--store", line.ingest.store, "append a JSON line for each request")->type_name("FILE");
  add_tls(command, line.ingest.tls);
}

void add_demo(CLI::App& program, command_line& line) {
  constexpr std::uint32_t most_nodes = 1'000;
  constexpr std::uint32_t most_rounds = 10'000;
  CLI::App& command = *program.add_subcommand("demo", "The daemon at work between stubs");
  command.add_option("--nodes", line.demo.nodes, "stub nodes [5]")
      ->type_name("N")
      ->check(CLI::Range(std::uint32_t{1}, most_nodes).description(""));
  add_duration(command, "--interval", line.demo.interval, "between two rounds [2s]");
  command.add_option("--rounds", line.demo.rounds, "end after so many [12]")
      ->type_name("N")
      ->check(CLI::Range(std::uint32_t{1}, most_rounds).description(""));
  command.add_option("--daemon", line.demo.daemon, "the edge-rollup program to show")->type_name("FILE");
}

/// Every word the program understands at this place, to suggest one.
std::vector<std::string> known_words(const CLI::App& program) {
  std::vector<std::string> words{"--help", "--version"};
  const auto used = program.get_subcommands();
  const CLI::App& command = used.empty() ? program : *used.front();
  for (const CLI::App* sub : command.get_subcommands([](const CLI::App*) { return true; }))
    words.push_back(sub->get_name());
  for (const CLI::Option* option : command.get_options()) words.push_back(option->get_name());
  return words;
}

/// What is wrong with the command line, in one line.
std::string explain(const CLI::App& program, const CLI::ParseError& error) {
  const bool has_command = !program.get_subcommands().empty();
  const auto unknown = program.remaining(true);
  if (unknown.empty()) return has_command ? error.what() : "a command is missing: node, ingest or demo (see --help)";
  const std::string& word = unknown.front();
  const std::string_view kind = word.starts_with('-') ? "flag" : has_command ? "argument" : "command";
  return fmt::format("unknown {} '{}'{}", kind, word, config::did_you_mean(word, known_words(program)));
}

int run(const CLI::App& program, const command_line& line) {
  model::result<bool> well = true;
  if (program.got_subcommand("demo")) {
    well = run_demo(line.demo);
  } else {
    const auto served =
        program.got_subcommand("node") ? run_nodes(line.node, line.nodes_file) : run_ingest(line.ingest);
    if (!served) well = std::unexpected(served.error());
  }
  if (!well) {
    complain(well.error().text);
    return exit_code(well.error().kind);
  }
  return *well ? exit_ok : exit_unavailable;
}

int main_program(int count, char** words) {
  CLI::App program("Stub nodes and a stub cloud for trying and testing edge-rollup.", "edge-stub");
  program.get_formatter()->column_width(help_column);
  program.set_version_flag("--version", "edge-stub " EDGE_ROLLUP_VERSION);
  program.require_subcommand(1);
  command_line line;
  add_node(program, line);
  add_ingest(program, line);
  add_demo(program, line);
  try {
    program.parse(count, words);
  } catch (const CLI::Success& wanted) {  // --help and --version
    return program.exit(wanted);
  } catch (const CLI::ParseError& error) {
    complain(explain(program, error));
    return exit_usage;
  }
  return run(program, line);
}

}  // namespace
}  // namespace edge_rollup::stub

int main(int count, char** words) {
  try {
    return edge_rollup::stub::main_program(count, words);
  } catch (const std::exception& failure) {
    edge_rollup::stub::complain(failure.what());
    return edge_rollup::stub::exit_bug;
  }
}
