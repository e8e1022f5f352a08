// Input: a configuration file. It is read alone and beside a secret; whatever comes of it, messages are lines of text,
// what is shown is YAML again, and neither holds the secret or what a file that is referred to holds.
#include "config/layers.hpp"
#include "config/make_config.hpp"
#include "config/show.hpp"
#include "fuzz/fuzz_input.hpp"
#include "model/invariant.hpp"
#include "wire/utf8.hpp"

#include <optional>
#include <string>

namespace {

using namespace edge_rollup;

constexpr std::string_view secret = "Zx9S3cr3t";

config::reference_sources references() {
  return {
      .environment =
          [](const std::string& name) { return name == "SITE" ? std::optional<std::string>{"north"} : std::nullopt; },
      .file = [](const std::string&) { return model::result<std::string>{secret}; },
      .check_file = [](const std::string&) { return model::result<void>{}; },
  };
}

void check_lines(std::string_view text) {
  while (!text.empty()) {
    std::string_view line = tests::take_line(text);
    while (!line.empty()) {
      const auto length = wire::utf8_length(line);
      EDGE_ROLLUP_INVARIANT(length > 0);
      const bool is_tab = line.starts_with('\t');  // shown as the file has it, so that carets stand where they should
      EDGE_ROLLUP_INVARIANT(is_tab || !wire::is_unsafe_to_show(wire::code_point(line.substr(0, length))));
      line.remove_prefix(length);
    }
  }
}

void check_shown(std::string text) {
  EDGE_ROLLUP_INVARIANT(!text.contains(secret));
  check_lines(text);
  config::source_text source{config::source_kind::file, "shown.yaml", std::move(text)};
  config::mistakes wrong;
  [[maybe_unused]] const auto read = config::parse_yaml(source, wrong);
  EDGE_ROLLUP_INVARIANT(wrong.count() == 0);
}

void check(std::string text) {
  config::layers layers{references()};
  layers.add_file("gateway.yaml", std::move(text));
  const auto made = config::make_config(layers, {.for_what = config::purpose::run, .named = {}, .rounds = {}});
  if (!made) {
    EDGE_ROLLUP_INVARIANT(!made.error().text.empty() && !made.error().text.contains(secret));
    check_lines(made.error().text);
  }
  check_shown(config::effective_text(layers.effective()));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text{tests::as_text(data, size)};
  if (text.contains(secret)) return 0;
  check(text);
  check("poll: {auth: {bearer_token: " + std::string{secret} + "}}\n" + text);
  return 0;
}
