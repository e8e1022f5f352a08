# Sourced by what runs in the container: steps, waiting, and how to fail.
# shellcheck shell=sh

step_of_waiting=0.1 # seconds
limit=60 # seconds for anything that should happen soon
# shellcheck disable=SC2034 # used by those who source this
config=/etc/edge-rollup/edge-rollup.yaml

fail() {
  echo "FAILED: $*"
  systemctl status --no-pager --lines=0 edge-rollup || true
  journalctl --no-pager --unit=edge-rollup --lines=40 || true
  exit 1
}
step() { echo "- $*"; }
shown() { systemctl show --value --property="$1" edge-rollup; }

# wait_until WHAT COMMAND...
wait_until() {
  what=$1
  shift
  tries=$((limit * 10))
  until "$@"; do
    tries=$((tries - 1))
    [ "$tries" -gt 0 ] || fail "waited $limit s in vain until $what"
    sleep "$step_of_waiting"
  done
}
