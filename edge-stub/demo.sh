#!/bin/sh
# Builds the programs if needed and shows the daemon at work:
# sh edge-stub/demo.sh [--nodes 5] [--interval 2s] [--rounds N]
set -eu

cd "$(dirname "$0")/.."

log=$(mktemp)
trap 'rm -f "$log"' EXIT
trap 'exit 130' INT TERM

# Runs a command in silence; what it said is shown only if it fails.
quietly() {
  what=$1
  shift
  echo "demo.sh: $what" >&2
  if ! "$@" >"$log" 2>&1; then
    cat "$log" >&2
    echo "demo.sh: failed: $*" >&2
    exit 1
  fi
}

# What is installed is said on standard error; the package manager's own lines stay in the log.
if ! sh cmake/install-deps.sh >"$log"; then
  cat "$log" >&2
  exit 1
fi
quietly 'configuring' cmake --preset release
quietly 'building edge-rollup and edge-stub (some minutes the first time)' \
  cmake --build --preset release --target edge-rollup edge-stub

rm -f "$log"
exec build/release/edge-stub/edge-stub demo "$@"
