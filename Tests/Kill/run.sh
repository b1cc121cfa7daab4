#!/usr/bin/env bash
# Kills `kith run` at random moments and checks, each time, that the old snapshot is still the one in
# use and whole, that no half-made snapshot is visible, and that the next run completes.
#
#   Tests/Kill/run.sh [times]
set -euo pipefail
cd "$(dirname "$0")/../.."
times=${1:-50}
kith=$PWD/${KITH_BINARY:-.build/debug/kith}
work=$(mktemp -d)
server=
cleanup() { if [ -n "$server" ]; then kill "$server" 2> /dev/null || true; fi; rm -rf "$work"; }
trap cleanup EXIT
place=$work/place
fail() { echo "FAILED at kill $kill: $*"; exit 1; }

"$kith" synth "$place" --areas-only --small-areas 150 > /dev/null
# Programs that open the accounts at the same moment, where nobody has yet, share them.
openers=()
for opener in 1 2 3 4 5 6; do "$kith" user list "$place" > /dev/null & openers+=($!); done
for opener in "${openers[@]}"; do
  wait "$opener" || { echo "FAILED: a program could not open the accounts"; exit 1; }
done
"$kith" run "$place" > /dev/null 2>&1
began=$(date +%s%N)
"$kith" run "$place" --force > /dev/null 2>&1
length=$(( ($(date +%s%N) - began) / 1000000 ))
"$kith" snapshots "$place" --keep 1 > /dev/null
echo "a run takes $length ms; killing $times of them"

# A server that goes on through all of it: a person must never see a page fail.
"$kith" serve "$place" --port 0 > "$work/serve.log" 2>&1 & server=$!
for try in $(seq 100); do
  address=$(grep -oE "http://[0-9.:]+" "$work/serve.log" || true)
  [ -n "$address" ] && break
  sleep 0.1
done
[ -n "$address" ] || { echo "the server did not start"; cat "$work/serve.log"; exit 1; }
# Nobody can take its memory: neither by a core dump nor, but for root, through /proc.
[ "$(awk '/^Max core file size/ {print $5 $6}' "/proc/$server/limits")" = 00 ] \
  || { echo "FAILED: core dumps are allowed"; exit 1; }
[ "$(stat -c %U "/proc/$server/environ")" = root ] \
  || { echo "FAILED: programs of the same user can read the server's memory"; exit 1; }

RANDOM=${KITH_SEED:-20261121}
echo "seed ${KITH_SEED:-20261121}"
early=0
for kill in $(seq "$times"); do
  before=$(cat "$place/store/current")
  # Every second time a changed input, so that resumed stages are of use too.
  if [ $((kill % 2)) -eq 0 ]; then
    sed -i "s/name: .*/name: \"Fictional place, run $kill\"/" "$place/kith.yaml"
    "$kith" run "$place" > /dev/null 2>&1 &
  else
    "$kith" run "$place" --force > /dev/null 2>&1 &
  fi
  pid=$!
  sleep "$(awk -v r=$RANDOM -v l="$length" 'BEGIN {printf "%.3f", r / 32767 * l / 1000}')"
  kill -9 "$pid" 2> /dev/null && early=$((early + 1)) || true
  wait "$pid" 2> /dev/null || true

  python3 Tests/Kill/check_served.py "$address" || fail "the place is not served"
  now=$(cat "$place/store/current")
  [ -s "$place/store/snapshots/$now/manifest.json" ] || fail "the snapshot in use has no manifest"
  for table in area organisation edge overlap boundary point source kind measure measure_group series figure; do
    [ -s "$place/store/snapshots/$now/$table.parquet" ] || fail "the snapshot in use lacks $table"
  done
  [ -d "$place/store/snapshots/$before" ] || fail "the old snapshot is gone"
  # What is visible is whole: the manifest of every snapshot can be read, and its hashes are right.
  for folder in "$place"/store/snapshots/*/; do
    python3 Tests/Kill/check_snapshot.py "$folder" || fail "$folder is not whole"
  done
  "$kith" run "$place" > "$work/next.log" 2>&1 || { cat "$work/next.log"; fail "the next run failed"; }
  if [ -n "$(find "$place/store" -name ".partial-*" -o -name "*.partial" -o -name ".current-*" -o -name ".removed-*")" ]; then
    fail "half-made files are left after the next run"
  fi
  "$kith" snapshots "$place" --keep 2 > /dev/null
done
echo "$times kills, $early of them before the run had ended: the old snapshot was served each time, and each next run completed"
