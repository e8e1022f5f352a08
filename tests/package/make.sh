#!/bin/sh
# Builds the release tree and packs it, quickly where nothing has changed: sh tests/package/make.sh
# The package is then also found as build/release/edge-rollup.deb, without its version.
set -eu

cd "$(dirname "$0")/../.."
cmake --preset release
cmake --build --preset release
rm -f build/release/*.deb
cpack --preset release
ln build/release/edge-rollup_*.deb build/release/edge-rollup.deb
