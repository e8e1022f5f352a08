"""What the daemon tells while it happens, and what it remembers of rounds: events, grid, history, polls, rollups."""

import json
import pathlib
import select
import signal
import socket
import time
import urllib.parse

import jsonschema
from aiohttp import web

from harness import IntegrationTest, main
from peers import new_address, summary
from program import wait_until

OPENAPI = json.loads((pathlib.Path(__file__).resolve().parents[2] / "docs" / "openapi.json").read_text())
MOST_LISTENERS = 16
HOSTILE = "\"</script>\n\u2028\u0000\r\ndata: x\n\nevent: y\\"


class Event:
    def __init__(self, text):
        fields = dict(line.split(": ", 1) for line in text.split("\n"))
        assert len(fields) == text.count("\n") + 1, text  # no field stands there twice
        self.id = fields.get("id")
        self.kind = fields["event"]
        self.data = json.loads(fields["data"])
        self.came_at = time.monotonic()

    def __repr__(self):
        return f"{self.id} {self.kind} {self.data}"


class Listener:
    """A client of /api/v1/events on a bare socket."""

    def __init__(self, address, last_id=None, method="GET", buffer=None):
        self.events = []
        self.closed = False
        self._unread = b""
        self._socket = socket.socket()
        if buffer:
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer)
        self._socket.connect((address.hostname, address.port))
        field = f"Last-Event-ID: {last_id}\r\n" if last_id is not None else ""
        self._socket.sendall(f"{method} /api/v1/events HTTP/1.1\r\nHost: localhost\r\n{field}\r\n".encode())
        wait_until(lambda: self._read() or b"\r\n\r\n" in self._unread or self.closed, "the answer begins")
        self.head, _, self._unread = self._unread.partition(b"\r\n\r\n")

    @property
    def status(self):
        return int(self.head.split()[1])

    def close(self):
        self._socket.close()

    def stop(self):
        self.close()

    def _read(self):
        while not self.closed and select.select([self._socket], [], [], 0)[0]:
            try:
                got = self._socket.recv(65536)
            except ConnectionError:
                got = b""
            self.closed = not got
            self._unread += got

    def look(self):
        """All events so far but signs of life."""
        self._read()
        while b"\n\n" in self._unread:
            text, _, self._unread = self._unread.partition(b"\n\n")
            if text != b"retry: 2000":
                event = Event(text.decode())
                self.events += [event] if event.kind != "alive" else []
        return self.events

    def of_kind(self, kind):
        return [event for event in self.look() if event.kind == kind]

    def wait_for(self, kind, matches=lambda data: True):
        """The first event of that kind whose data matches."""
        found = wait_until(
            lambda: [each for each in self.of_kind(kind) if matches(each.data)] or (self.closed and ["closed"]),
            f"{kind} is told",
        )[0]
        assert found != "closed", "the stream has ended"
        return found


class LiveTest(IntegrationTest):
    def start_listening(self, cloud, urls, *arguments, interval="1s"):
        self.nodes = self.nodes_file(urls)
        daemon = self.start_run(
            cloud, "--nodes", self.nodes, "--interval", interval, "--listen", "127.0.0.1:0", *arguments
        )
        self.wait_for_address(daemon)
        return daemon

    def listen(self, *last_id, **how):
        return self.keep(Listener(self.address, *last_id, **how))

    def ask(self, path, **headers):
        with socket.create_connection((self.address.hostname, self.address.port), 30) as connection:
            fields = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
            connection.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{fields}\r\n".encode())
            answer = b""
            while got := connection.recv(65536):
                answer += got
        head, _, body = answer.partition(b"\r\n\r\n")
        self.last_head = head.decode()
        return int(head.split()[1]), json.loads(body) if body else None

    def get(self, path):
        status, body = self.ask(path)
        self.assertEqual(status, 200, body)
        return body

    def assert_described(self, events):
        for event in events:
            name = event.kind.capitalize() + "Event"
            if event.kind == "reset":
                self.assertEqual(event.data, {})
                continue
            schema = {"$ref": f"#/components/schemas/{name}", "components": OPENAPI["components"]}
            jsonschema.Draft202012Validator(schema, format_checker=jsonschema.FormatChecker()).validate(event.data)


