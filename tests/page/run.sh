#!/bin/sh
# The page in a real browser, before the real daemon: sh tests/page/run.sh BUILD_FOLDER [TEST_FILE…]
# Exit code 77, with the reason, where there is no browser or its driver cannot be had. Screenshots are left in
# BUILD_FOLDER/page/screenshots; UPDATE_SCREENSHOT=1 also renews the one in docs/.
set -eu

build=$(cd "$1" && pwd)
shift
here=$(cd "$(dirname "$0")" && pwd)
skip() { echo "skipped: $*"; exit 77; }

for program in node npm; do
  command -v "$program" >/dev/null || skip "no $program; sh cmake/install-deps.sh --tests installs it"
done
CHROMIUM=$(command -v chromium) || skip 'no chromium; sh cmake/install-deps.sh --tests installs it'

folder=$build/page
mkdir -p "$folder/screenshots"
if ! cmp -s "$here/package-lock.json" "$folder/installed.json"; then
  cp "$here/package.json" "$here/package-lock.json" "$folder/"
  (cd "$folder" && npm ci --ignore-scripts --no-audit --no-fund --prefer-offline --fetch-retries=1) >"$folder/npm.log" 2>&1 ||
    skip "npm cannot install what drives the browser, see $folder/npm.log"
  cp "$here/package-lock.json" "$folder/installed.json"
fi

export CHROMIUM PAGE_FOLDER="$folder"
[ $# -gt 0 ] || set -- "$here"/*.test.mjs
exec node --test "$@"
