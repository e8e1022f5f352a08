"""SIGKILL at random and at adversarial moments, under a cloud that flaps through every verdict, then drained.

KILLS=1000 makes the loop longer, TEST_SEED repeats a run (as far as the machine's timing allows). Ends with
  kills=100 stored=... delivered=... lost=0 order_violations=0 conflicting_ids=0
"""

import json
import os
import signal
import subprocess
import threading

from aiohttp import web

from harness import IntegrationTest, main
from peers import Cloud, Received, never, summary
from program import EDGE_ROLLUP, Program, wait_until
from store_file import StoreFile

KILLS = int(os.environ.get("KILLS", "100"))
INTERVAL = "100ms"
LONGEST_LIFE = 0.6  # seconds
POISON_EVERY = 37  # sequences
DRAIN_LIMIT = 120 + KILLS // 2  # seconds; more kills leave more to deliver

MOMENTS = ("by the clock", "at once", "node answered", "request came", "answer went", "second answer went")
MOODS = ("ok", "ok", "ok", "refuse all", "503", "429", "hold", "silent", "reset", "lost acks", "half an answer", "mixed")
MIXTURE = ("ok", "ok", "ok", "ok", "503", "reset", "lost acks", "half an answer")


class Trigger:
    """Kills the daemon when something has happened for the `count`th time."""

    def __init__(self):
        self._lock = threading.Lock()
        self._moment = None

    def arm(self, moment, count, process):
        with self._lock:
            self._moment, self._left, self._process = moment, count, process

    def disarm(self):
        self.arm(None, 0, None)

    def happened(self, moment):
        """Whether the daemon was killed for it."""
        with self._lock:
            if moment != self._moment:
                return False
            self._left -= 1
            if self._left == 0:
                self._process.kill()
            return self._left <= 0


class MoodyCloud(Cloud):
    """Answers as its mood is, and remembers what it had answered 2xx to, which the daemon may then forget."""

    def __init__(self, random, trigger):
        super().__init__()
        self.answer = self._judge
        self.mood = "ok"
        self.mended = False  # takes poison too
        self.acknowledged = set()  # sequences: a 2xx was on its way
        self.taken = []  # sequences in the order the cloud kept them, lost acks too
        self._random = random
        self._trigger = trigger

    async def _judge(self, request):
        received = Received(request.path, request.headers, await request.read())
        self.received.append(received)
        was_killed = self._trigger.happened("request came")
        mood = self._random.choice(MIXTURE) if self.mood == "mixed" else self.mood
        if received.sequence % POISON_EVERY == 0 and not self.mended:
            mood = "refuse all"
        answers = {"503": web.Response(status=503), "hold": web.Response(status=self._random.choice((401, 404, 302)))}
        answers["refuse all"] = web.Response(status=self._random.choice((400, 413, 422)))
        answers["429"] = web.Response(status=429, headers={"Retry-After": "1"})
        if mood in answers:
            return answers[mood]
        if mood == "silent":
            await never(request)
        if mood in ("ok", "lost acks", "half an answer"):
            self.taken.append(received.sequence)
        if mood != "ok" or was_killed:
            if request.transport is not None:  # the daemon may have gone
                if mood == "half an answer":
                    request.transport.write(b"HTTP/1.1 202 Acc")
                request.transport.abort()
            return web.Response()
        self.acknowledged.add(received.sequence)
        response = web.Response(status=202)
        await response.prepare(request)
        await response.write_eof()
        self._trigger.happened("answer went")
        return response


