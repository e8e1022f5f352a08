"""Real programs and real peers for the integration tests.

Every peer gets loopback addresses of its own, every wait has a limit, and nothing waits by sleeping for a fixed time.
What the programs said is shown for a test that fails.
"""

import asyncio
import contextlib
import fcntl
import ipaddress
import json
import os
import pathlib
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import unittest
import urllib.parse

import jsonschema
from aiohttp import web

EDGE_ROLLUP = os.environ["EDGE_ROLLUP_BIN"]
EDGE_STUB = os.environ["EDGE_STUB_BIN"]
SCHEMA = pathlib.Path(__file__).resolve().parents[2] / "docs" / "rollup.schema.json"
SUMMARY_PATH = "/data/summary"

WAIT_LIMIT = 30.0  # seconds for anything that should happen soon, on a busy machine with sanitizers
POLL_STEP = 0.01  # seconds
ADDRESSES_PER_PROCESS = 2000


def wait_until(condition, what, limit=WAIT_LIMIT):
    """Returns the first true value of condition(); fails after `limit` seconds."""
    deadline = time.monotonic() + limit
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            raise AssertionError(f"waited {limit} s in vain until {what}")
        time.sleep(POLL_STEP)


_addresses = iter(
    ipaddress.IPv4Address("127.1.0.0") + (os.getpid() % 8000) * ADDRESSES_PER_PROCESS + number
    for number in range(1, ADDRESSES_PER_PROCESS)
)


def new_address():
    """A loopback address that no other peer of any running test has."""
    return str(next(_addresses))


def free_port(address):
    with socket.socket() as probe:
        probe.bind((address, 0))
        return probe.getsockname()[1]


class Program:
    """A started program; its output goes to files, so that it never blocks on a full pipe."""

    def __init__(self, directory, *command, stdin=subprocess.DEVNULL, env=None, preexec=None):
        number = len(list(directory.glob("*.stderr")))
        self.command = [str(word) for word in command]
        self._stdout_file = directory / f"{number}.stdout"
        self._stderr_file = directory / f"{number}.stderr"
        environment = {
            name: value
            for name, value in os.environ.items()
            if name != "NO_COLOR" and not name.startswith("EDGE_ROLLUP_")  # they would be settings
        }
        environment.update(env or {})
        with open(self._stdout_file, "wb") as out, open(self._stderr_file, "wb") as err:
            self.process = subprocess.Popen(
                self.command, stdin=stdin, stdout=out, stderr=err, env=environment, preexec_fn=preexec
            )

    @property
    def pid(self):
        return self.process.pid

    @property
    def stdout(self):
        return self._stdout_file.read_text(errors="replace")

    @property
    def stderr(self):
        return self._stderr_file.read_text(errors="replace")

    @property
    def running(self):
        return self.process.poll() is None

    def signal(self, number):
        self.process.send_signal(number)

    def wait(self, limit=WAIT_LIMIT):
        """The exit code; negative for the signal that ended it."""
        try:
            return self.process.wait(limit)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"still running after {limit} s: {' '.join(self.command)}") from None

    def stop(self):
        if self.running:
            self.process.kill()
            self.process.wait(WAIT_LIMIT)

    def report(self):
        return f"$ {' '.join(self.command)}\n[exit {self.process.poll()}]\n{self.stdout[-4000:]}{self.stderr[-8000:]}"


class Peer:
    """An aiohttp server on a thread of its own. `answer` takes a request, returns a response or a coroutine of one.

    With an `ssl.SSLContext` it speaks https, under the name localhost.
    """

    def __init__(self, answer, tls=None):
        self.answer = answer
        self.tls = tls
        self.address = "127.0.0.1" if tls else new_address()
        self.port = free_port(self.address)
        self.requests = 0
        self._loop = None
        self._thread = None

    @property
    def url(self):
        return f"https://localhost:{self.port}" if self.tls else f"http://{self.address}:{self.port}"

    def start(self):
        up = threading.Event()
        self._loop = asyncio.new_event_loop()

        async def listen():
            server = web.Server(self._handle)
            self._runner = web.ServerRunner(server)
            await self._runner.setup()
            site = web.TCPSite(
                self._runner,
                self.address,
                self.port,
                shutdown_timeout=0.1,
                reuse_address=True,
                ssl_context=self.tls,
            )
            await site.start()
            up.set()

        def serve():
            asyncio.set_event_loop(self._loop)
            self._loop.run_until_complete(listen())
            self._loop.run_forever()
            self._loop.close()

        self._thread = threading.Thread(target=serve, daemon=True)
        self._thread.start()
        if not up.wait(WAIT_LIMIT):
            raise AssertionError(f"cannot serve on {self.url}")
        return self

    def stop(self):
        """Closes the port: from now on connections are refused. The peer may be started again on the same port."""
        if self._loop is None:
            return
        asyncio.run_coroutine_threadsafe(self._close(), self._loop).result(WAIT_LIMIT)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(WAIT_LIMIT)
        self._loop = None

    async def _close(self):
        await self._runner.cleanup()
        unfinished = asyncio.all_tasks() - {asyncio.current_task()}  # answers that never come
        for task in unfinished:
            task.cancel()
        await asyncio.gather(*unfinished, return_exceptions=True)

    async def _handle(self, request):
        self.requests += 1
        response = self.answer(request)
        return await response if asyncio.iscoroutine(response) else response


