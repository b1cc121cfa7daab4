#!/usr/bin/env bash
# Makes a synthetic place where one may be already: kith, folder, arguments of `kith synth`.
set -euo pipefail
kith=$1; folder=$2; shift 2
rm -rf "$folder"
"$kith" synth "$folder" "$@" > /dev/null 2>&1
