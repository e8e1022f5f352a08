#!/bin/sh
# Makes the package for arm64 on an amd64 Debian, and tries its programs out under qemu:
#   sh packaging/cross-arm64.sh [DIRECTORY]          build/arm64 unless given; as root
# Libraries of another architecture do not mix well with those of a machine that is in use, so all happens in a Debian
# of its own below DIRECTORY, made by debootstrap from the archive that this machine installs from.
set -eu

cd "$(dirname "$0")/.."
mkdir -p "${1:-build/arm64}"
place=$(cd "${1:-build/arm64}" && pwd)
root=$place/root
log=$place/log
codename=bookworm

say() { echo "cross-arm64: $*" >&2; }
quietly() {
  if ! "$@" >>"$log" 2>&1; then
    tail -n 20 "$log" >&2
    say "failed: $*"
    exit 1
  fi
}
inside() { chroot "$root" env DEBIAN_FRONTEND=noninteractive CCACHE_DIR=/ccache "$@"; }

[ "$(id -u)" -eq 0 ] || { say 'run this as root'; exit 77; }
command -v debootstrap >/dev/null || { say 'debootstrap is not installed'; exit 69; }
# shellcheck disable=SC2016 # the fields are apt's to fill in
archive=$(apt-get indextargets --format '$(REPO_URI) $(CODENAME) $(COMPONENT)' |
  awk -v codename="$codename" '$2 == codename && $3 == "main" { sub(/\/$/, "", $1); print $1; exit }')
[ -n "$archive" ] || { say "apt has no source for Debian $codename main"; exit 69; }

arm64_libraries='libfmt-dev libsqlitecpp-dev libsqlite3-dev zlib1g-dev libssl-dev
  libyaml-cpp-dev prometheus-cpp-dev'
boost='libboost1.83-dev:arm64 libboost-url1.83-dev:arm64'
tools='crossbuild-essential-arm64 cmake ninja-build ccache libcli11-dev nlohmann-json3-dev scdoc dpkg-dev file
  qemu-user-static'

: >"$log"
if [ ! -e "$place/root.made" ]; then
  say "making the Debian to build in, output in $log"
  rm -rf "$root"
  quietly debootstrap --variant=minbase "$codename" "$root" "$archive"
  echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $archive $codename-backports main" \
    >"$root/etc/apt/sources.list.d/backports.list"
  quietly inside dpkg --add-architecture arm64
  quietly inside apt-get update
  # shellcheck disable=SC2086 # lists of package names
  quietly inside apt-get install -y --no-install-recommends -t "$codename-backports" $boost
  # shellcheck disable=SC2046,SC2086
  quietly inside apt-get install -y --no-install-recommends $tools $(printf '%s:arm64 ' $arm64_libraries)
  touch "$place/root.made"
fi

say 'building'
rm -rf "$root/source"
mkdir -p "$root/source" "$root/build"
tar -cf - --exclude=./build --exclude=./.git . | tar -xf - -C "$root/source"
quietly inside cmake -G Ninja -S /source -B /build --toolchain /source/packaging/aarch64-linux-gnu.cmake \
  -DCMAKE_BUILD_TYPE=Release -DEDGE_ROLLUP_TESTS=OFF -DEDGE_ROLLUP_PACKAGE=ON -DBoost_USE_STATIC_LIBS=ON
quietly inside cmake --build /build
rm -f "$root"/build/*.deb
quietly inside sh -c 'cd /build && cpack -G DEB'
cp "$root"/build/edge-rollup_*_arm64.deb "$place"

say 'trying it out under qemu'
rm -rf "$root/smoke"
mkdir "$root/smoke"
cat >"$root/smoke/try.sh" <<'TRY'
set -eu
cd /smoke
dpkg-deb -x /build/edge-rollup_*_arm64.deb package
rollup='qemu-aarch64-static package/usr/bin/edge-rollup'
stub='qemu-aarch64-static package/usr/bin/edge-stub'
$rollup --version
mkfifo urls said
stubs=''
trap 'kill $stubs' EXIT
$stub node --listen 127.0.0.1:0 --count 2 >urls &
stubs=$!
$stub ingest --listen 127.0.0.1:0 --store store.jsonl >said &
stubs="$stubs $!"
exec 3<urls 4<said
read -r first <&3
read -r second <&3
read -r cloud <&4
$rollup once --state-dir state --cloud "$cloud" "$first" "$second"
grep -q '"record_count"' store.jsonl
$rollup run --state-dir state --cloud "$cloud" --interval 0s --rounds 3 "$first" "$second"
[ "$(wc -l <store.jsonl)" -eq 4 ]
TRY
inside timeout 300 sh /smoke/try.sh
say "made $(ls "$place"/edge-rollup_*_arm64.deb)"