class Events(LiveTest):
    def test_a_node_that_goes_down_and_comes_back_is_told_with_its_round(self):
        steady, falling = self.node(summary(10, 0.5, None)), self.node(summary(20, 0.5, None))
        self.start_listening(self.cloud(), [steady.url, falling.url])
        listener = self.listen()
        first = listener.wait_for("node", lambda data: data["index"] == 1)
        self.assertEqual((first.data["was"], first.data["state"]), ("unknown", "ok"))
        wait_until(lambda: listener.of_kind("round"), "a round ends")
        falling.stop()
        down = listener.wait_for("node", lambda data: data["was"] == "ok")
        round_of_it = listener.wait_for("round", lambda data: data["nodes"]["failed"] == 1)
        self.assertEqual((down.data["index"], down.data["state"]), (1, "failed"))
        self.assertIn(down.data["error_kind"], ("connect", "reset"))
        self.assertLess(listener.events.index(down), listener.events.index(round_of_it))
        self.assertLess(round_of_it.came_at - down.came_at, 1)
        self.assertEqual(round_of_it.data["changed"], 1)
        falling.start()
        up = listener.wait_for("node", lambda data: data["was"] == "failed")
        self.assertEqual((up.data["state"], up.data["error"]), ("ok", None))
        listener.wait_for("delivery", lambda data: data["verdict"] == "delivered" and data["status"] == 202)
        self.assert_described(listener.events)
        numbers = [int(event.id.split("-")[1]) for event in listener.events]
        self.assertEqual(numbers, list(range(1, len(numbers) + 1)))

    def test_who_comes_back_with_the_last_id_misses_nothing_and_is_told_nothing_twice(self):
        self.start_listening(self.cloud(), [self.node(summary(10, 0.5, None)).url], interval="200ms")
        heard = []
        for _ in range(5):
            listener = self.listen(*([heard[-1]] if heard else []))
            wait_until(lambda: len(listener.look()) >= 3, "events come")
            listener.close()
            heard += [event.id for event in listener.events]
        prefix = heard[0].split("-")[0]
        self.assertEqual(heard, [f"{prefix}-{number}" for number in range(1, len(heard) + 1)])

    def test_a_restart_begins_anew(self):
        cloud, node = self.cloud(), self.node(summary(10, 0.5, None))
        daemon = self.start_listening(cloud, [node.url])
        before = self.listen()
        last = before.wait_for("round").id
        self.stop_run(daemon)
        self.start_listening(cloud, [node.url])
        after = self.listen(last)
        self.assertEqual(wait_until(after.look, "something is told")[0].kind, "reset")
        after.wait_for("round", lambda data: data["number"] == 1)
        self.assertNotEqual(after.events[-1].id.split("-")[0], last.split("-")[0])

    def test_a_hold_is_told_from_its_beginning_to_its_end(self):
        statuses = [202]
        self.start_listening(self.cloud(lambda received: statuses[0]), [self.node(summary(10, 0.5, None)).url])
        listener = self.listen()
        listener.wait_for("delivery")
        statuses[0] = 403
        begun = listener.wait_for("hold")
        self.assertEqual(begun.data["reason"], "forbidden")
        self.assertIn("cloud.auth", begun.data["next_step"])
        failed = listener.wait_for("delivery", lambda data: data["verdict"] == "hold")
        self.assertEqual((failed.data["status"], bool(failed.data["text"])), (403, True))
        statuses[0] = 202
        listener.wait_for("hold", lambda data: data["reason"] is None)
        self.assert_described(listener.events)

    def test_reloads_are_told_with_what_came_of_them(self):
        cloud, node = self.cloud(), self.node(summary(10, 0.5, None))
        file = self.directory / "gw.yaml"
        good = f"nodes: [{node.url}]\ncloud: {{url: {cloud.endpoint}}}\nlisten: 127.0.0.1:0\n"
        file.write_text(good)
        daemon = self.start("run", "-c", file, "--state-dir", self.state_dir)
        self.wait_for_address(daemon)
        listener = self.listen()
        listener.wait_for("round")
        daemon.signal(signal.SIGHUP)
        taken = listener.wait_for("reload")
        self.assertEqual((taken.data["successful"], taken.data["text"]), (True, "nothing has changed"))
        file.write_text(good + "poll: {intervall: 5s}\n")
        daemon.signal(signal.SIGHUP)
        refused = listener.wait_for("reload", lambda data: not data["successful"])
        self.assertEqual(
            refused.data["text"],
            f"1 mistake in the settings: {file}:4:8: unknown key 'poll.intervall', did you mean 'interval'?",
        )
        self.assert_described(listener.events)

    def test_losses_are_told_when_they_happen_and_for_the_day(self):
        self.start_listening(self.cloud(lambda received: 503), [self.node(summary(10, 0.5, None)).url])
        listener = self.listen()
        listener.wait_for("delivery", lambda data: data["sequence"] == 1)
        listener.wait_for("round", lambda data: data["sequence"] == 3)
        self.assertIsNone(self.get("/api/v1/status")["outbox"]["last_loss"])
        dropped = self.finish("outbox", "drop", "2-3", "--yes", "--state-dir", self.state_dir)
        self.assertEqual(dropped.process.returncode, 0, dropped.report())
        lost = listener.wait_for("loss")
        self.assertEqual(lost.data["total"], 2)
        told = self.get("/api/v1/status")["outbox"]
        self.assertEqual((told["lost_total"], told["last_loss"]), (2, lost.data["at"]))
        self.assert_described(listener.events)

    def test_hostile_names_and_texts_come_as_json_on_one_line(self):
        def answer(_request):
            return web.Response(body=json.dumps({"record_count": 1, HOSTILE: 1})[:-2].encode() + HOSTILE.encode())

        bad = self.node(answer)
        refusal = json.dumps({"title": HOSTILE, "detail": HOSTILE * 1000})
        cloud = self.node(lambda _request: web.Response(status=503, text=refusal))
        names = ["..", ".", "/", "/polls", "x/polls", "a/../b", "[::1]:80/-", "__proto__"]
        nodes = [{"name": name, "url": f"{bad.url}/{number}"} for number, name in enumerate(names)]
        nodes.append({"url": f"{bad.url}/%22%3Cb%3E%3F%23%20%00%E2%80%A8", "labels": {"site": HOSTILE.replace("\0", "")}})
        file = self.directory / "gw.yaml"
        file.write_text(json.dumps({"nodes": nodes, "cloud": {"url": cloud.url}, "listen": "127.0.0.1:0"}))
        self.wait_for_address(self.start("run", "-c", file, "--state-dir", self.state_dir))
        listener = self.listen()
        listener.wait_for("round")
        listener.wait_for("delivery", lambda data: data["verdict"] == "retry")
        told = {event.data["name"]: event.data["error_kind"] for event in listener.of_kind("node")}
        self.assertEqual(told, dict.fromkeys(self.get("/api/v1/grid?names=yes")["names"], "bad_json"))
        self.assertEqual(list(told)[:-1], names)
        self.assert_described(listener.events)
        for name in told:
            for path in (urllib.parse.quote(name, safe=""), urllib.parse.quote(name).replace(".", "%252E")):
                if name.endswith("/polls") and "%2F" not in path:
                    continue  # which asks for the polls of x
                self.assertEqual(self.get(f"/api/v1/nodes/{path}")["name"], name)
                self.assertEqual(len(self.get(f"/api/v1/nodes/{path}/polls")["polls"]), 1)
        rollup = self.get("/api/v1/rollups/1")
        self.assertEqual([each["name"] for each in rollup["nodes"]], list(told))
        self.assertEqual({each["error_kind"] for each in rollup["nodes"]}, {"bad_json"})
        self.assertIn("</script>", rollup["tries"][0]["text"])
        for text in (rollup["tries"][0]["text"], *(each["error"] for each in rollup["nodes"])):
            self.assertLessEqual(len(text.encode()), 512)
            self.assertRegex(text, r"^[^\x00-\x1f\u2028]+$")


