"""The test case that starts the daemon between real peers. What the programs said is shown for a test that fails."""

import contextlib
import fcntl
import json
import os
import pathlib
import random
import shutil
import signal
import sys
import tempfile
import threading
import unittest
import urllib.parse

import jsonschema

from peers import Cloud, Nginx, Peer, new_address
from program import EDGE_ROLLUP, EDGE_STUB, WAIT_LIMIT, Program, wait_until

SCHEMA = pathlib.Path(__file__).resolve().parents[2] / "docs" / "rollup.schema.json"


class IntegrationTest(unittest.TestCase):
    """Starts programs and peers that end with the test, and shows what they said if it fails."""

    def setUp(self):
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix="edge-rollup-test-"))
        self.addCleanup(shutil.rmtree, self.directory)
        seed = int(os.environ.get("TEST_SEED") or random.SystemRandom().randrange(2**32))
        self.random = random.Random(seed)
        self.reports = [f"TEST_SEED={seed}"]
        self.stoppable = []
        self.addCleanup(self._stop_all)
        self.state_dir = self.directory / "state"

    def run(self, result=None):
        bad_before = len(result.failures) + len(result.errors)
        super().run(result)
        if len(result.failures) + len(result.errors) > bad_before:
            print(f"--- {self.id()}", *self.reports, sep="\n", file=sys.stderr)
        return result

    def _stop_all(self):
        for each in reversed(self.stoppable):
            each.stop()
            if hasattr(each, "report"):
                self.reports.append(each.report())

    def keep(self, stoppable):
        self.stoppable.append(stoppable)
        return stoppable

    def start(self, *arguments, **how):
        """edge-rollup, running."""
        return self.keep(Program(self.directory, EDGE_ROLLUP, *arguments, **how))

    def finish(self, *arguments, limit=WAIT_LIMIT, **how):
        """edge-rollup, run to its end."""
        program = self.start(*arguments, **how)
        program.wait(limit)
        return program

    def progress_on_terminal(self, *arguments):
        """The lines that edge-rollup shows where standard error is a terminal, each in the place of the one before."""
        screen, terminal = os.openpty()
        with open(screen, "rb", buffering=0) as shown:
            with open(terminal, "wb", buffering=0):
                self.assert_exit(self.finish(*arguments, preexec=lambda: os.dup2(terminal, sys.stderr.fileno())), 0)
            before, *lines, after = shown.read(65536).decode().split("\r\x1b[K")
            self.assertEqual((before, after), ("", ""), "the last line is taken away")
            return lines

    def start_run(self, cloud, *arguments, **how):
        """`edge-rollup run` with this test's state directory."""
        return self.start("run", "--cloud", cloud.endpoint, "--state-dir", self.state_dir, *arguments, **how)

    def wait_for_address(self, daemon):
        """`self.address` is where the daemon listens, once it does."""
        file = self.state_dir / "admin-address"
        wait_until(lambda: file.exists() or not daemon.running, "the daemon listens")
        self.assertTrue(daemon.running, daemon.report())
        self.address = urllib.parse.urlsplit(file.read_text().strip())

    def stop_run(self, daemon, limit=WAIT_LIMIT):
        daemon.signal(signal.SIGTERM)
        self.assertEqual(daemon.wait(limit), 0)

    def nginx(self, *summaries):
        return self.keep(Nginx(self.directory, summaries))

    def node(self, answer, tls=None):
        return self.keep(Peer(answer, tls).start())

    def cloud(self, *verdict, tls=None):
        return self.keep(Cloud(*verdict, tls=tls).start())

    def stub_nodes(self, behaviour, count=1):
        """URLs of edge-stub nodes that behave so."""
        stub = Program(
            self.directory, EDGE_STUB, "node", "--listen", f"{new_address()}:0", "--count", count, "--behave", behaviour
        )
        self.keep(stub)
        wait_until(lambda: not stub.running or stub.stdout.count("\n") == count, f"stub nodes that {behaviour} are up")
        return stub.stdout.split()

    def nodes_file(self, urls):
        file = self.directory / "nodes"
        file.write_text("\n".join(urls) + "\n")
        return file

    @contextlib.contextmanager
    def hanging(self, file):
        """Who opens the file is kept waiting, as by a disk that hangs; gives an event that says that somebody does.

        The system ends such a lease by itself after /proc/sys/fs/lease-break-time, 45 s.
        """
        somebody_opens_it = threading.Event()
        before = signal.signal(signal.SIGIO, lambda *_: somebody_opens_it.set())
        try:
            with open(file) as leased:
                fcntl.fcntl(leased, fcntl.F_SETLEASE, fcntl.F_WRLCK)
                yield somebody_opens_it
        finally:
            signal.signal(signal.SIGIO, before)

    def assert_exit(self, program, code):
        self.assertEqual(program.wait(), code, program.report())

    def assert_valid_rollup(self, body):
        schema = json.loads(SCHEMA.read_text())
        validator = jsonschema.Draft202012Validator(schema, format_checker=jsonschema.FormatChecker())
        problems = [f"{error.json_path}: {error.message}" for error in validator.iter_errors(body)]
        self.assertEqual(problems, [])

    def assert_one_body_each(self, received):
        """A repeated id always comes with the same bytes and key."""
        bodies = {}
        for each in received:
            self.assertEqual(each.headers["Idempotency-Key"], f'"{each.id}"')
            self.assertEqual(bodies.setdefault(each.id, each.body), each.body)

    def assert_delivered_in_order(self, cloud, first=1):
        """What the cloud accepted counts up by one in one stream, without a gap or a change in repeats."""
        self.assert_one_body_each(cloud.received)
        self.assertEqual(len({each.rollup["stream"] for each in cloud.received}), 1)
        sequences = [each.sequence for each in cloud.accepted]
        firsts = list(dict.fromkeys(sequences))
        self.assertEqual(firsts, list(range(first, first + len(firsts))))
        self.assertEqual(len({each.id for each in cloud.accepted}), len(firsts))


def entries_by_url(body):
    return {entry["node_url"]: entry for entry in body["node_data"]}


def main():
    unittest.main(verbosity=2)
