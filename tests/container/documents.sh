#!/bin/sh
# The commands of README.md and the runbooks, as they stand there, at a gateway with two nodes and a cloud.
set -eu

# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/steps.sh"

place=/test/desk
store=/test/rollups.jsonl
mkdir "$place"
cd "$place"

# These need a build tree; they are run by tests/package.
ran='README/demo README/package README/config'

# run PAGE/NAME [SED_SCRIPT]: as a person would, with what differs here replaced.
run() {
  ran="$ran $1"
  sed "${2:-}" "/test/blocks/$1" >/test/block
  sh -eu /test/block >/test/said 2>&1 </dev/null || { cat /test/said; fail "$1"; }
}
# A command that is there to tell of trouble ends with a code of trouble.
run_in_trouble() {
  ran="$ran $1"
  sed "${2:-}" "/test/blocks/$1" >/test/block
  sh -u /test/block >/test/said 2>&1 </dev/null || true
}
# For settings that name credentials: what the runbooks say of them.
told_of_credentials='s#edge-rollup check#CREDENTIALS_DIRECTORY=/etc/edge-rollup &#'
said() { grep -q -e "$1" /test/said || { cat /test/said; fail "not said: $1"; }; }
received() { { wc -l <"$store" || echo 0; } 2>/dev/null; }
received_more_than() { [ "$(received)" -gt "$1" ]; }
delivers() {
  count=$(received)
  wait_until 'rollups come' received_more_than $((count + 1))
}
stream() { edge-rollup identity show --json | sed -n 's/.*"stream": *"\([^"]*\)".*/\1/p'; }
waiting() { edge-rollup outbox list | awk '$2 == "pending" { print $1 }'; }
waiting_more_than() { [ "$(waiting | wc -l)" -gt "$1" ]; }
start_cloud() {
  systemctl stop cloud 2>/dev/null || true
  systemd-run --quiet --unit=cloud edge-stub ingest --listen 127.0.0.1:443 \
    --tls-cert /test/cloud.pem --tls-key /test/cloud.key --store "$store" "$@"
}

step 'a gateway, two nodes, a cloud with a certificate, and sshd'
ip address add 10.0.0.5/32 dev lo
ip address add 10.0.0.6/32 dev lo
echo '127.0.0.1 ingest.example.com gateway-7' >>/etc/hosts
printf '#!/bin/sh\nexec env "$@"\n' >/usr/local/bin/sudo
# An editor that makes rounds quick.
# shellcheck disable=SC2016 # for the script to expand
printf '#!/bin/sh\necho "poll: {interval: 1s}" >>"$1"\n' >/usr/local/bin/sudoedit
chmod +x /usr/local/bin/sudo /usr/local/bin/sudoedit
openssl req -x509 -newkey rsa:2048 -nodes -days 90 -subj /CN=ingest.example.com \
  -addext subjectAltName=DNS:ingest.example.com -keyout /test/cloud.key -out /test/cloud.pem 2>/dev/null
cp /test/cloud.pem /usr/local/share/ca-certificates/cloud.crt
update-ca-certificates >/dev/null 2>&1
mkdir -p ~/.ssh
ssh-keygen -q -t ed25519 -N '' -f ~/.ssh/id_ed25519
cp ~/.ssh/id_ed25519.pub ~/.ssh/authorized_keys
systemctl start ssh
ssh -o StrictHostKeyChecking=accept-new gateway-7 true 2>/dev/null || fail 'no ssh to this machine'

# A version that comes after this one: the same programs under another number.
dpkg-deb -R /test/edge-rollup.deb /test/next
version=$(dpkg-deb -f /test/edge-rollup.deb Version)
sed -i 's/^Version: .*/&+next/' /test/next/DEBIAN/control
mkdir -p build/release upgrade
dpkg-deb -b /test/next upgrade/edge-rollup_next.deb >/dev/null
cp upgrade/edge-rollup_next.deb edge-rollup-new.deb
cp /test/edge-rollup.deb edge-rollup-old.deb
cp /test/edge-rollup.deb build/release/edge-rollup_this.deb

step 'README: the first ten minutes'
run README/install 's/apt install/apt-get install -qy/'
systemd-run --quiet --unit=nodes edge-stub node --listen 10.0.0.5:8080 --count 2
start_cloud
cp /test/blocks/README/settings "$config"
ran="$ran README/settings"
run README/look
said '1 of 1 nodes'
run README/check
run README/start
wait_until 'a rollup has come' received_more_than 0
run README/watch 's/^systemctl status/& --no-pager/'
said 'pump-6'
said 'edge_rollup_nodes{state="ok"} 2'
run README/change
(cd upgrade && run README/upgrade 's/apt install/apt-get install -qy/') || exit 1
ran="$ran README/upgrade"
dpkg-query -W -f '${Version}' edge-rollup | grep -q next || fail 'not upgraded'

