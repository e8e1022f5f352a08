// Input: a line whose bytes say how long the pieces are, then an HTTP answer. Read in these pieces it must come to the
// same as read whole, and no limit may be passed on the way.
#include "fuzz/fuzz_input.hpp"
#include "model/invariant.hpp"
#include "net/http_text.hpp"
#include "net/response_reader.hpp"

#include <algorithm>
#include <array>
#include <memory>
#include <numeric>
#include <optional>
#include <string>
#include <vector>

namespace {

using namespace edge_rollup;
using net::read_progress;

struct setting {
  net::response_limits limits;
  net::keep_fields keep;
};

/// The limits of a poll, and limits so small that short inputs reach them.
constexpr std::array settings = {
    setting{{}, net::keep_fields::none},
    setting{{128, 40, 24, 2, net::body_over_limit::fail}, net::keep_fields::all},
    setting{{128, 40, 24, 2, net::body_over_limit::cut}, net::keep_fields::all},
};

/// All that an answer came to. Messages may tell of different pieces.
struct reading {
  bool has_head = false, any_byte = false, encoded = false, body_cut = false, reusable = false;
  int status = 0;
  std::string reason;
  std::vector<net::response_reader::field> fields;
  std::string body;
  std::optional<model::failure_kind> failure;
  std::optional<int> http_status;

  friend bool operator==(const reading&, const reading&) = default;
};

std::vector<std::string_view> cut_up(std::string_view text, std::string_view lengths) {
  if (lengths.empty()) return {text};
  std::vector<std::string_view> pieces;
  for (std::size_t i = 0; !text.empty(); ++i) {
    const auto length = static_cast<unsigned char>(lengths[i % lengths.size()]) % 64U + 1U;
    pieces.push_back(text.substr(0, length));
    text.remove_prefix(pieces.back().size());
  }
  return pieces;
}

reading read(net::response_reader& reader, const std::vector<std::string_view>& pieces) {
  reading came;
  bool done = false;
  std::unique_ptr<char[]> buffer;  // of its own for each piece, so that a look at an older one is seen
  for (const auto piece : pieces) {
    auto next = std::make_unique<char[]>(piece.size());
    std::ranges::copy(piece, next.get());
    buffer = std::move(next);
    const bool ended = reader.feed({buffer.get(), piece.size()}) == read_progress::done;
    if (ended && !done) came.body = reader.body();
    done = ended;
  }
  const bool complete = reader.end_of_stream() == read_progress::done;
  if (complete && !done) came.body = reader.body();
  came.has_head = reader.has_head();
  came.any_byte = reader.any_byte();
  came.encoded = reader.encoded();
  came.body_cut = reader.body_cut();
  came.reusable = reader.reusable();
  came.status = reader.status();
  came.reason = reader.reason();
  came.fields = reader.fields();
  if (complete) return came;
  came.failure = reader.error().kind;
  came.http_status = reader.error().http_status;
  return came;
}

void check_answer(const reading& came, const setting& under) {
  using enum model::failure_kind;
  EDGE_ROLLUP_INVARIANT(came.body.size() <= under.limits.body_bytes);
  EDGE_ROLLUP_INVARIANT(net::is_field_text(came.reason));
  const std::size_t kept = std::accumulate(
      came.fields.begin(), came.fields.end(), came.reason.size(),
      [](std::size_t sum, const auto& field) { return sum + field.first.size() + field.second.size(); });
  EDGE_ROLLUP_INVARIANT(kept <= under.limits.head_bytes);
  for (const auto& [name, value] : came.fields) {
    EDGE_ROLLUP_INVARIANT(!name.empty() && std::ranges::all_of(name, net::is_token_char));
    EDGE_ROLLUP_INVARIANT(net::lower_case(name) == name && net::trimmed(value) == value && net::is_field_text(value));
  }
  if (came.failure) {
    EDGE_ROLLUP_INVARIANT(came.failure == protocol || came.failure == too_large || came.failure == reset);
    EDGE_ROLLUP_INVARIANT(!came.reusable && came.http_status.has_value() == came.has_head);
  } else {
    EDGE_ROLLUP_INVARIANT(came.has_head && came.status >= 200 && came.status <= 599);
    EDGE_ROLLUP_INVARIANT(!came.body_cut || under.limits.longer_body == net::body_over_limit::cut);
  }
}

void check(std::string_view input) {
  const std::string_view lengths = tests::take_line(input);
  for (const auto& under : settings) {
    net::response_reader reader{under.limits, under.keep};
    const auto whole = read(reader, {input});
    check_answer(whole, under);
    reader.restart();
    EDGE_ROLLUP_INVARIANT(read(reader, cut_up(input, lengths)) == whole);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  check(edge_rollup::tests::as_text(data, size));
  return 0;
}
