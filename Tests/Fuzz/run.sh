#!/usr/bin/env bash
# Fuzzes the readers of JSON and CSV with libFuzzer, and says how many inputs it tried.
#
#   Tests/Fuzz/run.sh [SECONDS]      1200 if left out
set -euo pipefail
cd "$(dirname "$0")/../.."
seconds=${1:-1200}
build=.build-fuzz
mkdir -p .tools/logs
swift build -c release --sanitize fuzzer --target Intake --scratch-path $build -Xswiftc -enable-testing \
  > .tools/logs/fuzz-build.log 2>&1 || { tail -n 20 .tools/logs/fuzz-build.log; exit 1; }
release=$build/release
own='CADBC|Codes|CProcess|CScan|CSimdJSON|Columns|Engine|LineFiles|FHIRViews|Definitions|Governance|Intake'
their='Crypto|SwiftASN1|CryptoExtras|CCryptoBoringSSL|CCryptoBoringSSLShims|CryptoBoringWrapper|CXKCP|CXKCPShims|Yams|CYaml|GRDB'
mapfile -t objects < <(find -L $release/ -name '*.o' | grep -E "/($own|$their)\.build/")
maps=$(find -L $release/ -path '*.build/module.modulemap' | sed 's/^/-Xcc -fmodule-map-file=/')
# shellcheck disable=SC2086 # The lists are words.
swiftc -O -parse-as-library -sanitize=fuzzer -enable-testing -swift-version 6 $maps \
  -I $release/Modules -I Sources/CADBC/include -I Sources/CProcess/include -I Sources/CScan/include -I Sources/CSimdJSON/include \
  -I Sources/CZlib -I Sources/CZstd -I $build/checkouts/Yams/Sources/CYaml/include \
  -I $build/checkouts/GRDB.swift/Sources/GRDBSQLite \
  Tests/Fuzz/Fuzz.swift "${objects[@]}" -lsimdjson -lsqlite3 -lz -lzstd -lstdc++ -o $release/fuzz-readers
corpus=$(mktemp -d)
trap 'rm -rf "$corpus"' EXIT
# Seeds: a good line for each reader.
printf '\0{"resourceType":"Patient","id":"a","name":[{"given":["b","c"]}],"birthDate":"1980-01"}\n' > "$corpus/0"
printf '\1{"resourceType":"Bundle","entry":[{"resource":{"resourceType":"Patient","id":"a"}}]}' > "$corpus/1"
printf '\2a,"b ""c""",d\r\n\n"e\n' > "$corpus/2"
printf '\3%s\n' '7,Pantry,77,Anne,Example,1957-09-04,9434765919,1 High Street,ZZ10 0AH,2020-01-02,food_bank,Helped,N' \
  > "$corpus/3"
printf '\4{"resourceType":"Patient","id":"a","identifier":[{"system":"https://fhir.nhs.uk/Id/nhs-number","value":"9434765919"}]}\n' \
  > "$corpus/4"
printf '\5 1,234.5e+05' > "$corpus/5"
printf '\6%s' '02-Oct-1983 00:00:00' > "$corpus/6"
printf '\7a,"b\nc"\r\n,,\rd,e\n' > "$corpus/7"
$release/fuzz-readers -max_total_time="$seconds" -max_len=4096 -timeout=10 -rss_limit_mb=2048 \
  -print_final_stats=1 "$corpus" > .tools/logs/fuzz.log 2>&1 || { tail -n 40 .tools/logs/fuzz.log; exit 1; }
grep -E "number_of_executed_units|new_units_added" .tools/logs/fuzz.log
tail -n 1 .tools/logs/fuzz.log
