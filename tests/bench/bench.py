#!/usr/bin/python3
"""Measures the release build of the daemon against what is possible on this machine, and prints one table.

run.sh builds what it needs and starts it.
"""

import argparse
import datetime
import pathlib
import shutil
import signal
import sys
import tempfile
import time
from dataclasses import dataclass, field

from contestants import Contestants
from figures import FIGURES, GROWTH_HEADINGS, growth
from machine import Unusable, description, two_cpus
from nodes import Certificates, Nginx
from program import Failed
from report import HEADINGS, Row, head, line

ROOT = pathlib.Path(__file__).resolve().parents[2]
OUTPUT = ROOT / "build" / "bench"
DOCUMENT = ROOT / "docs" / "performance.md"
NOT_BUILT = 66
UNAVAILABLE = 69


@dataclass
class Plan:
    """How much is measured."""

    turns: int = 5
    polls_a_turn: int = 100_000
    usual: int = 1_000
    large: int = 10_000
    warm_sizes: tuple = (1_000, 10_000)
    memory_sizes: tuple = (1_000, 10_000)
    growth_sizes: tuple = (100, 1_000, 10_000, 19_000)
    crowd: tuple = (25_000, 19_000, 20_000)  # nodes, nodes that fit, descriptor limit
    parallel: int = 1_024
    timeout_s: int = 5
    traced_rounds: int = 20
    tls_nodes: int = 1_000
    tls_cold_rounds: int = 10
    idle_s: int = 60
    leak_rounds: int = 1_000


QUICK = Plan(
    turns=3,
    polls_a_turn=40_000,
    large=1_000,
    warm_sizes=(1_000,),
    memory_sizes=(100, 1_000),
    growth_sizes=(),
    crowd=(2_500, 1_900, 2_000),
    parallel=256,
    timeout_s=1,
    traced_rounds=10,
    tls_nodes=300,
    tls_cold_rounds=3,
    idle_s=10,
    leak_rounds=200,
)


@dataclass
class Bench(Plan):
    """What the figures work with."""

    directory: pathlib.Path = None
    daemon: pathlib.Path = None
    stub: pathlib.Path = None
    server_cpu: int = 0
    certificates: Certificates = None
    nginx: Nginx = None
    contestants: Contestants = field(default=None)


def read_arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="a thousand nodes, two minutes")
    parser.add_argument("--only", nargs="+", choices=(*FIGURES, "growth"), metavar="FIGURE",
                        help="of " + ", ".join((*FIGURES, "growth")))  # fmt: skip
    parser.add_argument("--report", action="store_true", help=f"every figure, and into {DOCUMENT.relative_to(ROOT)}")
    parser.add_argument("--programs", type=pathlib.Path, default=ROOT / "build" / "release",
                        help="the build tree of the daemon [build/release]")  # fmt: skip
    arguments = parser.parse_args()
    if arguments.report and (arguments.quick or arguments.only):
        parser.error("a report has every figure, measured in full")
    return arguments


def measured(bench, name):
    """The rows of a figure. Nothing that it started outlives it, and if it cannot be measured, others still are."""
    begin = time.monotonic()
    try:
        return FIGURES[name](bench)
    except Failed as error:
        print(f"bench: {name}: {error}", file=sys.stderr)
        return [Row(name, "**not measured**")]
    finally:
        bench.contestants.stop()
        print(f"bench: {name} took {time.monotonic() - begin:.1f} s", file=sys.stderr)


def report(bench, wanted):
    """Yields the lines of the tables as soon as they are known."""
    figures = [name for name in FIGURES if name in wanted]
    if figures:
        yield from head(HEADINGS)
    for name in figures:
        yield from (line(row.cells()) for row in measured(bench, name))
    if "growth" in wanted and bench.growth_sizes:
        yield ""
        yield from head(GROWTH_HEADINGS)
        yield from map(line, growth(bench))
        bench.contestants.stop()


def put_into_document(tables):
    """In the place of the tables of before, with the date and the machine."""
    begin, end = "<!-- measured: begin -->\n", "<!-- measured: end -->\n"
    before, _, rest = DOCUMENT.read_text().partition(begin)
    _, _, after = rest.partition(end)
    when = datetime.date.today().isoformat()
    DOCUMENT.write_text(f"{before}{begin}Measured on {when}, {description()}.\n\n{tables}{end}{after}")


def run(arguments):
    plan = QUICK if arguments.quick else Plan()
    client_cpu, server_cpu = two_cpus()
    daemon = arguments.programs / "daemon" / "edge-rollup"
    stub = arguments.programs / "edge-stub" / "edge-stub"
    raw = OUTPUT / "tests" / "bench" / "raw_epoll"
    for program in (daemon, stub, raw):
        if not program.exists():
            print(f"bench: {program} is not built: sh tests/bench/run.sh builds it", file=sys.stderr)
            return NOT_BUILT
    directory = pathlib.Path(tempfile.mkdtemp(prefix="run-", dir=OUTPUT))
    nginx = None
    try:
        certificates = Certificates(OUTPUT / "certificates", plan.usual)
        nginx = Nginx(directory, certificates, max(plan.crowd[1], plan.large), server_cpu)
        contestants = Contestants(directory, client_cpu, nginx, daemon, raw, plan.polls_a_turn)
        bench = Bench(**vars(plan), directory=directory, daemon=daemon, stub=stub, server_cpu=server_cpu,
                      certificates=certificates, nginx=nginx, contestants=contestants)  # fmt: skip
        with open(OUTPUT / "report.md", "w") as kept:
            for text in report(bench, arguments.only or (*FIGURES, "growth")):
                print(text, flush=True)
                print(text, file=kept, flush=True)
        if arguments.report:
            put_into_document((OUTPUT / "report.md").read_text())
        return 0
    finally:
        if nginx:
            nginx.stop()
        shutil.rmtree(directory)


def main():
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda received, _frame: sys.exit(128 + received))
    try:
        sys.exit(run(read_arguments()))
    except (Unusable, Failed) as error:
        print(f"bench: {error}", file=sys.stderr)
        sys.exit(UNAVAILABLE)


if __name__ == "__main__":
    main()
