"""The figures: each function measures one, or a few that belong together, and returns rows for the report.

Figures that compare are medians of ratios, each of two turns that followed one another.
"""

import collections
import re
import select
import shutil
import socket
import statistics
import subprocess
import time
from contextlib import closing

from contestants import PAGE, WARM_UP_ROUNDS
from machine import KIB, wake_ups
from nodes import BlackHole, Refusing, address, urls
from program import Program, until
from report import Row

IDLE_TIMERS_A_MINUTE = 13  # the look at the outbox, each five seconds, and at the lists of nodes
WAKE_UPS_A_TIMER = 4  # of the loop, of another thread, of the loop for what came of it, and for the lock if still held
EXEC_TRIES = 9
REMEMBERED_ROUNDS = 300  # until the page's history is full: events, tries of delivery and what nodes said have limits


def in_turns(count, *contestants):
    """Results of each contestant, taking turns."""
    turns = [[each() for each in contestants] for _ in range(count)]
    return list(zip(*turns))


def paired(results, against):
    """The median of the ratios, and how it is told."""
    ratios = sorted(one / other for one, other in zip(results, against))
    return statistics.median(ratios), f"{statistics.median(ratios):.2f} ({ratios[0]:.2f} to {ratios[-1]:.2f})"


def each(turns, name):
    return [getattr(turn, name) for turn in turns]


def median(turns, name):
    return statistics.median(each(turns, name))


def warm(bench):
    """Also the memory of kept connections, from the same turns."""
    asked = bench.contestants
    peaks = {}
    rows = []
    for nodes in bench.warm_sizes:
        raw, wrk, daemon = in_turns(
            bench.turns,
            lambda: asked.raw_warm(nodes),
            lambda: asked.wrk_us(nodes),
            lambda: asked.daemon_warm(nodes),
        )
        peaks[nodes] = median(daemon, "peak_kib")
        ratio, told = paired(each(daemon, "cpu_us"), each(raw, "cpu_us"))
        cpu = f"{median(daemon, 'cpu_us'):.1f} us, raw {median(raw, 'cpu_us'):.1f}, wrk {statistics.median(wrk):.1f}"
        rows.append(Row(f"warm CPU a poll / raw epoll, {nodes} nodes", f"{told}; {cpu}", ratio, 2.0, 1.4))
        ratio, told = paired(each(daemon, "round_ms"), each(raw, "round_ms"))
        walls = f"{median(daemon, 'round_ms'):.0f} ms, raw {median(raw, 'round_ms'):.1f}"
        rows.append(Row(f"warm round of {nodes} nodes, wall / raw", f"{told}; {walls}", ratio, 2.0, 1.25))
    small, large = bench.memory_sizes
    for nodes in bench.memory_sizes:
        if nodes not in peaks:
            peaks[nodes] = asked.daemon_warm(nodes).peak_kib
    a_node = (peaks[large] - peaks[small]) / (large - small)
    told = f"{a_node:.2f} KiB; peak {peaks[small] / KIB:.1f} and {peaks[large] / KIB:.1f} MiB"
    rows.append(Row(f"memory a kept-alive node, {large} against {small}", told, a_node, 4, 2, " KiB"))
    return rows


def cold(bench):
    asked = bench.contestants
    nodes = bench.large
    raw, daemon = in_turns(bench.turns, lambda: asked.raw_cold_us(nodes), lambda: asked.daemon_cold_us(nodes))
    ratio, told = paired(daemon, raw)
    cpu = f"{statistics.median(daemon):.1f} us, raw {statistics.median(raw):.1f}"
    return [Row(f"cold CPU a node, exec to exit, {nodes} nodes / raw", f"{told}; {cpu}", ratio, 2.0, 1.6)]


def small_memory(bench):
    peak = bench.contestants.daemon_warm(100).peak_kib / KIB
    return [Row("peak memory with 100 nodes", f"{peak:.1f} MiB", peak, 12, 8, " MiB")]


def spans_ms(log, nodes, rounds):
    """From the first answer of a round to its last, by nginx's log of (time, address)."""
    times = [float(line.split()[0]) * 1e3 for line in log.read_text().splitlines()]
    chunks = [times[begin : begin + nodes] for begin in range(0, rounds * nodes, nodes)]
    return [max(chunk) - min(chunk) for chunk in chunks]


