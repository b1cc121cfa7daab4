#!/usr/bin/env bash
# Fills the disk under a run, on a small file system of its own: one clear error, the old snapshot still
# in use, nothing half-made left, and the next run with room completes.
set -euo pipefail
self=$(realpath "$0")
cd "$(dirname "$self")/../.."
kith=$PWD/${KITH_BINARY:-.build/debug/kith}
work=$(mktemp -d)
mounted=
cleanup() { [ -n "$mounted" ] && umount "$work"; rm -rf "$work"; }
trap cleanup EXIT
if ! mount -t tmpfs -o size=4m tmpfs "$work" 2> /dev/null; then
  # Without root, once more in a name space of our own, where it may be had.
  if [ -z "${KITH_IN_NAMESPACE:-}" ] && unshare --user --map-root-user --mount true 2> /dev/null; then
    rm -rf "$work"
    trap - EXIT
    KITH_IN_NAMESPACE=1 exec unshare --user --map-root-user --mount "$self" "$@"
  fi
  echo "skipped: a small file system cannot be mounted here (it needs root or user name spaces)"
  exit 77
fi
mounted=yes
place=$work/place
fail() { echo "FAILED: $*"; exit 1; }
"$kith" synth "$place" --areas-only --small-areas 150 > /dev/null
"$kith" run "$place" > /dev/null 2>&1
before=$(cat "$place/store/current")
for left in 4 20 60 110; do
  used=$(df -k --output=used "$work" | tail -1)
  dd if=/dev/zero of="$work/filler" bs=1k count=$((4096 - used - left)) 2> /dev/null
  code=0
  "$kith" run "$place" --force > "$work/log" 2>&1 || code=$?
  [ "$code" = 1 ] || fail "with $left kB left the run ended with $code: $(cat "$work/log")"
  grep -qE "disk is full|enough space|No space" "$work/log" || fail "the error is not clear: $(cat "$work/log")"
  [ "$(cat "$place/store/current")" = "$before" ] || fail "another snapshot is in use"
  python3 Tests/Kill/check_snapshot.py "$place/store/snapshots/$before" || fail "the old snapshot is not whole"
  if [ -n "$(find "$place/store" -name ".partial-*" -o -name "*.partial")" ]; then
    fail "half-made files are left: $(find "$place/store" -name "*partial*")"
  fi
  rm -f "$work/filler" "$work/log"
done
"$kith" run "$place" --force > /dev/null 2>&1 || fail "the next run failed"
[ "$(cat "$place/store/current")" != "$before" ] || fail "the next run made no snapshot"
echo "four full disks: the old snapshot stayed in use each time, and the next run completed"

# A synthetic place that does not fit: one clear error, and nothing of it left; the same where it is stopped.
code=0
"$kith" synth "$work/people" --people 20000 > "$work/log" 2>&1 || code=$?
[ "$code" = 1 ] || fail "synth on a full disk ended with $code: $(cat "$work/log")"
grep -q "disk is full" "$work/log" || fail "the error is not clear: $(cat "$work/log")"
left=$(find "$work" -maxdepth 1 -name "*people*")
[ -z "$left" ] || fail "half-made files are left: $left"
cd "$(mktemp -d)"
"$kith" synth people --people 60000 > log 2>&1 &
process=$!
while kill -0 $process 2> /dev/null && [ -z "$(find . -name "*.zst" -size +0)" ]; do sleep 0.1; done
kill -TERM $process
code=0
wait $process || code=$?
[ "$code" = 143 ] || fail "synth that was stopped ended with $code: $(cat log)"
left=$(find . -name "*people*")
[ -z "$left" ] || fail "half-made files are left: $left"
rm -rf "$PWD"
echo "synth: a full disk and a stop leave nothing behind"
