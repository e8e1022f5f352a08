"""Nodes and clouds for a daemon to talk to, each on a loopback address of its own."""

import asyncio
import ipaddress
import json
import os
import pathlib
import shutil
import socket
import tempfile
import threading

from aiohttp import web

from program import WAIT_LIMIT, Program, wait_until

SUMMARY_PATH = "/data/summary"
ADDRESSES_PER_PROCESS = 2000

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
    await asyncio.Event().wait()


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