def rounds_among(bench, bad_ports, parallel):
    """Three rounds of `large` nodes, of which those of `bad_ports`, evenly spread, do not answer: what the daemon said
    of each, and how long the healthy ones took."""
    rounds = 3
    nginx = bench.nginx
    node_urls = urls(bench.large, nginx.ports["logged"])
    for number, port in enumerate(bad_ports):
        place = number * bench.large // len(bad_ports)
        node_urls[place] = f"http://{address(place)}:{port}"
    nginx.forget_log()
    how = ("--rounds", rounds, "--parallel", parallel, "--timeout", f"{bench.timeout_s}s")
    run = bench.contestants.start_daemon(node_urls, "0s", *how)
    run.until_round(rounds)
    run.program.finish()
    healthy = bench.large - len(bad_ports)
    until(lambda: nginx.log.read_bytes().count(b"\n") >= healthy * rounds, "nginx has logged all", nginx.program)
    return run.rounds, spans_ms(nginx.log, healthy, rounds)


def troubled(bench):
    tenth = bench.large // 10
    rows = []
    with closing(BlackHole()) as hole, closing(Refusing()) as refuser:
        for words, bad_ports, parallel, bounds in (
            ("10 % refuse, 10 % are black holes", [hole.port, refuser.port] * tenth, bench.parallel, (0.5, 0.2)),
            ("twice as many black holes as slots", [hole.port] * (2 * tenth), tenth, (None, None)),
        ):
            _, undisturbed = rounds_among(bench, [], parallel)
            rounds, disturbed = rounds_among(bench, bad_ports, parallel)
            over = [one["took_ms"] / 1e3 - bench.timeout_s for one in rounds]
            usual = statistics.median(over)
            answered = 100 * min(one["ok"] for one in rounds) / (bench.large - len(bad_ports))
            later, first = disturbed[-1] / undisturbed[-1], disturbed[0] / undisturbed[0]
            told = f"{later:.2f}, first round {first:.2f}"
            rows += [
                Row(f"{words}: round wall beyond the timeout", f"{usual:.2f} s", usual, *bounds, " s"),
                Row(f"{words}: the first round, cold", f"{over[0]:.2f} s", over[0], *bounds, " s"),
                Row(f"{words}: healthy nodes answered", f"{answered:.1f} %", answered, 100, 100, " %", at_least=True),
                Row(f"{words}: the last healthy one / without them", told, later, None, 1.1),
            ]
    return rows


def system_calls(bench):
    """Two runs of different length under strace: what the longer one has more, it has from its warm rounds."""

    def count(rounds):
        file = bench.directory / "strace"
        command = bench.contestants.daemon_command(
            urls(bench.usual, bench.nginx.ports["plain"]), "0s", "--rounds", rounds, "--timeout", "30s"
        )
        bench.contestants.start(shutil.which("strace"), "-f", "-c", "-U", "calls,name", "-o", file, *command).finish()
        return collections.Counter(
            {name: int(calls) for calls, name in re.findall(r"^ *(\d+) +(\w+)$", file.read_text(), re.MULTILINE)}
        )

    few, many = WARM_UP_ROUNDS, WARM_UP_ROUNDS + bench.traced_rounds
    more = count(many)
    more.subtract(count(few))
    more.pop("total", None)
    polls = bench.traced_rounds * bench.usual
    a_poll = more.total() / polls
    told = ", ".join(f"{name} {calls / polls:.2f}" for name, calls in more.most_common(5))
    return [Row(f"system calls a warm poll, {bench.usual} nodes", f"{a_poll:.2f}: {told}", a_poll, 5, 3.2)]


