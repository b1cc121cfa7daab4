#!/usr/bin/env bash
# Installs each package of dist/ in a bare Debian, and uses it there as a newcomer would: the demo with its pages,
# statistics of a file, two files linked. Needs root, for a folder of its own as the system's root.
set -euo pipefail
cd "$(dirname "$0")/.."
[ "$(id -u)" = 0 ] || { echo "dist-test: run it as root" >&2; exit 1; }
suite=$(. /etc/os-release; echo "$VERSION_CODENAME")
bare=.build-dist/debian-$suite
if [ ! -e "$bare/complete" ]; then
  echo "dist-test: making a bare Debian ($suite)"
  rm -rf "$bare"
  # Of the mirror that this machine uses.
  debootstrap --variant=minbase "$suite" "$bare" \
    "$(grep -rhoE 'https?://[^ ]*/debian/?( |$)' /etc/apt/sources.list /etc/apt/sources.list.d | head -1)" > /dev/null
  touch "$bare/complete"
fi
root=$PWD/.build-dist/root
figures=$PWD/.build-dist/figures
server=
clean() {
  [ -z "$server" ] || kill "$server" 2> /dev/null || true
  server=
  mountpoint -q "$root/proc" && umount "$root/proc"
  rm -rf "$root"
}
trap clean EXIT
bare_environment=(env -i PATH=/opt/venv/bin:/usr/bin:/bin:/usr/sbin:/sbin HOME=/try LANG=C.UTF-8)
within() { chroot "$root" "${bare_environment[@]}" "$@"; }

for kind in tarball debian wheel; do
  echo "=== $kind"
  clean
  cp -a "$bare" "$root"
  mount -t proc proc "$root/proc"
  mkdir "$root/packages" "$root/try"
  cp -r docs/samples "$root/try/samples"
  case $kind in
    tarball)
      tar -C "$root/opt" -xzf dist/kith-*.tar.gz
      within sh -c 'ln -s /opt/kith-*/kith /usr/bin/kith'
      ;;
    debian)
      cp dist/*.deb "$root/packages"
      within sh -c 'dpkg -i /packages/*.deb' > /dev/null
      ;;
    wheel)
      cp /etc/resolv.conf "$root/etc/resolv.conf"
      within sh -c 'apt-get update && apt-get install -y --no-install-recommends python3-venv' > /dev/null 2>&1
      cp dist/*.whl "$root/packages"
      within python3 -m venv /opt/venv
      # The wheel of DuckDB for that Python, by its pin.
      .tools/venv/bin/python -m pip download --quiet --disable-pip-version-check --no-deps --require-hashes \
        -d "$root/packages" -r .build-dist/wheels/pins.txt --only-binary=:all: \
        --python-version "$(within python3 -c 'import sys; print("%d.%d" % sys.version_info[:2])')"
      within sh -c 'pip install --quiet --disable-pip-version-check --no-index --find-links /packages /packages/kith-*.whl'
      ;;
  esac
  within kith --version
  within kith stats dsr /try/samples/deaths.csv --by area --events deaths --population people \
    --standard esp2013 --age age > "$figures.$kind"
  [ "$(wc -l < "$figures.$kind")" -gt 1 ] && cmp "$figures.tarball" "$figures.$kind"
  within sh -c 'cd /try && kith link samples/model.yaml samples/patients.csv samples/tenants.csv --output linked --report' > "$root/link.log" 2>&1 || { cat "$root/link.log" >&2; exit 1; }
  within sh -c "test -s /try/linked/*.html"
  # Not by the function, which would be a process of its own between.
  chroot "$root" "${bare_environment[@]}" kith demo /try/demo --port 0 --no-browser > "$root/demo.log" 2>&1 &
  server=$!
  for _ in $(seq 300); do
    if grep -q 'http://127' "$root/demo.log"; then break; fi
    kill -0 "$server" 2>/dev/null || { cat "$root/demo.log" >&2; exit 1; }
    sleep 1
  done
  address=$(grep -oE 'http://127[0-9.:]+' "$root/demo.log" | head -1)
  for page in / /find /standing-out /agree /static/nhsuk.css /static/kith.css /static/htmx.js; do
    code=$(curl -s -o "$root/page" -w '%{http_code}' "$address$page")
    [ "$code" = 200 ] && [ -s "$root/page" ] || { echo "dist-test: $page gives $code" >&2; exit 1; }
  done
  kill "$server"
  wait "$server" || true
  server=
  echo "ok: $kind"
done