step 'runbooks: look, tunnel, reload'
run runbooks/first-look
run runbooks/reload
grep -q 'interval: 1s' "$config" || fail 'the editor was not asked'
delivers
# The port is taken on 127.0.0.1 by the daemon itself here, so the tunnel begins at ::1.
systemd-run --quiet --unit=tunnel --setenv=HOME="$HOME" sh -e /test/blocks/runbooks/tunnel
ran="$ran runbooks/tunnel"
wait_until 'the tunnel leads to the daemon' curl -gsf -o /dev/null 'http://[::1]:9464/livez'
systemctl stop tunnel

step 'runbooks: boxes that are replaced, moved, cloned'
first=$(stream)
run runbooks/retire
! systemctl --quiet is-enabled edge-rollup || fail 'still enabled'
mkdir -p /mnt/var/lib/private
cp -a /var/lib/private/edge-rollup /mnt/var/lib/private/
run runbooks/export
[ -e rollups.jsonl ] || fail 'nothing exported'
run runbooks/begin
delivers
run runbooks/pack
rm -rf /var/lib/private/edge-rollup
run runbooks/unpack
delivers
[ "$(stream)" = "$first" ] || fail 'the stream did not move along'
run runbooks/new-stream
[ "$(stream)" != "$first" ] || fail 'no new stream'
delivers
run runbooks/image
[ ! -e /var/lib/edge-rollup ] || fail 'the image has an identity'
systemctl enable --now --quiet edge-rollup
delivers

step 'runbooks: token, upgrade, roll back'
mkdir -p /etc/systemd/system/edge-rollup.service.d
cp /usr/share/doc/edge-rollup/examples/credentials.conf /etc/systemd/system/edge-rollup.service.d/
systemctl daemon-reload
# shellcheck disable=SC2016 # a reference for the daemon to resolve
sed -i 's#^  url: .*#&\n  auth: {bearer_token: "${cred:cloud-token}"}#' "$config"
echo new >new-token
run runbooks/token
grep -q cred: "$config" || fail 'the settings do not name the credential'
run runbooks/check-token
[ "$(stat -c %a /etc/edge-rollup/cloud-token)" = 600 ] || fail 'all may read the token'
delivers
first=$(stream)
run runbooks/roll-back 's/apt install/apt-get install -qy/'
[ "$(dpkg-query -W -f '${Version}' edge-rollup)" = "$version" ] || fail 'not rolled back'
delivers
run runbooks/upgrade 's/apt install/apt-get install -qy/'
delivers
[ "$(stream)" = "$first" ] || fail 'the stream has changed'

step 'runbooks: alerts'
systemctl stop cloud
wait_until 'rollups wait' waiting_more_than 1
run_in_trouble runbooks/stalled "$told_of_credentials"
! grep -q 'there are no credentials' /test/said || fail 'the credentials were not found'
start_cloud --status 401
systemctl restart edge-rollup
wait_until 'delivery holds' sh -c 'edge-rollup status | grep -q -i 401'
run_in_trouble runbooks/held "$told_of_credentials"
said 401
systemctl stop edge-rollup
retried=$(waiting | sed -n 1p)
dropped=$(waiting | sed -n 2p)
sqlite3 /var/lib/edge-rollup/outbox.db "UPDATE rollup SET state = 'dead' WHERE sequence IN ($retried, $dropped)"
run runbooks/dead-letters "s/42/$retried/"
run runbooks/drop "s/42/$dropped/"
start_cloud
systemctl start edge-rollup
delivers
wait_until 'the loss is told' grep -q '"reason":"operator"' "$store"
run runbooks/disk
run runbooks/nodes-down
run runbooks/skipped
run runbooks/clock
run runbooks/certificates "$told_of_credentials"
echo 'cloud: [' >"$config"
systemctl reload edge-rollup || true
run_in_trouble runbooks/reload-failed
said "$config:"

for block in /test/blocks/*/*; do
  name=${block#/test/blocks/}
  case " $ran " in
    *" $name "*) ;;
    *) fail "$name is in the documents and nobody runs it" ;;
  esac
done
echo "all well, $(echo "$ran" | wc -w) blocks"