async def never(_request):
    """An answer that does not come while a test lasts."""
    await asyncio.sleep(24 * 3600)


def summary(record_count, quality_score, last_updated="2026-11-22T17:04:51Z"):
    """An answer function: always this summary."""
    body = {"record_count": record_count, "quality_score": quality_score, "last_updated": last_updated}
    return lambda request: web.json_response(body)


class Received:
    """One POST as the cloud saw it."""

    def __init__(self, path, headers, body):
        self.path = path
        self.headers = headers
        self.body = body
        self.json = json.loads(body)
        self.rollup = self.json["rollup"]
        self.sequence = self.rollup["sequence"]
        self.id = self.rollup["id"]
        self.status = None  # of the answer

    @property
    def told_lost(self):
        """The sequences that it tells as discarded unsent."""
        ranges = self.rollup["lost"]["ranges"]
        return {sequence for loss in ranges for sequence in range(loss["from"], loss["to"] + 1)}


class Cloud(Peer):
    """Keeps every POST. `verdict` takes a Received; it returns a status, a (status, headers) pair or a coroutine."""

    def __init__(self, verdict=lambda received: 202, tls=None):
        super().__init__(self._keep, tls)
        self.verdict = verdict
        self.received = []

    @property
    def endpoint(self):
        return self.url + "/v1/rollups"

    @property
    def accepted(self):
        return [each for each in self.received if each.status is not None and 200 <= each.status < 300]

    async def _keep(self, request):
        received = Received(request.path, request.headers, await request.read())
        self.received.append(received)
        verdict = self.verdict(received)
        if asyncio.iscoroutine(verdict):
            verdict = await verdict
        status, headers = verdict if isinstance(verdict, tuple) else (verdict, {})
        received.status = status
        return web.Response(status=status, headers=headers)


NGINX_CONFIG = """
daemon off;
master_process off;
{user}
pid nginx.pid;
worker_rlimit_nofile {files};
events {{ worker_connections {connections}; }}
http {{
  access_log off;
  log_format peers '$server_addr $connection $status';
  client_body_temp_path temp; proxy_temp_path temp; fastcgi_temp_path temp; uwsgi_temp_path temp; scgi_temp_path temp;
  keepalive_requests 1000000;
  server {{
    {listens}
    default_type application/json;
    root {directory}/www/$server_addr;
    access_log {directory}/access.log peers;
  }}
}}
"""


class Nginx:
    """One nginx that stands for many nodes: each has an address and a static JSON file of its own."""

    def __init__(self, directory, summaries):
        """`summaries`: what each node answers, as a list of dicts."""
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix="nginx-", dir=directory))
        self.addresses = [new_address() for _ in summaries]
        self.port = free_port(self.addresses[0])
        for address, body in zip(self.addresses, summaries):
            file = self.directory / "www" / address / SUMMARY_PATH.lstrip("/")
            file.parent.mkdir(parents=True)
            file.write_text(json.dumps(body))
        config = self.directory / "nginx.conf"
        config.write_text(
            NGINX_CONFIG.format(
                user="user root;" if os.getuid() == 0 else "",
                files=2 * len(summaries) + 1024,
                connections=2 * len(summaries) + 512,
                listens="\n    ".join(f"listen {address}:{self.port};" for address in self.addresses),
                directory=self.directory,
            )
        )
        nginx = shutil.which("nginx", path=os.environ.get("PATH", "") + ":/usr/sbin")
        self._program = Program(self.directory, nginx, "-p", self.directory, "-c", config, "-e", "stderr")
        wait_until(self._listens, "nginx listens")

    @property
    def urls(self):
        return [f"http://{address}:{self.port}" for address in self.addresses]

    def connections(self):
        """Address -> the connections it was asked on, from nginx's own log."""
        seen = {}
        for line in (self.directory / "access.log").read_text().splitlines():
            address, connection, _status = line.split()
            seen.setdefault(address, []).append(connection)
        return seen

    def stop(self):
        self._program.stop()

    def report(self):
        return self._program.report()

    def _listens(self):
        if not self._program.running:
            raise AssertionError(self._program.report())
        try:
            socket.create_connection((self.addresses[-1], self.port), 1).close()
        except ConnectionError:
            return False
        return True


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
