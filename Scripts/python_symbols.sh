#!/usr/bin/env bash
# Makes the library of symbols that lets DuckDB's Python module be loaded without Python.
#
#   Scripts/python_symbols.sh OUT MODULE...
#
# DuckDB comes from PyPI as a Python module, and Kith uses only its ADBC functions, which call nothing of Python. The
# loader still wants every name that the module refers to: this library has them, as data where they are data, and
# as functions that say which one was called, and abort. It is made from the module itself, so no name is missing.
set -euo pipefail
out=$1; shift
source=$(mktemp --suffix=.c)
trap 'rm -f "$source"' EXIT
{
  echo '#include <stdio.h>'
  echo '#include <stdlib.h>'
  echo 'static void missing(const char *name) {'
  echo '  fprintf(stderr, "DuckDB called %s of Python, which is not here.\n", name); abort();'
  echo '}'
  nm -D --undefined-only "$@" | awk '$1 == "U" && $2 ~ /^_?Py/ {print $2}' | LC_ALL=C sort -u | awk '
    # Types, exceptions and the like are read; 1 KB is more than any of them.
    /_Type$|Struct$|Object$|Type$|^PyExc_/ {print "char " $1 "[1024] __attribute__((aligned(16)));"; next}
    {print "void " $1 "(void) { missing(\"" $1 "\"); }"}'
} > "$source"
grep -q PyType_Type "$source" || { echo "$*: no names of Python were found." >&2; exit 1; }
# The compiler of Swift, where no other is: its folder has it.
"$(command -v clang || echo "$(dirname "$(readlink -f "$(command -v swift)")")/clang")" -w -shared -fPIC -O1 \
  -s -Wl,--build-id=none -Wl,-soname,libpython-symbols.so -o "$out" "$source"
