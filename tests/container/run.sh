#!/bin/sh
# The package in a Debian of its own, booted by systemd:
#   sh tests/container/run.sh SCENARIO PACKAGE.deb CACHE_DIRECTORY          SCENARIO: package_life or documents
# The base system is made once by debootstrap, from the archive that this machine installs from, and kept in the cache.
# Exit code 77: this machine cannot boot a container, and a line says why.
set -eu

scenario=$1
package=$2
cache=$3
here=$(cd "$(dirname "$0")" && pwd)
skipped=77
boot_limit=500 # seconds for everything inside

skip() { echo "container test skipped: $*"; exit "$skipped"; }

[ "$(id -u)" -eq 0 ] || skip 'only root can boot a container'
for program in debootstrap systemd-nspawn; do
  command -v "$program" >/dev/null || skip "$program is not installed"
done
unshare --mount --pid --ipc --uts --net --fork true 2>/dev/null || skip 'the kernel lets nobody make namespaces here'
[ -r "$package" ] || { echo "no package $package" >&2; exit 66; }

# shellcheck source=/dev/null
codename=$(. /etc/os-release && echo "$VERSION_CODENAME")
# shellcheck disable=SC2016 # the fields are apt's to fill in
archive=$(apt-get indextargets --format '$(REPO_URI) $(CODENAME) $(COMPONENT)' |
  awk -v codename="$codename" '$2 == codename && $3 == "main" { print $1; exit }')
[ -n "$archive" ] || skip "apt has no source for Debian $codename main"

mkdir -p "$cache"
base=$cache/base
log=$cache/base.log
depends=$(dpkg-deb --field "$package" Depends)
# What the documents tell people to use.
tools=systemd,systemd-sysv,dbus,ca-certificates,curl,iproute2,openssh-server,openssl,sqlite3

# Dependencies are in the base, so that the package itself is installed in the container, without a network.
if [ "$(cat "$base.made" 2>/dev/null)" != "$tools $depends" ]; then
  echo "making the base system, output in $log"
  rm -rf "$base" "$base.made"
  if ! debootstrap --variant=minbase --include="$tools" "$codename" "$base" "$archive" >"$log" 2>&1; then
    tail -n 3 "$log"
    skip 'debootstrap cannot make a base system here'
  fi
  export DEBIAN_FRONTEND=noninteractive
  if ! chroot "$base" apt-get satisfy -y --no-install-recommends "$depends" >>"$log" 2>&1; then
    tail -n 3 "$log"
    exit 1
  fi
  echo "$tools $depends" >"$base.made"
fi

root=$cache/$scenario.root
rm -rf "$root"
trap 'rm -rf "$root"' EXIT
trap 'exit 130' INT TERM
cp -a --reflink=auto "$base" "$root"
mkdir "$root/test"
cp "$package" "$root/test/edge-rollup.deb"
cp "$here/steps.sh" "$root/test/"
cp "$here/$scenario.sh" "$root/test/scenario.sh"
python3 -B "$here/blocks.py" "$root/test/blocks"
cp "$here/scenario.service" "$root/etc/systemd/system/"
ln -s ../scenario.service "$root/etc/systemd/system/multi-user.target.wants/"

# Without systemd on this machine there is nobody to register with.
keep_unit=''
[ -d /run/systemd/system ] || keep_unit=--keep-unit

code=0
timeout --foreground "$boot_limit" systemd-nspawn --boot --quiet --register=no ${keep_unit:+"$keep_unit"} \
  --private-network --machine="edge-rollup-test-$$" --directory="$root" </dev/null >"$cache/$scenario.console" 2>&1 || code=$?
if [ ! -e "$root/test/output" ]; then
  tail -n 5 "$cache/$scenario.console"
  skip 'systemd does not boot in a container here'
fi
cat "$root/test/output"
exit "$code"