class KillLoop(IntegrationTest):
    def setUp(self):
        super().setUp()
        self.trigger = Trigger()
        self.node = self.node(self.summary_and_trigger)
        self.moody = self.keep(MoodyCloud(self.random, self.trigger).start())
        self.bodies = {}  # sequence -> (id, body), wherever it was seen first
        self.conflicts = []
        self.forgotten = set()  # sequences that went from the disk without an acknowledgement
        self.next_sequence = 1
        self.known = set()  # sequences that stood on the disk at the last look

    async def summary_and_trigger(self, request):
        self.trigger.happened("node answered")
        return summary(4160, 0.981)(request)

    def live_and_die(self):
        moment = self.random.choice(MOMENTS)
        self.moody.mood = self.random.choice(MOODS)
        daemon = Program(
            self.directory, EDGE_ROLLUP, "run", "--cloud", self.moody.endpoint, "--state-dir", self.state_dir,
            "--interval", INTERVAL, "--timeout", INTERVAL, self.node.url,
        )  # fmt: skip
        self.trigger.arm(moment.removeprefix("second "), 2 if moment.startswith("second") else 1, daemon.process)
        # A moment that the mood never brings is replaced by one of the clock.
        life = {"at once": 0.02, "by the clock": LONGEST_LIFE}.get(moment)
        try:
            code = daemon.process.wait(life * self.random.random() if life else LONGEST_LIFE)
            self.assertEqual(code, -signal.SIGKILL, f"ended by itself: {daemon.report()}")
        except subprocess.TimeoutExpired:
            pass
        self.trigger.disarm()
        daemon.stop()

    def look(self):
        """Compares the disk, while no daemon runs, with what was there before and with what the cloud was told."""
        store = StoreFile(self.state_dir)
        for sequence, (key, _state, body) in store.rows.items():
            self.see(sequence, key, body)
        for each in self.moody.received:
            self.see(each.sequence, each.id, each.body)
        gone = (self.known | set(range(self.next_sequence, store.next_sequence))) - store.rows.keys()
        self.forgotten |= gone - self.moody.acknowledged | store.declared_lost
        self.assertGreaterEqual(store.next_sequence, self.next_sequence)
        self.assertLess(max(store.rows, default=0), store.next_sequence)
        self.next_sequence = store.next_sequence
        self.known = set(store.rows)
        return store

    def see(self, sequence, key, body):
        if self.bodies.setdefault(sequence, (key, body)) != (key, body):
            self.conflicts.append(sequence)

    def drain(self):
        self.moody.mood = "ok"
        daemon = self.start_run(self.moody, "--interval", "1h", self.node.url)
        self.await_empty("pending")
        once = list(dict.fromkeys(self.moody.taken))
        self.moody.mended = True
        self.assert_exit(self.finish("outbox", "retry", "--all-dead", "--state-dir", self.state_dir), 0)
        self.await_empty("dead")
        self.await_empty("pending")
        self.stop_run(daemon)
        return once

    def await_empty(self, count):
        def is_empty():
            listed = self.finish("outbox", "list", "--json", "--state-dir", self.state_dir)
            self.assert_exit(listed, 0)
            return json.loads(listed.stdout)[count] == 0

        wait_until(is_empty, f"nothing is {count}", limit=DRAIN_LIMIT)

    def test_nothing_that_was_stored_is_lost_doubled_or_out_of_order(self):
        print(self.reports[0])
        for _ in range(KILLS):
            self.live_and_die()
            self.look()
        in_order = self.drain()
        left = self.look()
        self.assertEqual(left.rows, {})
        stored = set(range(1, self.next_sequence))
        lost = self.forgotten | (stored - set(self.moody.taken))
        disorder = [later for earlier, later in zip(in_order, in_order[1:]) if later < earlier]
        unknown = set(self.moody.taken) - stored
        told_lost = set().union(*(each.told_lost for each in self.moody.received))
        print(
            f"kills={KILLS} stored={len(stored)} delivered={len(stored & set(self.moody.taken))} lost={len(lost)}"
            f" order_violations={len(disorder)} conflicting_ids={len(set(self.conflicts))}"
        )
        self.assertEqual((sorted(lost), disorder, self.conflicts, sorted(unknown)), ([], [], [], []))
        self.assertEqual(told_lost & set(self.moody.taken), set(), "delivered, and told as lost")
        self.assertEqual(len({key for key, _body in self.bodies.values()}), len(self.bodies))


if __name__ == "__main__":
    main()
