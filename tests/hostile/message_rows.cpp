// Answers that are not HTTP, or not quite: status lines, headers, lengths, chunks, interim answers (RFC 9112).
#include "hostile/row.hpp"

#include <zlib.h>

#include <stdexcept>

using namespace std::string_literals;

namespace edge_rollup::tests {
namespace {

using enum model::failure_kind;

const std::string ok_head = "HTTP/1.1 200 OK\r\n";
const std::string chunked_head = ok_head + "Transfer-Encoding: chunked\r\n\r\n";
const std::string good_body = R"({"record_count": 5, "quality_score": 0.5})";
const std::string good_answer = ok_answer(good_body);
const std::string kilobyte(1024, 'x');
constexpr std::size_t huge_body = 100'000'000;

const registered_rows not_http(
    "not HTTP",
    {
        {"HTTP/0.9", says_and_closes("<html>hello</html>"), {protocol, "not an HTTP/1.x answer"}},
        {"HTTP/0.9 with a summary", says_and_closes(good_body), {protocol, "not an HTTP/1.x answer"}},
        {"an HTTP/2 preface", says("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), {protocol, "not an HTTP/1.x answer"}},
        {"HTTP/2 settings", says("\0\0\x12\x04\0\0\0\0\0"s), {protocol, "not an HTTP/1.x answer"}},
        {"HTTP/2 in words", says("HTTP/2 200 OK\r\n\r\n"), {protocol, "not an HTTP/1.x answer"}},
        {"garbage", says("\xde\xad\xbe\xef\r\n\x1b[2J"), {protocol, "not an HTTP/1.x answer"}},
        {"garbage without an end", says_without_end("", "\xff\xfe\xfd"), {protocol, "not an HTTP/1.x answer"}},
        {"nothing but NUL", says_without_end("", std::string(512, '\0')), {protocol, "not an HTTP/1.x answer"}},
        {"empty lines without an end", says_without_end("", "\r\n"), {protocol, "not an HTTP/1.x answer"}},
        {"another protocol", says("SSH-2.0-OpenSSH_9.2\r\n"), {protocol, "not an HTTP/1.x answer"}},
        {"an answer of the TLS alert protocol",
         says("\x15\x03\x01\0\x02\x02\x46"s),
         {protocol, "not an HTTP/1.x answer"}},
        {"the request itself", says("GET /data/summary HTTP/1.1\r\n\r\n"), {protocol, "not an HTTP/1.x answer"}},
        {"a status of two digits", says("HTTP/1.1 20 OK\r\n\r\n"), {protocol, "bad status line"}},
        {"a status of four digits", says("HTTP/1.1 2000 OK\r\n\r\n"), {protocol, "bad status line"}},
        {"status 000", says("HTTP/1.1 000 Zero\r\n\r\n"), {protocol, "status outside 100..599"}},
        {"status 999", says("HTTP/1.1 999 Nine\r\n\r\n"), {protocol, "status outside 100..599"}},
        {"NUL in the status line", says("HTTP/1.1 200 O\0K\r\n\r\n"s), {protocol, "bad status line"}},
        {"ESC in the status line", says("HTTP/1.1 200 \x1b]0;title\x07\r\n\r\n"), {protocol, "bad status line"}},
        {"a bare CR in the status line", says("HTTP/1.1 200 OK\rfake line\r\n\r\n"), {protocol, "bad status line"}},
    });

const registered_rows headers(
    "header",
    {
        {"endless header lines", says_without_end(ok_head, "A: b\r\n"), {too_large, "header is over 16384 bytes"}},
        {"an over-long header line", says_without_end(ok_head + "X: ", kilobyte), {too_large, "header is over"}},
        {"an over-long status line", says_without_end("HTTP/1.1 200 ", kilobyte), {too_large, "header is over"}},
        {"a folded line", says(ok_head + "A: b\r\n c\r\n\r\n"), {protocol, "folded header line"}},
        {"a folded length", says(ok_head + "Content-Length:\r\n 41\r\n\r\n" + good_body), {protocol, ""}},
        {"NUL in a value", says(ok_head + "A: b\0c\r\n\r\n"s), {protocol, "bad header line"}},
        {"NUL in a name", says(ok_head + "A\0: b\r\n\r\n"s), {protocol, "bad header line"}},
        {"ESC in a value", says(ok_head + "A: \x1b[2J\r\n\r\n"), {protocol, "bad header line"}},
        {"a bare CR in a value", says(ok_head + "A: b\rC: d\r\n\r\n"), {protocol, "bad header line"}},
        {"space before the colon", says(ok_head + "Content-Length : 41\r\n\r\n"), {protocol, "bad header line"}},
        {"no colon", says(ok_head + "nonsense\r\n\r\n"), {protocol, "bad header line"}},
        {"no name", says(ok_head + ": b\r\n\r\n"), {protocol, "bad header line"}},
        {"gzip that nobody asked for",
         says(ok_head + "Content-Encoding: gzip\r\nContent-Length: 4\r\n\r\n\x1f\x8b\x08\x01"),
         {protocol, "Content-Encoding"}},
        {"gzip as transfer coding",
         says(ok_head + "Transfer-Encoding: gzip, chunked\r\n\r\n"),
         {protocol, "transfer coding"}},
    });

const registered_rows lengths(
    "length",
    {
        {"too short", says(ok_head + "Content-Length: 40\r\n\r\n" + good_body), {bad_json, "ends too early"}},
        {"zero before a body", says(ok_head + "Content-Length: 0\r\n\r\n" + good_body), {bad_json, "empty"}},
        {"too long, and the peer waits",
         says(ok_head + "Content-Length: 42\r\n\r\n" + good_body),
         {timeout, "while reading the answer"}},
        {"too long, and the peer closes",
         says_and_closes(ok_head + "Content-Length: 42\r\n\r\n" + good_body),
         {reset, "after 41 bytes"}},
        {"twice the same",
         says(ok_head + "Content-Length: 41\r\nContent-Length: 41\r\n\r\n" + good_body),
         {protocol, "two Content-Length"}},
        {"twice with two values",
         says(ok_head + "Content-Length: 41\r\nContent-Length: 2\r\n\r\n" + good_body),
         {protocol, "two Content-Length"}},
        {"a list", says(ok_head + "Content-Length: 41, 41\r\n\r\n" + good_body), {protocol, "bad Content-Length"}},
        {"a plus sign", says(ok_head + "Content-Length: +41\r\n\r\n" + good_body), {protocol, "bad Content-Length"}},
        {"a minus sign", says(ok_head + "Content-Length: -41\r\n\r\n" + good_body), {protocol, "bad Content-Length"}},
        {"hexadecimal", says(ok_head + "Content-Length: 0x29\r\n\r\n" + good_body), {protocol, "bad Content-Length"}},
        {"with a fraction",
         says(ok_head + "Content-Length: 41.0\r\n\r\n" + good_body),
         {protocol, "bad Content-Length"}},
        {"empty", says(ok_head + "Content-Length:\r\n\r\n" + good_body), {protocol, "bad Content-Length"}},
        {"2^64", says(ok_head + "Content-Length: 18446744073709551616\r\n\r\n"), {protocol, "bad Content-Length"}},
        {"2^64-1", says(ok_head + "Content-Length: 18446744073709551615\r\n\r\n"), {too_large, "body is over 65536"}},
        {"beside chunked",
         says(ok_head + "Content-Length: 41\r\nTransfer-Encoding: chunked\r\n\r\n29\r\n" + good_body + "\r\n0\r\n\r\n"),
         {protocol, "beside chunked"}},
        {"behind chunked",
         says(ok_head + "Transfer-Encoding: chunked\r\nContent-Length: 41\r\n\r\n29\r\n" + good_body + "\r\n0\r\n\r\n"),
         {protocol, "beside chunked"}},
        {"100 MB",
         [](peer_connection& peer) {
           if (peer.request().empty()) return;
           peer.send(ok_head + "Content-Length: 100000000\r\n\r\n");
           for (std::size_t sent = 0; sent < huge_body && peer.send(kilobyte); sent += kilobyte.size()) {
           }
         },
         {too_large, "100000000 more are announced"}},
        {"an endless body that only its close ends",
         says_without_end(ok_head + "\r\n", kilobyte),
         {too_large, "body is over 65536"}},
    });

const registered_rows chunks(
    "chunk",
    {
        {"a good chunked answer", says(chunked_head + "29\r\n" + good_body + "\r\n0\r\n\r\n"), {}},
        {"endless chunks", says_without_end(chunked_head, "400\r\n" + kilobyte + "\r\n"), {too_large, "body is over"}},
        {"endless chunks of one byte", says_without_end(chunked_head, "1\r\nx\r\n"), {too_large, "body is over"}},
        {"a size with a plus sign", says(chunked_head + "+29\r\n" + good_body), {protocol, "bad chunk size"}},
        {"a size with a minus sign", says(chunked_head + "-1\r\n"), {protocol, "bad chunk size"}},
        {"a size with 0x", says(chunked_head + "0x29\r\n" + good_body), {protocol, "bad chunk size"}},
        {"a size with an underscore", says(chunked_head + "2_9\r\n" + good_body), {protocol, "bad chunk size"}},
        {"a size with space in front", says(chunked_head + " 29\r\n" + good_body), {protocol, "bad chunk size"}},
        {"a size that is empty", says(chunked_head + "\r\n"), {protocol, "bad chunk size"}},
        {"a size in words", says(chunked_head + "many\r\n"), {protocol, "bad chunk size"}},
        {"a size that overflows 64 bits",
         says(chunked_head + "10000000000000029\r\n" + good_body),
         {protocol, "bad chunk size"}},
        {"a size of 2^64-1", says(chunked_head + "FFFFFFFFFFFFFFFF\r\n"), {too_large, "body is over"}},
        {"a size over the limit", says(chunked_head + "10001\r\n"), {too_large, "body is over"}},
        {"a size of endless zeros",
         says_without_end(chunked_head, "0000"),
         {too_large, "chunk extensions and trailers"}},
        {"longer than its size",
         says(chunked_head + "28\r\n" + good_body + "\r\n0\r\n\r\n"),
         {protocol, "longer than its size"}},
        {"an endless extension",
         says_without_end(chunked_head + "29;", kilobyte),
         {too_large, "chunk extensions and trailers"}},
        {"extensions on endless chunks",
         says_without_end(chunked_head, "1;" + std::string(100, 'e') + "\r\nx\r\n"),
         {too_large, "chunk extensions and trailers"}},
        {"endless trailers",
         says_without_end(chunked_head + "29\r\n" + good_body + "\r\n0\r\n", "A: b\r\n"),
         {too_large, "chunk extensions and trailers"}},
        {"an over-long trailer",
         says_without_end(chunked_head + "29\r\n" + good_body + "\r\n0\r\nX: ", kilobyte),
         {too_large, "chunk extensions and trailers"}},
        {"a trailer that is none",
         says(chunked_head + "29\r\n" + good_body + "\r\n0\r\nno trailer\r\n\r\n"),
         {protocol, "bad trailer line"}},
        {"under HTTP/1.0",
         says("HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n29\r\n" + good_body + "\r\n0\r\n\r\n"),
         {protocol, "transfer coding"}},
        {"chunked twice",
         says(ok_head + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n"),
         {protocol, "transfer coding"}},
    });

const std::string interim = "HTTP/1.1 100 Continue\r\n\r\n";

const registered_rows interim_answers(
    "interim",
    {
        {"one", says(interim + good_answer), {}},
        {"eight", says(repeated("HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n", 8) + good_answer), {}},
        {"nine", says(repeated(interim, 9) + good_answer), {protocol, "more than 8 interim answers"}},
        {"without an end", says_without_end("", interim), {protocol, "more than 8 interim answers"}},
        {"with endless headers",
         says_without_end("HTTP/1.1 103 Early Hints\r\n", "A: b\r\n"),
         {too_large, "header is over"}},
        {"a switch of protocols", says("HTTP/1.1 101 Switching Protocols\r\n\r\n"), {protocol, "switches protocols"}},
    });

/// `size` blanks in gzip form.
std::string gzip_bomb(std::size_t size) {
  std::string packed(64 * 1024, '\0');
  std::string blanks(size, ' ');
  ::z_stream stream{};
  constexpr int gzip_window = 15 + 16;
  bool good = ::deflateInit2(&stream, Z_BEST_SPEED, Z_DEFLATED, gzip_window, 8, Z_DEFAULT_STRATEGY) == Z_OK;
  stream.next_in = reinterpret_cast<::Bytef*>(blanks.data());
  stream.avail_in = static_cast<::uInt>(blanks.size());
  stream.next_out = reinterpret_cast<::Bytef*>(packed.data());
  stream.avail_out = static_cast<::uInt>(packed.size());
  good = good && ::deflate(&stream, Z_FINISH) == Z_STREAM_END;
  packed.resize(stream.total_out);
  ::deflateEnd(&stream);
  if (!good) throw std::runtime_error("zlib made no bomb");
  return packed;
}

script sends_bomb(std::string coding) {
  return [coding = std::move(coding)](peer_connection& peer) {
    const auto packed = gzip_bomb(10'000'000);
    says(ok_head + coding + "Content-Length: " + std::to_string(packed.size()) + "\r\n\r\n" + packed)(peer);
  };
}

const registered_rows bombs(
    "gzip bomb", {
                     {"said to be gzip", sends_bomb("Content-Encoding: gzip\r\n"), {protocol, "Content-Encoding"}},
                     {"not said to be gzip", sends_bomb(""), {bad_json, "not JSON"}},
                 });

}  // namespace
}  // namespace edge_rollup::tests
