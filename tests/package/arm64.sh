#!/bin/sh
# The package for arm64: made by the cross compiler, tried out under qemu. Only where asked for, since that takes long:
#   EDGE_ROLLUP_ARM64=1 sh tests/package/arm64.sh                         as root; in build/arm64, which is kept
# Exit code 77: not asked for, or not possible here, and a line says why.
set -eu

cd "$(dirname "$0")/../.."
skip() { echo "arm64 package test skipped: $*"; exit 77; }

[ "${EDGE_ROLLUP_ARM64:-0}" = 1 ] || skip 'EDGE_ROLLUP_ARM64=1 runs it'
unset EDGE_ROLLUP_ARM64  # to the program that is tried out it were a setting that is unknown
[ "$(id -u)" -eq 0 ] || skip 'only root can make the Debian to build in'
command -v debootstrap >/dev/null || skip 'debootstrap is not installed'

rm -f build/arm64/edge-rollup_*.deb
sh packaging/cross-arm64.sh build/arm64
architecture=$(dpkg-deb --field build/arm64/edge-rollup_*_arm64.deb Architecture)
[ "$architecture" = arm64 ] || { echo "the package says it is for $architecture" >&2; exit 1; }