def start(bench):
    """A socket of the bench is the first node; time runs from right before the exec."""
    asked = bench.contestants

    def first_byte_ms(command_for):
        with socket.socket() as node:
            node.bind((address(0), 0))
            node.listen()
            program = asked.start(*command_for(node.getsockname()[1]))
            if not select.select([node], [], [], 10)[0]:
                raise program.failure("did not connect")
            with node.accept()[0] as connection:
                connection.recv(1)
                took = (time.monotonic() - program.exec_time) * 1e3
            program.stop()
            return took

    def raw(port):
        return asked.raw_command("cold", 1, first=address(0), port=port)

    def beginning(port, state=None):
        return asked.daemon_command([f"http://{address(0)}:{port}"], "300s", state=state)

    kept = asked.new_state_directory()  # from the second try on with the store of the first one

    def again(port):
        return beginning(port, kept)

    contestants = [lambda command=command: first_byte_ms(command) for command in (raw, beginning, again)]
    raw_ms, first_ms, again_ms = map(statistics.median, in_turns(EXEC_TRIES, *contestants))
    words = "exec to the first byte of a request"
    return [
        Row(words, f"{again_ms:.1f} ms, raw {raw_ms:.1f}", again_ms, 20, 8, " ms"),
        Row(f"{words}, with a store to begin", f"{first_ms:.1f} ms", first_ms, 20, 8, " ms"),
    ]


def few_descriptors(bench):
    """More nodes than the limit lets connections be open, against as many as it lets."""
    many, fitting, limit = bench.crowd

    def round_ms(nodes):
        run = bench.contestants.start_daemon(
            urls(nodes, bench.nginx.ports["plain"]), "0s", "--rounds", 4, "--timeout", "10s", files=limit
        )
        run.until_round(4)
        run.program.finish()
        return statistics.median(one["took_ms"] for one in run.rounds[1:]), min(one["ok"] for one in run.rounds)

    crowded, answered = round_ms(many)
    roomy, _ = round_ms(fitting)
    share = 100 * answered / many
    ratio = crowded / roomy
    words = f"{many} nodes, {limit} descriptors"
    return [
        Row(f"{words}: asked and answered", f"{share:.2f} %", share, 100, 100, " %", at_least=True),
        Row(f"{words}: round wall / {fitting} nodes", f"{ratio:.2f}; {crowded:.0f} ms, {roomy:.0f}", ratio, None, 1.5),
    ]


def saturation(bench):
    """Nodes that take their time, so few at once that a round is much longer than the interval."""
    nodes, parallel, delay, interval, rounds = 3_000, 2, "1ms", "100ms", 3
    where = f"{address(0)}:0"
    stub = Program(
        bench.directory, bench.stub, "node", "--listen", where, "--count", nodes, "--delay", delay, cpu=bench.server_cpu
    )
    try:
        until(lambda: stub.out.count("\n") >= nodes, "stub nodes listen", stub)
        node_urls = stub.out.split()

        def speed(pause, *more):
            wanted = ("--rounds", rounds, "--parallel", parallel, "--timeout", interval, *more)
            run = bench.contestants.start_daemon(node_urls, pause, *wanted)
            begin = run.until_round(1)
            end = run.until_round(rounds)
            polls_s = nodes * (rounds - 1) / (end.at - begin.at)
            skipped = sum(json_number(line, "skipped") for line in run.program.lines if "slots of the clock" in line)
            return polls_s, skipped, end.anonymous_kib - begin.anonymous_kib

        most, _, _ = speed("0s")
        held, skipped, grown = speed(interval, "--set", "poll.breaker=off")
    finally:
        stub.stop()
    share = held / most
    told = f"{share:.2f}; {held:.0f} polls/s of {most:.0f}, {skipped} slots skipped and counted, memory +{grown} KiB"
    return [Row("interval shorter than a round: polls/s of saturation", told, share, 0.9, 0.9, at_least=True)]


def json_number(line, name):
    return int(re.search(rf'"{name}":(\d+)', line).group(1))


