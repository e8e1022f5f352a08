#!/bin/sh
# Measures how much the daemon costs: builds what is shipped and what measures it, then compares with a bare epoll loop
# and wrk on the same nginx nodes. Two processors, and nothing else at work on them.
#   sh tests/bench/run.sh                          every figure, up to 25 000 nodes; wants 20 000 open files
#   sh tests/bench/run.sh --report                 likewise, and puts them into docs/performance.md
#   sh tests/bench/run.sh --quick                  a thousand nodes, within two minutes
#   sh tests/bench/run.sh --quick --only warm tls  some figures
# The tables go to standard output and build/bench/report.md. The parts that do no IO have times of their own:
#   build/bench/tests/bench/micro_benchmarks
set -eu

cd "$(dirname "$0")/../.."
jobs=$(nproc)

sh cmake/install-deps.sh --bench
{
  cmake --preset release
  cmake --build --preset release --parallel "$jobs" --target edge-rollup edge-stub
  cmake --preset bench
  cmake --build --preset bench --parallel "$jobs"
} >&2

exec /usr/bin/python3 -B tests/bench/bench.py "$@"
