#!/usr/bin/env bash
# 10,000 queries under LeakSanitizer: every array released exactly once, memory flat.
#
# Leaks inside Python's and DuckDB's own libraries, which are not ours to release, are left out.
set -euo pipefail
cd "$(dirname "$0")/../.."
swift build --product engine-soak --sanitize=address --scratch-path .build-asan
export ASAN_OPTIONS=detect_leaks=1:quarantine_size_mb=1:handle_segv=0:detect_stack_use_after_return=0
export LSAN_OPTIONS=suppressions=$PWD/Tests/Soak/suppressions.txt:print_suppressions=0
.build-asan/debug/engine-soak "${1:-10000}"