class Listening(LiveTest):
    def test_only_so_many_listen_and_head_does_not(self):
        self.start_listening(self.cloud(), [self.node(summary(10, 0.5, None)).url])
        for _ in range(3):  # whose places are free again
            asked = self.listen(method="HEAD")
            self.assertEqual(asked.status, 200)
            self.assertIn(b"text/event-stream", asked.head)
            wait_until(lambda: asked.look() or asked.closed, "the answer ends")
            self.assertEqual(asked.events, [])
        listeners = [self.listen() for _ in range(MOST_LISTENERS)]
        self.assertEqual({each.status for each in listeners}, {200})
        refused = self.listen()
        self.assertEqual(refused.status, 503)
        self.assertIn(b"Retry-After: ", refused.head)
        listeners[0].close()

        wait_until(lambda: self.listen().status == 200, "a place is free")

    def test_the_daemon_ends_at_once_though_many_listen(self):
        daemon = self.start_listening(self.cloud(), [self.node(summary(10, 0.5, None)).url])
        listeners = [self.listen() for _ in range(MOST_LISTENERS)]
        listeners[0].wait_for("round")
        told_at = time.monotonic()
        self.stop_run(daemon)
        self.assertLess(time.monotonic() - told_at, 5)
        wait_until(lambda: all(each.look() and each.closed for each in listeners), "every stream ends")

    def test_who_does_not_read_is_cut_off_and_rounds_go_on(self):
        """Rounds without a pause fill every buffer on the way."""
        nodes = [self.node(summary(10, 0.5, None)) for _ in range(2)]
        self.start_listening(self.cloud(), [each.url for each in nodes], interval="0s")
        witness = self.listen()
        deaf = self.listen(buffer=1024)
        witness.wait_for("round")
        # The place of who was cut off is free again: all but the witness's can be had.
        wait_until(lambda: self.places() == MOST_LISTENERS - 1, "the place is free", limit=60)
        wait_until(lambda: deaf._read() or deaf.closed, "the stream ends")
        before = witness.of_kind("round")[-1].data["number"]
        witness.wait_for("round", lambda data: data["number"] > before + 10)

    def places(self):
        """How many more may listen."""
        tried = [Listener(self.address) for _ in range(MOST_LISTENERS)]
        free = sum(each.status == 200 for each in tried)
        for each in tried:
            each.close()
        return free


