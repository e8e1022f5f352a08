#!/bin/sh
# The long run by hand: builds the fuzz targets and runs them one after the other, from the committed seeds and what
# earlier runs found.
#   sh tests/fuzz/run.sh [SECONDS [TARGET...]]     600 seconds each, all targets (exchange, response, summary ...)
# Ends with one line a target. A finding is kept as build/fuzz/tests/fuzz/crashes/TARGET-...; give it to
# build/fuzz/tests/fuzz/fuzz_TARGET to see it again. The exit code is not 0 if anything was found.
set -eu

seconds=${1:-600}
case $seconds in
  '' | *[!0-9]*) echo 'usage: sh tests/fuzz/run.sh [SECONDS [TARGET...]]' >&2; exit 64 ;;
esac
if [ $# -gt 0 ]; then shift; fi

cd "$(dirname "$0")/../.."
seeds=tests/fuzz/corpus
if [ $# -eq 0 ]; then
  # shellcheck disable=SC2046 # names of folders, without blanks
  set -- $(ls "$seeds")
fi

cmake --preset fuzz
cmake --build --preset fuzz --parallel "$(nproc)"
built=build/fuzz/tests/fuzz
summary=$built/summary.txt
: >"$summary"

status=0
for target in "$@"; do
  log=$built/$target.log
  words=tests/fuzz/dictionaries/$target.dict
  if [ -e "$words" ]; then words=-dict=$words; else words=''; fi
  verdict='no crash'
  "$built/fuzz_$target" -max_total_time="$seconds" -rss_limit_mb=1024 -timeout=10 -print_final_stats=1 \
    -artifact_prefix="$built/crashes/$target-" ${words:+"$words"} "$built/found/$target" "$seeds/$target" \
    >"$log" 2>&1 || { verdict="FOUND SOMETHING, see $log"; status=1; }
  runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
  coverage=$(sed -n 's/.* cov: \([0-9]*\) .*/\1/p' "$log" | tail -n 1)
  echo "$target: ${runs:-?} runs, cov ${coverage:-?}, $verdict" | tee -a "$summary"
done
exit "$status"
