#!/bin/sh
# Installs what building edge-rollup needs on Debian 12 or 13, with --tests what its tests need too,
# and with --bench what measuring its speed needs.
# Can be run again and again: what is there stays, and with nothing missing it asks the network for nothing.
# No service is started by installing. bookworm-backports is added only on Debian 12, for Boost 1.83 and Catch2 3.
set -eu

usage='usage: sh cmake/install-deps.sh [--tests] [--bench]'
with_tests=no
with_bench=no
for argument in "$@"; do
  case $argument in
    --tests) with_tests=yes ;;
    --bench) with_bench=yes ;;
    *) echo "$usage" >&2; exit 64 ;;
  esac
done

say() { echo "install-deps: $*" >&2; }
fail() { say "$*"; exit 1; }

build_packages='g++ cmake ninja-build ccache
  libboost1.83-dev libboost-url1.83-dev libfmt-dev libcli11-dev nlohmann-json3-dev
  libsqlitecpp-dev libsqlite3-dev zlib1g-dev libssl-dev libyaml-cpp-dev prometheus-cpp-dev
  scdoc dpkg-dev file'
test_packages='catch2 chromium clang-19 clang-format debootstrap fish fonts-dejavu-core git
  libclang-rt-19-dev librapidcheck-dev lintian man-db nginx-light nodejs npm openssl postgresql procps
  prometheus python3 python3-aiohttp python3-jsonschema shellcheck sqlite3 strace systemd systemd-container
  zsh'
bench_packages='libbenchmark-dev nginx-light openssl python3 strace util-linux wrk'

wanted=$build_packages
if [ "$with_tests" = yes ]; then wanted="$wanted $test_packages"; fi
if [ "$with_bench" = yes ]; then wanted="$wanted $bench_packages"; fi

# dpkg knows a package as installed, and for catch2 in version 3. Node and npm may have come another way, which Debian's
# packages of them would be in conflict with.
is_installed() {
  case $1 in
    nodejs) if command -v node >/dev/null; then return 0; fi ;;
    npm) if command -v npm >/dev/null; then return 0; fi ;;
  esac
  version=$(dpkg-query -W -f='${db:Status-Status} ${Version}' "$1" 2>/dev/null) || return 1
  case "$1 $version" in
    'catch2 installed '[012].*) return 1 ;;
    *' installed '*) return 0 ;;
    *) return 1 ;;
  esac
}

missing=''
for package in $wanted; do
  is_installed "$package" || missing="$missing $package"
done
if [ -z "$missing" ]; then
  say 'nothing to do, every package is installed'
  exit 0
fi

command -v apt-get >/dev/null || fail 'apt-get not found: this script knows Debian 12 and 13'
as_root=''
if [ "$(id -u)" -ne 0 ]; then
  command -v sudo >/dev/null || fail "missing:$missing - run this as root, or install sudo"
  as_root='sudo'
fi
# shellcheck source=/dev/null
codename=$(. /etc/os-release && echo "${VERSION_CODENAME:-unknown}")
say "missing:$missing"
# First, as a fresh system does not yet know what its sources hold.
$as_root apt-get update

from_backports=''
if [ "$codename" = bookworm ]; then
  for package in $missing; do
    case $package in
      libboost1.83-dev | libboost-url1.83-dev | catch2) from_backports="$from_backports $package" ;;
    esac
  done
fi

# The archive's address is the one this machine already installs bookworm from, in either form of apt's source lists.
# shellcheck disable=SC2016 # the fields are apt's to fill in
archive_address() {
  apt-get indextargets --format '$(REPO_URI) $(CODENAME) $(COMPONENT)' 2>/dev/null |
    awk '$2 == "bookworm" && $3 == "main" { sub(/\/$/, "", $1); print $1; exit }'
}

# shellcheck disable=SC2016
if [ -n "$from_backports" ] && ! apt-get indextargets --format '$(CODENAME)' 2>/dev/null | grep -qx bookworm-backports; then
  archive=$(archive_address)
  [ -n "$archive" ] || fail 'no source for Debian bookworm main in /etc/apt: add one, then run this again'
  say "adding bookworm-backports from $archive for:$from_backports"
  printf 'Types: deb\nURIs: %s\nSuites: bookworm-backports\nComponents: main\nSigned-By: /usr/share/keyrings/debian-archive-keyring.gpg\n' "$archive" |
    $as_root tee /etc/apt/sources.list.d/edge-rollup-backports.sources >/dev/null
  $as_root apt-get update
fi

# invoke-rc.d asks this file before it starts anything; 101 means "not allowed".
policy=/usr/sbin/policy-rc.d
own_policy=no
if [ ! -e "$policy" ]; then
  own_policy=yes
  printf '#!/bin/sh\nexit 101\n' | $as_root tee "$policy" >/dev/null
  $as_root chmod 755 "$policy"
fi
restore_policy() { if [ "$own_policy" = yes ]; then $as_root rm -f "$policy"; fi; }
trap restore_policy EXIT
trap 'exit 130' INT TERM

apt_install() { $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "$@"; }

if [ -n "$from_backports" ]; then
  say "installing from bookworm-backports:$from_backports"
  # shellcheck disable=SC2086 # a list of package names
  apt_install -t bookworm-backports $from_backports
fi
say "installing:$missing"
# shellcheck disable=SC2086
apt_install $missing
say 'done'
