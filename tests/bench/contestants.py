"""Who asks the nodes: the daemon, and the yardsticks beside it. Each turn is a process of its own."""

import json
import re
import shutil
import statistics
import time
from dataclasses import dataclass

from machine import cpu_seconds, memory_kib
from nodes import FIRST_ADDRESS, address, urls
from program import Program

WARM_UP_ROUNDS = 3
WRK_SECONDS = 2
PAGE = ("--listen", "127.0.0.1:0")  # with a file of settings, it is served unless it says otherwise


@dataclass
class WarmTurn:
    """Rounds over kept connections, after the first few."""

    cpu_us: float  # for each poll
    round_ms: float  # wall time, median
    peak_kib: int
    cycle_ms: float = 0.0  # from one end of a round to the next: with adding up, storing, logging
    grown_kib: int = 0  # memory at the end against that after the warm-up


class Contestants:
    ROUNDS_A_TURN = (10, 200)  # at least, at most

    def __init__(self, directory, cpu, nginx, daemon, raw, polls_a_turn):
        self.directory = directory
        self.cpu = cpu
        self.nginx = nginx
        self.daemon = daemon
        self.raw = raw
        self.polls_a_turn = polls_a_turn
        self._started = []
        self._states = 0

    def start(self, *command, **how):
        program = Program(self.directory, *command, cpu=self.cpu, **how)
        self._started.append(program)
        return program

    def stop(self):
        for each in self._started:
            each.stop()
        self._started.clear()

    def warm_rounds(self, nodes):
        least, most = self.ROUNDS_A_TURN
        return max(least, min(most, self.polls_a_turn // nodes))

    # The yardsticks

    def raw_command(self, kind, nodes, *more, first=FIRST_ADDRESS, port=None):
        return (self.raw, kind, first, port or self.nginx.ports["plain"], nodes, *more)

    def raw_warm(self, nodes):
        program = self.start(*self.raw_command("warm", nodes, self.warm_rounds(nodes)))
        program.finish()
        said = json.loads(program.out)
        return WarmTurn(said["cpu_us_per_poll"], said["round_ms"], said["peak_kib"])

    def raw_cold_us(self, nodes):
        """CPU for each node, from exec to exit."""
        return self.start(*self.raw_command("cold", nodes)).finish() * 1e6 / nodes

    def wrk_us(self, connections):
        """CPU for each answer. wrk asks one address only."""
        where = f"http://{address(0)}:{self.nginx.ports['plain']}/data/summary"
        program = self.start(shutil.which("wrk"), "-t1", f"-c{connections}", f"-d{WRK_SECONDS}s", where)
        used = program.finish()
        answers = int(re.search(r"(\d+) requests in", program.out).group(1))
        return used * 1e6 / answers

    # The daemon

    def node_file(self, node_urls):
        file = self.directory / "nodes"
        file.write_text("\n".join(node_urls) + "\n")
        return file

    def new_state_directory(self):
        self._states += 1
        return self.directory / f"state-{self._states}"

    def daemon_command(self, node_urls, interval, *more, state=None):
        """Without `state` it begins a store."""
        state = state or self.new_state_directory()
        return (
            *(self.daemon, "run", "--nodes", self.node_file(node_urls), "--cloud", self.nginx.cloud),
            *("--state-dir", state, "--log-format", "json", "--interval", interval, "--set", "cloud.spread=0s", *more),
        )

    def start_daemon(self, node_urls, interval, *more, **how):
        return DaemonRun(self.start(*self.daemon_command(node_urls, interval, *more), **how))

    def daemon_warm(self, nodes, scheme="http", port=None, rounds=None, more=(), files=None, warm_up=WARM_UP_ROUNDS):
        """Rounds back to back, with page, API and metrics served as usual; through the outbox to the cloud."""
        rounds = rounds or self.warm_rounds(nodes)
        node_urls = urls(nodes, port or self.nginx.ports["plain"], scheme)
        wanted = ("--rounds", warm_up + rounds, *PAGE, *more)
        run = self.start_daemon(node_urls, "0s", *wanted, files=files)
        before = run.until_round(warm_up)
        after = run.until_round(warm_up + rounds)
        run.program.finish()
        measured = run.rounds[-rounds:]
        run.must_have_asked(measured, nodes)
        return WarmTurn(
            cpu_us=(after.cpu_s - before.cpu_s) * 1e6 / (rounds * nodes),
            round_ms=statistics.median(each["took_ms"] for each in measured),
            peak_kib=after.peak_kib,
            cycle_ms=(after.at - before.at) * 1e3 / rounds,
            grown_kib=after.anonymous_kib - before.anonymous_kib,
        )

    def daemon_cold_us(self, nodes):
        """One round at an interval at which connections are not kept, and its delivery; CPU for each node."""
        node_urls = urls(nodes, self.nginx.ports["plain"])
        run = self.start_daemon(node_urls, "300s", "--rounds", 1)
        used = run.program.finish()
        run.read_lines()
        run.must_have_asked(run.rounds, nodes)
        return used * 1e6 / nodes


@dataclass
class Look:
    """At the daemon, right when a round has ended."""

    at: float
    cpu_s: float
    peak_kib: int
    anonymous_kib: int


class DaemonRun:
    """A daemon at work, followed by the line that it logs for each round."""

    def __init__(self, program):
        self.program = program
        self.rounds = []  # the fields of those lines
        self._read = 0

    def until_round(self, number):
        while not self.rounds or self.rounds[-1]["round"] < number:
            if self.program.next_line() is None:
                raise self.program.failure(f"ended before round {number}")
            self.read_lines()
        pid = self.program.pid
        cpu = cpu_seconds(pid)
        return Look(time.monotonic(), cpu, memory_kib(pid, "VmHWM"), memory_kib(pid, "RssAnon"))

    def read_lines(self):
        for line in self.program.lines[self._read :]:
            said = json.loads(line) if line.startswith("{") else {}  # the last words of one that fails are plain
            if "took_ms" in said:
                self.rounds.append(said)
        self._read = len(self.program.lines)

    def must_have_asked(self, rounds, nodes):
        """A node that failed would make the rounds cheaper, or slower, than they are."""
        if not rounds or any(each["ok"] != nodes for each in rounds):
            raise self.program.failure(f"not every one of {nodes} nodes answered in every round")
