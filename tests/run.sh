#!/bin/sh
# Everything that must hold, from a fresh checkout on Debian 12 or 13: installs what is missing, builds, tests.
#   sh tests/run.sh            all tests, those of core, io, sim and hostile under the sanitizers, and the fuzz targets
#                              for a few seconds each; makes the package, too
#   sh tests/run.sh --quick    the pure parts and the style rules only
# Ends with ctest's own summary of the last run; the exit code is not 0 if anything failed.
set -eu

scope=all
for argument in "$@"; do
  case $argument in
    --quick) scope=quick ;;
    *) echo 'usage: sh tests/run.sh [--quick]' >&2; exit 64 ;;
  esac
done

cd "$(dirname "$0")/.."
jobs=$(nproc)

build() {
  preset=$1
  shift
  cmake --preset "$preset"
  cmake --build --preset "$preset" --parallel "$jobs" "$@"
}

sh cmake/install-deps.sh --tests

if [ "$scope" = quick ]; then
  build dev --target core_tests
  exec ctest --preset core --parallel "$jobs"
fi

# What runs under the sanitizers is not compiled a second time without them.
sanitized_labels='^(core|io|sim|hostile)$'

build dev --target edge-rollup edge-stub
build asan --target core_tests io_tests sim_tests hostile_tests
build fuzz
sh tests/package/make.sh

sanitized=passed
log=build/asan/tests.log
echo "run.sh: tests under the address and undefined-behaviour sanitizers, output in $log"
if ! ctest --preset asan --label-regex "$sanitized_labels" --parallel "$jobs" >"$log" 2>&1; then
  sanitized=failed
  cat "$log"
fi

fuzzed=passed
log=build/fuzz/tests.log
echo "run.sh: fuzz targets, output in $log"
if ! ctest --preset fuzz --parallel "$jobs" >"$log" 2>&1; then
  fuzzed=failed
  cat "$log"
fi

# Real processes wait for each other most of the time: two tests for each processor.
plain=passed
ctest --preset dev --label-exclude "$sanitized_labels" --exclude-regex '_NOT_BUILT(-[0-9a-f]+)?$' --parallel $((2 * jobs)) ||
  plain=failed

if [ "$sanitized" = failed ]; then echo 'run.sh: tests failed under the sanitizers, see above and build/asan/tests.log'; fi
if [ "$fuzzed" = failed ]; then echo 'run.sh: the fuzz targets found something, see above and build/fuzz/tests.log'; fi
[ "$sanitized $fuzzed $plain" = 'passed passed passed' ]