class Memory(LiveTest):
    def test_the_grid_changes_with_rounds_and_its_names_with_the_list(self):
        good, dead = self.node(summary(10, 0.5, None)), f"http://{new_address()}:1"
        self.start_listening(self.cloud(), [good.url, dead], interval="300ms")
        wait_until(lambda: self.get("/api/v1/grid")["states"] == "of", "both were asked")
        named = self.get("/api/v1/grid?names=yes")
        self.assertEqual(named["names"], [url.removeprefix("http://") for url in (good.url, dead)])
        tag = next(line.split(": ")[1] for line in self.last_head.split("\r\n") if line.startswith("ETag: "))
        before = named["round"]
        wait_until(lambda: self.get("/api/v1/grid")["round"] > before, "another round ends")
        status, body = self.ask("/api/v1/grid?names=yes", If_None_Match=tag)
        self.assertEqual((status, body), (304, None))
        self.nodes.write_text(f"{dead}\n{good.url}\n")
        wait_until(lambda: self.get("/api/v1/grid")["states"] == "fo", "the list is read again")
        self.assertEqual(self.ask("/api/v1/grid?names=yes", If_None_Match=tag)[0], 200)
        self.assertEqual(self.get("/api/v1/grid")["list"], named["list"] + 1)

    def test_history_and_polls_tell_of_rounds_and_survive_a_new_list(self):
        good, dead = self.node(summary(10, 0.5, None)), f"http://{new_address()}:1"
        name = urllib.parse.quote(good.url.removeprefix("http://"), safe="")
        self.start_listening(self.cloud(), [good.url, dead], interval="300ms")

        def polls():
            return self.get(f"/api/v1/nodes/{name}/polls")["polls"]

        wait_until(lambda: len(polls()) >= 3, "three rounds end")
        self.assertEqual({(each["state"], each["quality"]) for each in polls()}, {("ok", 0.5)})
        history = self.get("/api/v1/history?range=1h")
        self.assertEqual((history["records"][0], history["ok"][0], history["failed"][0]), (10.0, 1, 1))
        self.assertGreater(history["poll_p50_ms"][0], 0)
        self.nodes.write_text(f"{dead}\nhttp://{new_address()}:1\n{good.url}\n")
        wait_until(lambda: len(self.get("/api/v1/grid")["states"]) == 3, "the list is read again")
        good.stop()
        wait_until(lambda: polls()[0]["state"] == "failed", "the node has failed")
        self.assertEqual(polls()[0]["error_kind"], "connect")
        self.assertEqual(polls()[-1]["state"], "ok")
        history = self.get("/api/v1/history?range=1h")
        self.assertEqual(history["t"], sorted(history["t"]))
        self.assertLess(abs(history["t"][-1] - time.time()), 15)

    def test_a_rollup_tells_what_each_node_gave_and_every_try(self):
        statuses = [503]
        cloud = self.cloud(lambda received: statuses[0])
        good, dead = self.node(summary(10, 0.123456789, None)), f"http://{new_address()}:1"
        self.start_listening(cloud, [good.url, dead], interval="60s")

        def rollup():
            status, told = self.ask("/api/v1/rollups/1")
            return told if status == 200 else {"tries": [], "delivered": None}

        wait_until(lambda: len(rollup()["tries"]) >= 2, "it was tried twice")
        statuses[0] = 202
        wait_until(lambda: rollup()["delivered"], "it is delivered")
        told = rollup()
        self.assertEqual((told["tries"][0]["verdict"], told["tries"][0]["text"]), ("delivered", None))
        self.assertEqual((told["tries"][-1]["verdict"], told["tries"][-1]["status"]), ("retry", 503))
        bad, well = told["nodes"]
        body = cloud.received[-1].json["node_data"]
        self.assertEqual((well["records"], well["quality"]), (10, 0.123456789))
        self.assertEqual((bad["error_kind"], bad["error"]), (body[1]["error_kind"], body[1]["error_message"]))
        self.assertEqual(self.ask("/api/v1/rollups/99")[0], 404)


if __name__ == "__main__":
    main()
