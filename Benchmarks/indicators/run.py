"""Times the working out of 40 indicators for every LSOA of England: all of them anew, and one of them.

    python3 run.py KITH WORK [--times 5]

WORK gets a place made by make.py. An indicator counts as changed when its version is raised, so that each run works out all
figures again and writes a snapshot; what rests on the data alone is kept from the last one.
"""
import argparse
import pathlib
import re
import resource
import statistics
import subprocess
import sys
import time

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("kith")
parser.add_argument("work", type=pathlib.Path)
parser.add_argument("--times", type=int, default=5)
arguments = parser.parse_args()

here = pathlib.Path(__file__).parent
place = arguments.work / "every-lsoa"
subprocess.run([sys.executable, here / "make.py", place], check=True)
definitions = place / "definitions/indicators/made.yaml"


def run():
    start = time.perf_counter()
    subprocess.run([arguments.kith, "run", place], check=True, capture_output=True)
    return time.perf_counter() - start


def change(text, count):
    """Raises the version of the first `count` indicators."""
    return re.sub(r"version: (\d+)", lambda m: f"version: {int(m[1]) + 1}", text, count=count)


print(f"first run, from the CSV files: {run():.1f} s")
for name, count in [("all 40", 0), ("one of 40", 1)]:
    seconds = []
    for _ in range(arguments.times):
        definitions.write_text(change(definitions.read_text(), count))
        seconds.append(run())
    print(
        f"{name}: {statistics.median(seconds):.2f} s, median of {len(seconds)} "
        f"({min(seconds):.2f} to {max(seconds):.2f})")
peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
print(f"memory at the most: {peak:.0f} MiB")
