// Beast's parser does the grammar; the limits it does not have, and what a server has to check beyond it, stand here.
#include "net/request_reader.hpp"

#include "net/http_text.hpp"

#include <fmt/format.h>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include <algorithm>
#include <limits>
#include <utility>

namespace edge_rollup::net {
namespace {

namespace http = boost::beast::http;

constexpr std::string_view line_end = "\r\n";
constexpr std::size_t most_empty_lines = 8;  // before a request; RFC 9112 §2.2 asks for one

std::string text_of(boost::beast::string_view text) {
  return {text.data(), text.size()};
}

std::size_t empty_lines_at_front(std::string_view input) {
  std::size_t count = 0;
  while (input.substr(count * line_end.size()).starts_with(line_end)) ++count;
  return count;
}

/// Of the request line without its end, half of which may have come.
std::size_t line_size(std::string_view input) {
  const auto line = input.substr(0, input.find(line_end));
  return line.size() - (line.ends_with(line_end.front()) ? 1 : 0);
}

/// Of line and fields with their empty line, as far as they have come.
std::size_t head_size(std::string_view input) {
  constexpr std::string_view end = "\r\n\r\n";
  const auto at = input.find(end);
  return at == std::string_view::npos ? input.size() : at + end.size();
}

/// An absolute target names the host itself, and the Host field does not count (RFC 9112 §3.2.2).
void bring_into_origin_form(received_request& request) {
  constexpr std::string_view scheme = "http://";
  if (request.target.size() < scheme.size() || !equal_ignoring_case(request.target.substr(0, scheme.size()), scheme))
    return;
  const auto rest = request.target.substr(scheme.size());
  const auto authority_end = std::min(rest.find_first_of("/?"), rest.size());
  request.host = rest.substr(0, authority_end);
  request.target = rest.substr(authority_end);
  if (!request.target.starts_with('/')) request.target.insert(0, 1, '/');
}

}  // namespace

class request_reader::parsing {
 public:
  explicit parsing(const request_limits& limits) {
    parser.eager(true);
    parser.header_limit(
        static_cast<std::uint32_t>(std::min<std::size_t>(limits.head, std::numeric_limits<std::uint32_t>::max())));
    parser.body_limit(limits.body);
  }

  http::request_parser<http::string_body> parser;
};

request_reader::request_reader(request_limits limits) : limits_(limits), parsing_(std::make_unique<parsing>(limits)) {}
request_reader::request_reader(request_reader&&) noexcept = default;
request_reader& request_reader::operator=(request_reader&&) noexcept = default;
request_reader::~request_reader() = default;

request_reader::progress request_reader::read(std::string& input) {
  auto& parser = parsing_->parser;
  if (taken_ == 0) {
    const auto skipped = empty_lines_at_front(input);
    input.erase(0, skipped * line_end.size());
    empty_lines_ += skipped;
    if (empty_lines_ > most_empty_lines) {
      return refuse(400, fmt::format("more than {} empty lines stand before the request", most_empty_lines));
    }
    if (line_end.starts_with(input)) return progress::incomplete;
    if (line_size(input) > limits_.line) {
      return refuse(414, fmt::format("the request line is longer than {} bytes", limits_.line));
    }
  }
  if (!parser.is_header_done() && taken_ + head_size(input) > limits_.head) {
    return refuse_because(http::error::header_limit);
  }
  boost::system::error_code failed;
  const auto used = parser.put(boost::asio::const_buffer(input.data(), input.size()), failed);
  taken_ += used;
  input.erase(0, used);
  if (failed && failed != http::error::need_more) return refuse_because(failed);
  if (parser.is_header_done() && expectation_ == expectation::unknown) {
    if (const auto checked = check_head(); checked == progress::refused) return checked;
  }
  return parser.is_done() ? progress::complete : progress::incomplete;
}

request_reader::progress request_reader::refuse_because(const boost::system::error_code& failed) {
  if (failed == http::error::header_limit) {
    return refuse(431, fmt::format("the header fields are longer than {} bytes", limits_.head));
  }
  if (failed == http::error::body_limit) {
    return refuse(413, fmt::format("the content is longer than {} bytes", limits_.body));
  }
  if (failed == http::error::bad_version) return refuse(505, "only HTTP/1.0 and HTTP/1.1 are spoken here");
  return refuse(400, "this is no HTTP request: " + failed.message());
}

request_reader::progress request_reader::check_head() {
  const auto& head = parsing_->parser.get();
  expectation_ = expectation::none;
  const auto hosts = head.count(http::field::host);
  if (hosts > 1 || (hosts == 0 && head.version() >= 11)) {
    return refuse(400, "a request names its Host once (RFC 9112 section 3.2)");
  }
  if (head.count(http::field::transfer_encoding) > 0) {
    return refuse(411, "content is taken with a Content-Length only");  // RFC 9110 §15.5.12 allows that
  }
  if (const auto expect = head[http::field::expect]; !expect.empty()) {
    if (!equal_ignoring_case(text_of(expect), "100-continue")) {
      return refuse(417, "only 100-continue can be expected");
    }
    if (head.version() >= 11) expectation_ = expectation::waits;
  }
  return progress::incomplete;
}

bool request_reader::expects_continue() {
  if (expectation_ != expectation::waits) return false;
  expectation_ = expectation::told;
  return true;
}

received_request request_reader::take() {
  auto came = parsing_->parser.release();
  received_request request;
  request.method = text_of(came.method_string());
  request.target = text_of(came.target());
  request.host = text_of(came[http::field::host]);
  for (const auto& each : came) request.fields.emplace_back(text_of(each.name_string()), text_of(each.value()));
  request.then = came.keep_alive() ? after_answer::keep_alive : after_answer::close;
  request.body = std::move(came.body());
  bring_into_origin_form(request);
  *this = request_reader(limits_);
  return request;
}

request_reader::progress request_reader::refuse(int status, std::string detail) {
  refusal_ = {status, std::move(detail)};
  return progress::refused;
}

}  // namespace edge_rollup::net