def tls(bench):
    asked = bench.contestants
    nodes, few = bench.tls_nodes, bench.tls_nodes // 10
    trust = ("--set", f"poll.tls.ca={bench.certificates.authority}")
    tickets, forgetful = bench.nginx.ports["tls"], bench.nginx.ports["forgetful_tls"]
    fresh = (*trust, "--set", "poll.keep_alive=off")
    cold_rounds = bench.tls_cold_rounds
    plain, kept = in_turns(
        bench.turns, lambda: asked.daemon_warm(nodes), lambda: asked.daemon_warm(nodes, "https", tickets, more=trust)
    )
    resumed, full = in_turns(
        bench.turns,
        lambda: asked.daemon_warm(nodes, "https", tickets, cold_rounds, fresh),
        lambda: asked.daemon_warm(nodes, "https", forgetful, cold_rounds, fresh),
    )
    ratio, told = paired(each(kept, "cpu_us"), each(plain, "cpu_us"))
    cpu = f"{median(kept, 'cpu_us'):.1f} us, plain {median(plain, 'cpu_us'):.1f}"
    rows = [Row(f"TLS warm / plain CPU, {nodes} nodes", f"{told}; {cpu}", ratio, 2.0, 1.6)]
    ratio, told = paired(each(resumed, "cpu_us"), each(full, "cpu_us"))
    cpu = f"{median(resumed, 'cpu_us'):.0f} us, without {median(full, 'cpu_us'):.0f}"
    rows.append(Row(f"TLS cold, resumed / not, {nodes} nodes", f"{told}; {cpu}", ratio, 0.6, 0.4))
    small = asked.daemon_warm(few, "https", tickets, more=trust).peak_kib
    a_node = (median(kept, "peak_kib") - small) / (nodes - few)
    words = f"TLS memory a kept-alive node, {nodes} against {few}"
    return [*rows, Row(words, f"{a_node:.1f} KiB", a_node, 32, 24, " KiB")]


def idle(bench):
    """Between rounds, once the rollup is delivered. The next round is at midnight."""
    run = bench.contestants.start_daemon(urls(100, bench.nginx.ports["plain"]), "24h", *PAGE)
    run.until_round(1)
    settle = time.monotonic() + 2.0
    until(lambda: time.monotonic() > settle, "it has settled", run.program)
    before, begin = wake_ups(run.program.pid), time.monotonic()
    until(lambda: time.monotonic() > begin + bench.idle_s, "the time is over", run.program)
    a_minute = (wake_ups(run.program.pid) - before) * 60 / (time.monotonic() - begin)
    due = IDLE_TIMERS_A_MINUTE * WAKE_UPS_A_TIMER
    return [Row("wake-ups a minute between rounds, of threads", f"{a_minute:.0f}", a_minute, due, due)]


def size(bench):
    stripped = bench.directory / "stripped"
    subprocess.run(["strip", "-o", stripped, bench.daemon], check=True)
    mib = stripped.stat().st_size / KIB / KIB
    return [Row("stripped program", f"{mib:.2f} MiB", mib, 6, 4, " MiB")]


def leak(bench):
    rounds = bench.leak_rounds
    grown = bench.contestants.daemon_warm(bench.usual, rounds=rounds, warm_up=REMEMBERED_ROUNDS).grown_kib
    return [Row(f"memory grown over {rounds} rounds, {bench.usual} nodes", f"{grown} KiB", grown, 1024, 256, " KiB")]


FIGURES = {
    function.__name__.replace("_", "-"): function
    for function in (
        warm,
        cold,
        small_memory,
        troubled,
        system_calls,
        start,
        few_descriptors,
        saturation,
        tls,
        idle,
        size,
        leak,
    )
}
GROWTH_HEADINGS = ("nodes", "CPU us a poll", "raw", "round ms", "raw", "round to round ms", "peak MiB", "raw")


def growth(bench):
    """Lines of a table of its own. The last one has more nodes than connections may be open."""

    def cells(nodes, daemon, raw=None):
        numbers = (daemon.cpu_us, raw and raw.cpu_us, daemon.round_ms, raw and raw.round_ms, daemon.cycle_ms)
        memory = (daemon.peak_kib / KIB, raw and raw.peak_kib / KIB)
        return nodes, *("" if number is None else f"{number:.1f}" for number in (*numbers, *memory))

    for nodes in bench.growth_sizes:
        raw, daemon = bench.contestants.raw_warm(nodes), bench.contestants.daemon_warm(nodes)
        yield cells(str(nodes), daemon, raw)
    many, _, limit = bench.crowd
    crowded = bench.contestants.daemon_warm(many, more=("--timeout", "10s"), files=limit)
    yield cells(f"{many}, {limit} descriptors", crowded)
