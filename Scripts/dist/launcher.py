"""The command `kith` of the wheel: the program, with the DuckDB that pip installed beside it."""

import importlib.util
import os
import sys
from pathlib import Path


def main() -> None:
    program = Path(__file__).parent / "program" / "kith"
    module = importlib.util.find_spec("_duckdb")
    if module is not None and module.origin is not None:
        os.environ.setdefault("KITH_DUCKDB_LIBRARY", module.origin)
    os.execv(program, [str(program), *sys.argv[1:]])


if __name__ == "__main__":
    main()
