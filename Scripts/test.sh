#!/usr/bin/env bash
# Runs the test suites, each to its end, and closes with the tests that were skipped, each with its reason, and
# the sum over all: "N passed, N failed, N skipped". A test that is skipped for want of data has failed where the
# folder of data (KITH_SHARED) is there; with KITH_NO_SKIPS any that is skipped has failed.
#
#   Scripts/test.sh [lint|swift|libraries|browser|synthetic|oracles|leaks|kill]...      all of them without an argument
set -uo pipefail
cd "$(dirname "$0")/.."
suites=("$@")
[ ${#suites[@]} -gt 0 ] || suites=(lint swift libraries browser synthetic oracles leaks kill)
export KITH_SHARED=${KITH_SHARED:-$PWD/../shared}
logs=.tools/logs
mkdir -p "$logs"
passed=0
failed=0
skipped=0
reasons=()

# A test that could not be made here: its name and why.
skip() {
  if [ -n "${KITH_NO_SKIPS:-}" ] || { [[ "$1" == *KITH_SHARED* ]] && [ -d "$KITH_SHARED" ]; }; then
    failed=$((failed + 1))
    echo "FAILED, for it was skipped: $1"
  else
    skipped=$((skipped + 1))
    reasons+=("$1")
  fi
}

add() { passed=$((passed + $1)); failed=$((failed + $2)); }

# Every step that has no count of its own is one test; 77 says that it could not be made here.
step() {
  local name=$1 code=0; shift
  "$@" > "$logs/$name.log" 2>&1 || code=$?
  case $code in
    0) add 1 0; echo "ok: $name" ;;
    77) skip "$name: $(tail -n 1 "$logs/$name.log")" ;;
    *) add 0 1; echo "FAILED: $name"; tail -n 40 "$logs/$name.log" ;;
  esac
}

# A folder of Python tests, with the program built for them: name, configuration, folder,
# seconds after which a test waits for nothing and has failed.
python_suite() {
  local log=$logs/$1.log good bad
  if ! swift build -c "$2" --product kith > "$logs/build-$1.log" 2>&1; then
    add 0 1; echo "FAILED: build"; tail -n 20 "$logs/build-$1.log"; return
  fi
  .tools/venv/bin/python -m pytest -q --no-header -p no:cacheprovider --timeout "$4" -r s "$3" > "$log" 2>&1
  grep -E "^(FAILED|ERROR)|passed|failed|error" "$log" | tail -20
  good=$(grep -oE "[0-9]+ passed" "$log" | tail -1 | grep -oE "[0-9]+")
  # "SKIPPED [2] Tests/Browser/test_x.py:10: why".
  local line count
  while read -r line; do
    count=$(grep -oE "^SKIPPED \[[0-9]+\]" <<< "$line" | grep -oE "[0-9]+")
    while [ "$count" -gt 0 ]; do skip "${line#SKIPPED * }"; count=$((count - 1)); done
  done < <(grep -E "^SKIPPED \[" "$log")
  bad=$(grep -oE "[0-9]+ (failed|error)" "$log" | awk '{n += $1} END {print n}')
  if [ -z "${good:-}" ] && [ -z "${bad:-}" ]; then tail -n 30 "$log"; bad=1; fi
  [ "${bad:-0}" -gt 0 ] && tail -n 60 "$log"
  add "${good:-0}" "${bad:-0}"
}

no_warnings() {
  # Warnings of ours only: those of packages are their makers'.
  if grep -E "^$PWD/(Sources|Tests|Package).*warning:" "$1"; then return 1; fi
}

for suite in "${suites[@]}"; do
  echo "=== $suite"
  case $suite in
    lint)
      step lint swift format lint --strict -r -p Sources Tests Examples Package.swift
      ;;
    swift)
      swift build --build-tests > "$logs/build.log" 2>&1
      code=$?
      if [ $code -ne 0 ]; then grep -E "error:" "$logs/build.log" | head -40; add 0 1; echo "FAILED: build"; continue; fi
      step warnings no_warnings "$logs/build.log"
      # XCTest's runner is there too, and has no tests of ours.
      swift test --skip-build --disable-xctest 2>&1 | tee "$logs/swift.log" \
        | grep -E "✘|error:|recorded an issue|skipped|Test run" || true
      # "Test run with 120 tests in 14 suites passed" or "… failed … with 3 issues".
      run=$(grep -oE "Test run with [0-9]+ test" "$logs/swift.log" | grep -oE "[0-9]+" | tail -1)
      bad=$(grep -E "^✘ Test .* failed after" "$logs/swift.log" | grep -vcE "Test run" || true)
      if [ -z "${run:-}" ]; then add 0 1; tail -n 30 "$logs/swift.log"
      else
        # The run's own count may have those in it that were skipped.
        good=$(grep -E "^✔ Test .* passed after" "$logs/swift.log" | grep -vcE "Test run" || true)
        [ "$good" -gt 0 ] || good=$((run - bad))
        add "$good" "$bad"
        while read -r line; do skip "$line"; done < <(grep -E "^➜ +Test .* skipped" "$logs/swift.log" | sed -E 's/^➜ +//')
        if [ "$bad" -eq 0 ] && ! grep -qE "Test run with .* passed" "$logs/swift.log"; then add 0 1; fi
      fi
      ;;
    libraries)
      # Each library as another package uses it: alone, and by what it promises.
      if ! swift build --package-path Examples --scratch-path .build-examples > "$logs/build-libraries.log" 2>&1; then
        grep -E "error:" "$logs/build-libraries.log" | head -40; add 0 1; echo "FAILED: build"; continue
      fi
      for folder in Examples/*/; do
        library=$(basename "$folder")
        step "example-$library" ".build-examples/debug/${library}Example"
      done
      ;;
    browser) python_suite browser debug Tests/Browser 600 ;;
    # Everybody in a real place takes the program as it is released.
    synthetic) python_suite synthetic release Tests/Synthetic 1800 ;;
    oracles)
      swift build -c release --product kith > "$logs/build-oracles.log" 2>&1 || { add 0 1; echo "FAILED: build"; continue; }
      step oracles python3 Tests/Oracles/run.py .build/release/kith Tests/Oracles/stats
      tail -n 1 "$logs/oracles.log"
      ;;
    leaks) step leaks Tests/Soak/run.sh ;;
    kill)
      swift build --product kith > "$logs/build-kith.log" 2>&1 || { add 0 1; echo "FAILED: build"; continue; }
      step kill Tests/Kill/run.sh "${KITH_KILLS:-50}"
      tail -n 2 "$logs/kill.log"
      step disk Tests/Kill/full_disk.sh
      tail -n 1 "$logs/disk.log"
      ;;
    *) echo "There is no suite '$suite'." >&2; exit 2 ;;
  esac
done
echo
for reason in ${reasons[@]+"${reasons[@]}"}; do echo "skipped: $reason"; done
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]
