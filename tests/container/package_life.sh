#!/bin/sh
# The life of the package, from its installation to the day it is purged.
set -eu

# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/steps.sh"

store=/test/rollups.jsonl

journal_has() { journalctl --quiet --no-pager --unit=edge-rollup --output=cat --since="@$since" | grep -q -e "$1"; }
status_has() { shown StatusText | grep -q -e "$1"; }
received() { wc -l <"$store"; }
received_more_than() { [ "$(received)" -gt "$1" ]; }
sequences() { sed -n 's/^.*"sequence": *\([0-9]*\), *"body".*$/\1/p' "$store"; }
entries() { grep -c "\"node_url\":\"http://127.0.0.$1:8080\"" "$store" || true; }
node_is_polled() { tail -n 1 "$store" | grep -q "127\.0\.0\.$1:8080"; }
has_new_process() {
  [ "$(shown MainPID)" != "$1" ] && [ "$(shown MainPID)" != 0 ] && systemctl --quiet is-active edge-rollup
}

# Every number from 1 on is there; repeats are allowed, as after a lost answer.
all_have_come() {
  sequences | sort -n | uniq | awk '$1 != NR { exit 1 } END { exit NR == 0 }' ||
    fail "sequences have gaps: $(sequences | tr '\n' ' ')"
  ! grep -q '"lost":{"total":[1-9]' "$store" || fail 'a rollup tells of a loss'
}

configure() {
  cat >"$config" <<TEXT
gateway: container
nodes: [$1]
node_files: [/etc/edge-rollup/nodes.d/*.json]
poll: {interval: 1s}
cloud:
  url: http://127.0.0.1:8088/v1/rollups
  retry: {max: 1s}
TEXT
}
start_cloud() { systemd-run --quiet --unit=cloud edge-stub ingest --listen 127.0.0.1:8088 --store "$store"; }

apt_get() {
  DEBIAN_FRONTEND=noninteractive apt-get --quiet --yes "$@" >/test/apt 2>&1 || { cat /test/apt; fail "apt-get $*"; }
}
said_by_apt() { grep -q -e "$1" /test/apt || { cat /test/apt; fail "apt did not say: $1"; }; }

since=$(date +%s)
find / -xdev -not -path '/test/*' -not -path '/proc/*' 2>/dev/null | sort >/test/before

step 'the package is installed, starts nothing and says what to do next'
apt_get install --no-install-recommends /test/edge-rollup.deb
said_by_apt 'edge-rollup check -c /etc/edge-rollup/edge-rollup.yaml'
said_by_apt 'systemctl enable --now edge-rollup'
! systemctl --quiet is-active edge-rollup || fail 'it runs'
! systemctl --quiet is-enabled edge-rollup || fail 'it would run after the next boot'

step 'not configured, it refuses to start with a helpful line, once'
systemctl start edge-rollup 2>/dev/null || true
wait_until 'it has failed' systemctl --quiet is-failed edge-rollup
[ "$(shown ExecMainStatus) $(shown NRestarts)" = '78 0' ] || fail "exit $(shown ExecMainStatus), $(shown NRestarts) restarts"
journal_has 'set cloud.url' || fail 'no remedy in the journal'

step 'configured, it is active and rollups arrive'
systemd-run --quiet --unit=nodes edge-stub node --listen 127.0.0.1:8080 --count 3
start_cloud
configure 'http://127.0.0.1:8080, http://127.0.0.2:8080'
systemctl enable --now --quiet edge-rollup || fail 'it does not start'
wait_until 'three rollups have come' received_more_than 2
[ "$(stat -Lc %a /var/lib/edge-rollup)" = 700 ] || fail 'the state directory is open'
status_has '2 of 2 nodes ok' || fail "its status is: $(shown StatusText)"

step 'a reload brings a new node without a restart'
process=$(shown MainPID)
configure 'http://127.0.0.1:8080, http://127.0.0.2:8080, http://127.0.0.3:8080'
systemctl reload edge-rollup || fail 'reload failed'
wait_until 'the new node is in a rollup' node_is_polled 3
[ "$(shown MainPID)" = "$process" ] || fail 'it was restarted'

step 'a reload of a broken file changes nothing'
since=$(date +%s)
echo 'cloud: [' >"$config"
systemctl reload edge-rollup || true
wait_until 'the journal tells the mistake' journal_has 'edge-rollup.yaml:'
wait_until 'systemctl status tells it' status_has 'the last reload failed.*edge-rollup.yaml:1:'
count=$(received)
wait_until 'rollups go on coming' received_more_than $((count + 1))
node_is_polled 3 || fail 'the fleet has changed'
configure 'http://127.0.0.1:8080, http://127.0.0.2:8080, http://127.0.0.3:8080'
systemctl reload edge-rollup

step 'stopped by SIGSTOP, it is restarted by the watchdog, and nothing is lost'
mkdir -p /run/systemd/system/edge-rollup.service.d
printf '[Service]\nWatchdogSec=2s\nRestartSec=100ms\n' >/run/systemd/system/edge-rollup.service.d/quick.conf
systemctl daemon-reload
systemctl restart edge-rollup
process=$(shown MainPID)
kill -STOP "$process"
wait_until 'systemd has started another process' has_new_process "$process"
journalctl --quiet --no-pager --unit=edge-rollup --since="@$since" | grep -qi 'watchdog timeout' ||
  fail 'not by the watchdog'
count=$(received)
wait_until 'rollups go on coming' received_more_than $((count + 1))
all_have_come

step 'the journal has its own fields'
own_entries() { journalctl --no-pager SYSLOG_IDENTIFIER=edge-rollup "$@"; }
own_entries --output=json | grep -q '"EDGE_ROLLUP_[A-Z_]*":' || fail 'no EDGE_ROLLUP_ field'
own_entries --output=json | grep -q '"MESSAGE_ID":' || fail 'no MESSAGE_ID'
own_entries --catalog | grep -q 'Subject: edge-rollup' || fail 'the catalog does not know them'

step 'an upgrade in an outage restarts it and keeps what waits'
systemctl stop cloud
wait_until 'rollups wait' sh -c 'edge-rollup outbox list --state-dir /var/lib/edge-rollup | grep -q pending'
process=$(shown MainPID)
apt_get install --reinstall --no-install-recommends /test/edge-rollup.deb
wait_until 'the new program runs' has_new_process "$process"
grep -q 'gateway: container' "$config" || fail 'the settings were replaced'
start_cloud
count=$(received)
wait_until 'all have come' received_more_than $((count + 2))
all_have_come

step 'it stops cleanly'
systemctl stop edge-rollup
[ "$(shown Result) $(shown ExecMainStatus)" = 'success 0' ] || fail "ended with $(shown Result) $(shown ExecMainStatus)"
all_have_come

step 'removed, it keeps settings and outbox; purged, it leaves nothing'
apt_get remove edge-rollup
for kept in "$config" /var/lib/private/edge-rollup; do
  [ -e "$kept" ] || fail "remove took $kept"
done
systemctl stop cloud nodes
apt_get purge edge-rollup
systemctl daemon-reload
rm -r /run/systemd/system/edge-rollup.service.d
find / -xdev -not -path '/test/*' -not -path '/proc/*' 2>/dev/null | sort >/test/after
left=$(comm -13 /test/before /test/after | grep -e edge-rollup -e edge-stub || true)
[ -z "$left" ] || fail "left behind: $left"

echo "all well, $(received) requests came to the cloud"
