#!/usr/bin/env bash
# Installs what Kith needs to build, run and be tested; says what it does; does nothing twice.
#
#   Scripts/setup.sh          to build and run: DuckDB's library and the style sheets
#   Scripts/setup.sh test     and to test: a browser, and the sanitisers' runtime
#   Scripts/setup.sh dist     and to make packages of it
#   Scripts/setup.sh spark    and for Spark: Java, pyspark and its driver
set -euo pipefail
cd "$(dirname "$0")/.."
what=${1:-run}

say() { printf 'setup: %s\n' "$*"; }
fail() { printf 'setup: %s\n' "$*" >&2; exit 1; }

# --- Debian packages -------------------------------------------------------------------------------
packages=(python3 python3-venv unzip libsimdjson-dev libsqlite3-dev libvips-tools libzstd-dev zlib1g-dev)
[ "$what" = test ] && packages+=(chromium fonts-dejavu-core)
[ "$what" = dist ] && packages+=(binutils debootstrap)
[ "$what" = spark ] && packages+=(openjdk-17-jre-headless procps)
missing=()
if command -v dpkg-query >/dev/null; then
  for package in "${packages[@]}"; do
    [[ "$(dpkg-query -W -f='${Status}' "$package" 2>/dev/null)" == *"ok installed"* ]] \
      || missing+=("$package")
  done
fi
if [ ${#missing[@]} -gt 0 ]; then
  if [ "$(id -u)" = 0 ]; then
    say "installing Debian packages: ${missing[*]}"
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -qq >/dev/null
    apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
  else
    fail "these Debian packages are missing: ${missing[*]}
setup: install them with: sudo apt-get install ${missing[*]}"
  fi
fi
command -v swift >/dev/null || fail "Swift 6.2 or newer is needed: https://www.swift.org/install/linux/"

# --- Python tools, in a folder of the project ---------------------------------------------------------
venv=.tools/venv
python=$venv/bin/python
if ! "$python" -c "" 2>/dev/null; then
  say "making $venv"
  rm -rf "$venv"
  python3 -m venv "$venv"
fi
# Installs pinned packages into the venv unless the same pins are there already.
install() {
  local pins=$1 stamp=$venv/.$(echo "$1" | tr / -).sha
  local now; now=$(sha256sum "$pins" | cut -d' ' -f1)
  [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$now" ] && return 0
  say "installing the packages of $pins from PyPI"
  "$python" -m pip install --quiet --disable-pip-version-check -r "$pins"
  echo "$now" > "$stamp"
}
# Downloads one pinned package, checked against its hash, into .tools/wheels.
download() {
  "$python" -m pip download --quiet --disable-pip-version-check --no-deps --require-hashes \
    -d .tools/wheels -r "$1" "${@:2}"
}
pins_of() { awk -v name="$1" '$0 ~ "^"name"==" {on=1} on {print} on && !/\\$/ {on=0}' Scripts/pins.txt; }

# --- DuckDB's library ---------------------------------------------------------------------------------
version=$(sed -n 's/^duckdb==\([^ ]*\).*/\1/p' Scripts/pins.txt)
# Of the module for Python 3.12 and newer only what needs no Python is used: Scripts/python_symbols.sh.
if [ "$(cat .engines/duckdb/VERSION 2>/dev/null)" != "$version abi3" ]; then
  say "fetching DuckDB $version into .engines/duckdb"
  mkdir -p .tools/wheels .engines/duckdb
  pins_of duckdb > .tools/duckdb.txt
  rm -f .tools/wheels/duckdb-*
  download .tools/duckdb.txt --python-version 3.12 --only-binary=:all:
  rm -f .engines/duckdb/_duckdb.*
  unzip -qo .tools/wheels/duckdb-*.whl '_duckdb.*' -d .engines/duckdb
  Scripts/python_symbols.sh .engines/duckdb/libpython-symbols.so .engines/duckdb/_duckdb.*
  echo "$version abi3" > .engines/duckdb/VERSION
fi

# --- Style sheets -------------------------------------------------------------------------------------
stamp=$(cat Scripts/pins.txt Scripts/trim_styles.py | sha256sum | cut -d' ' -f1)
if [ "$(cat .assets/STAMP 2>/dev/null)" != "$stamp" ]; then
  say "fetching the NHS.UK style sheet and htmx into .assets"
  mkdir -p .tools/wheels .assets
  install Scripts/pins-styles.txt
  for name in wagtail-nhsuk-frontend django-htmx; do
    pins_of "$name" > ".tools/$name.txt"
    download ".tools/$name.txt"
  done
  unzip -p .tools/wheels/wagtail_nhsuk_frontend-*.whl '*/css/nhsuk-frontend-10.4.2.min.css' \
    | "$python" Scripts/trim_styles.py > .assets/nhsuk.css
  unzip -p .tools/wheels/django_htmx-*.whl 'django_htmx/static/django_htmx/htmx-2.min.js' > .assets/htmx.js
  unzip -p .tools/wheels/wagtail_nhsuk_frontend-*.whl '*.dist-info/licenses/LICENSE' > .assets/LICENSE-nhsuk
  [ -s .assets/nhsuk.css ] && [ -s .assets/htmx.js ] || fail "a style sheet is empty after fetching"
  echo "$stamp" > .assets/STAMP
fi

# --- For tests ----------------------------------------------------------------------------------------
if [ "$what" = test ]; then
  install Tests/Browser/requirements.txt
  install Tests/Synthetic/requirements.txt
fi

# --- For packages -------------------------------------------------------------------------------------
[ "$what" = dist ] && install Scripts/pins-dist.txt

# --- For Spark ----------------------------------------------------------------------------------------
if [ "$what" = spark ]; then
  install Scripts/pins-spark.txt
  mkdir -p .engines/spark
  cp -f "$("$python" -c 'import adbc_driver_spark, os; print(os.path.dirname(adbc_driver_spark.__file__))')"/libadbc_driver_spark.so .engines/spark/
fi
say "all in place"
