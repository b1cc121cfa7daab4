"""Makes synthetic places with the program as it is released, and reads them with others' tools."""

import os
import pathlib
import resource
import subprocess
import tempfile

import duckdb
import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
KITH = ROOT / os.environ.get("KITH_BINARY", ".build/release/kith")
SHARED = pathlib.Path(os.environ.get("KITH_SHARED", ROOT / "../shared")).resolve()
ENGLAND = SHARED / "data/england"


def kith(*arguments):
    done = subprocess.run([KITH, *arguments], capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == 0, f"kith {arguments[0]} failed: {done.stderr}"
    return done.stdout


class Place:
    """A synthetic place, and DuckDB to ask it with."""

    def __init__(self, folder, *arguments):
        self.folder = pathlib.Path(folder)
        self.report = kith("synth", folder, *arguments, "--report", "--format", "csv")
        self.database = duckdb.connect(config={"memory_limit": "2GB", "temp_directory": f"{folder}.spill"})

    def csv(self, path):
        return f"read_csv('{self.folder / path}', hive_partitioning = false)"

    def ask(self, sql):
        return self.database.sql(sql).fetchall()


@pytest.fixture(scope="session")
def fictional():
    with tempfile.TemporaryDirectory() as folder:
        yield Place(f"{folder}/place", "--people", "30000", "--seed", "11")


@pytest.fixture(scope="session")
def lancashire():
    """Everybody in Lancashire and South Cumbria: 1.7 million people."""
    if not ENGLAND.exists():
        pytest.skip("the real open data is not here; set KITH_SHARED to the folder with data/england")
    with tempfile.TemporaryDirectory() as folder:
        place = Place(
            f"{folder}/place", "--people", "1717533", "--open-data", str(ENGLAND),
            "--area", "Lancashire and South Cumbria",
        )
        place.peak_kilobytes = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
        yield place
