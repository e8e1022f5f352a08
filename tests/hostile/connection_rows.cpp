// What a peer can do with a connection before it is about HTTP at all: refuse, hang, trickle, close, reset.
#include "hostile/row.hpp"

using namespace std::chrono_literals;

namespace edge_rollup::tests {
namespace {

using enum model::failure_kind;

constexpr auto drip_pause = 20ms;
constexpr auto good_body = R"({"record_count": 5, "quality_score": 0.5})";
const std::string good_answer = ok_answer(good_body);
const std::string half_answer = good_answer.substr(0, 60);

/// Begins with `text`, then is silent.
script hangs_after(std::string text) {
  return [text = std::move(text)](peer_connection& peer) {
    if (!peer.request().empty() && peer.send(text)) peer.wait_for_close();
  };
}

/// Sends `head` at once and one byte after the other from then on.
script drips_after(std::string head) {
  return [head = std::move(head)](peer_connection& peer) {
    if (peer.request().empty() || !peer.send(head)) return;
    while (peer.linger(drip_pause) && peer.send("x")) {
    }
  };
}

script resets_after(std::string text) {
  return [text = std::move(text)](peer_connection& peer) {
    peer.reset_on_close();
    if (!peer.request().empty()) peer.send(text);
  };
}

script half_closes_after(std::string text) {
  return [text = std::move(text)](peer_connection& peer) {
    if (peer.request().empty() || !peer.send(text)) return;
    peer.half_close();
    peer.wait_for_close();
  };
}

const registered_rows rows(
    "connection",
    {
        {"refuses", {}, {connect, "refused"}},
        {"accepts and hangs", hangs_after(""), {timeout, "while waiting for the answer"}},
        {"accepts and hangs without reading",
         [](peer_connection& peer) { peer.wait_for_close(); },
         {timeout, "while waiting for the answer"}},
        {"hangs in the status line", hangs_after("HTTP/1.1 2"), {timeout, "while reading the answer"}},
        {"hangs in the headers", hangs_after("HTTP/1.1 200 OK\r\nContent-Le"), {timeout, "while reading the answer"}},
        {"hangs after the headers",
         hangs_after("HTTP/1.1 200 OK\r\nContent-Length: 41\r\n\r\n"),
         {timeout, "while reading the answer"}},
        {"hangs in the body", hangs_after(half_answer), {timeout, "while reading the answer"}},
        {"hangs in a chunk",
         hangs_after("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab"),
         {timeout, "while reading the answer"}},
        {"hangs before the last chunk",
         hangs_after("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n"),
         {timeout, "while reading the answer"}},
        {"hangs in a body that only its close ends",
         hangs_after("HTTP/1.1 200 OK\r\n\r\n{}"),
         {timeout, "while reading the answer"}},
        {"hangs after an interim answer",
         hangs_after("HTTP/1.1 102 Processing\r\n\r\n"),
         {timeout, "while reading the answer"}},
        {"drips its status line", drips_after("HTTP/1.1 200 "), {timeout, "while reading the answer"}},
        {"drips its headers", drips_after("HTTP/1.1 200 OK\r\nX: "), {timeout, "while reading the answer"}},
        {"drips its body",
         drips_after("HTTP/1.1 200 OK\r\nContent-Length: 60000\r\n\r\n"),
         {timeout, "while reading the answer"}},
        {"closes at once", [](peer_connection&) {}, {reset, ""}},
        {"closes instead of answering", says_and_closes(""), {reset, "before any answer"}},
        {"closes in the status line", says_and_closes("HTTP/1.1 20"), {reset, "middle of the answer's header"}},
        {"closes in the headers",
         says_and_closes("HTTP/1.1 200 OK\r\nA: b\r\n"),
         {reset, "middle of the answer's header"}},
        {"closes after the headers",
         says_and_closes("HTTP/1.1 200 OK\r\nContent-Length: 41\r\n\r\n"),
         {reset, "in the middle of the answer's body, after 0 bytes"}},
        {"closes in the body", says_and_closes(half_answer), {reset, "in the middle of the answer's body"}},
        {"closes after the headers where the close ends the body",
         says_and_closes("HTTP/1.1 200 OK\r\n\r\n"),
         {bad_json, "the answer is empty"}},
        {"closes before the last chunk",
         says_and_closes("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n"),
         {reset, "in the middle of the answer's body, after 2 bytes"}},
        {"closes after an interim answer",
         says_and_closes("HTTP/1.1 100 Continue\r\n\r\n"),
         {reset, "middle of the answer's header"}},
        {"resets instead of answering", resets_after(""), {reset, "reset"}},
        {"resets in the headers", resets_after("HTTP/1.1 200 OK\r\nConte"), {reset, ""}},
        {"resets in the body", resets_after(half_answer), {reset, ""}},
        {"half closes instead of answering", half_closes_after(""), {reset, "before any answer"}},
        {"half closes in the body", half_closes_after(half_answer), {reset, "in the middle of the answer's body"}},
        {"half closes behind a whole answer", half_closes_after(good_answer), {}},
        {"ends a whole body by half a close",
         half_closes_after("HTTP/1.1 200 OK\r\n\r\n" + std::string(good_body)),
         {}},
        {"fails once and then answers",
         [](peer_connection& peer) {
           if (peer.number() > 1) says(good_answer)(peer);
         },
         {}},
    });

}  // namespace
}  // namespace edge_rollup::tests
