// Input: a reason phrase, a content type, and the rest is the body of a refusal. What the log shows of it must be one
// short line of text, and the sentence of a problem+json body must arrive in it.
#include "deliver/cloud_words.hpp"
#include "fuzz/fuzz_input.hpp"
#include "model/invariant.hpp"
#include "wire/problem_json.hpp"
#include "wire/utf8.hpp"

#include <nlohmann/json.hpp>

#include <string>

namespace {

using namespace edge_rollup;

void check_line(std::string_view words) {
  EDGE_ROLLUP_INVARIANT(words.size() <= deliver::cloud_words_max_bytes);
  EDGE_ROLLUP_INVARIANT(!words.starts_with(' ') && !words.ends_with(' ') && !words.contains("  "));
  while (!words.empty()) {
    const auto length = wire::utf8_length(words);
    EDGE_ROLLUP_INVARIANT(length > 0);
    EDGE_ROLLUP_INVARIANT(!wire::is_unsafe_to_show(wire::code_point(words.substr(0, length))));
    words.remove_prefix(length);
  }
}

/// `title` and `detail` are UTF-8.
std::string problem(std::string_view title, std::string_view detail) {
  const nlohmann::json body = {{"type", "about:blank"}, {"title", title}, {"detail", detail}, {"status", 422}};
  return body.dump();
}

void check_problem(std::string_view reason, std::string_view body) {
  const auto title = wire::to_valid_utf8(reason, reason.size());
  const auto detail = wire::to_valid_utf8(body, body.size());
  const bool both = !title.empty() && !detail.empty();
  EDGE_ROLLUP_INVARIANT(wire::problem_text(problem(title, detail)) == (both ? title + ": " + detail : title + detail));
}

void check_other_json(std::string_view body) {
  const bool is_object = nlohmann::json::parse(body, nullptr, false).is_object();
  const auto text = wire::problem_text(body);
  EDGE_ROLLUP_INVARIANT(text.empty() || is_object);
  EDGE_ROLLUP_INVARIANT(text.size() <= body.size() + std::string_view{": "}.size());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view body = tests::as_text(data, size);
  const auto reason = tests::take_line(body);
  const auto content_type = tests::take_line(body);
  const auto words = deliver::cloud_words(reason, {content_type, {}, body});
  check_line(words);
  EDGE_ROLLUP_INVARIANT(deliver::cloud_words(words, {}) == words);
  check_problem(reason, body);
  check_other_json(body);
  return 0;
}
