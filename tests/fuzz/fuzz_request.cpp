// Input: a line whose bytes say how long the pieces are, then HTTP requests. In any pieces the same ones must be read,
// and no more may be kept than the limits allow. Where reading ends may differ: what is wrong may show only later.
#include "fuzz/fuzz_input.hpp"
#include "model/invariant.hpp"
#include "net/request_reader.hpp"

#include <algorithm>
#include <string>
#include <vector>

namespace {

using namespace edge_rollup;
using progress = net::request_reader::progress;

constexpr net::request_limits small{64, 128, 32};

std::string in_one_text(const net::received_request& request) {
  std::string text = request.method + ' ' + request.target + ' ' + request.host + '\n';
  for (const auto& [name, value] : request.fields) text += name + ':' + value + '\n';
  return text + request.body;
}

std::vector<std::string> read(std::string_view text, std::string_view lengths) {
  net::request_reader reader(small);
  std::vector<std::string> requests;
  bool refused = false;
  std::string input;
  for (std::size_t i = 0; !text.empty() && !refused; ++i) {
    const auto length =
        lengths.empty() ? text.size() : static_cast<unsigned char>(lengths[i % lengths.size()]) % 64U + 1U;
    const auto piece = text.substr(0, length);
    text.remove_prefix(piece.size());
    input += piece;
    auto ended = reader.read(input);
    for (; ended == progress::complete; ended = reader.read(input)) {
      const auto request = reader.take();
      EDGE_ROLLUP_INVARIANT(request.body.size() <= small.body);
      requests.push_back(in_one_text(request));
    }
    refused = ended == progress::refused;
    const auto kept = small.head + small.body;
    EDGE_ROLLUP_INVARIANT(refused || input.size() <= kept);
    EDGE_ROLLUP_INVARIANT(!refused || reader.refusal().status >= 400);
  }
  return requests;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  auto text = tests::as_text(data, size);
  const auto lengths = tests::take_line(text);
  EDGE_ROLLUP_INVARIANT(read(text, lengths) == read(text, "@"));
  return 0;
}
