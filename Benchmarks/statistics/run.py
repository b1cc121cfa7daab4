#!/usr/bin/env python3
"""Times the statistics beside R, on the same inputs, and prints rows for Benchmarks/RESULTS.md.

    swift build -c release --product statistics-bench
    Benchmarks/statistics/run.py .build/release/statistics-bench

Needs Rscript with dplyr (Debian: r-base-core, r-cran-dplyr).
"""
import csv
import io
import os
import subprocess
import sys
import tempfile

bench = sys.argv[1]
here = os.path.dirname(os.path.abspath(__file__))
with tempfile.TemporaryDirectory() as folder:
    def rows(*command):
        text = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        return {row["name"]: float(row["seconds"]) for row in csv.DictReader(io.StringIO(text))}

    # One core each, one after the other.
    ours = rows("taskset", "-c", "0", bench, folder)
    theirs = rows("taskset", "-c", "0", "Rscript", os.path.join(here, "peer.R"), folder)
print("| what | Kith | R with dplyr | ratio |")
print("| --- | --- | --- | --- |")
for name, seconds in ours.items():
    print(f"| {name.replace('_', ' ')} | {seconds * 1000:.2f} ms | {theirs[name]:.2f} s | {theirs[name] / seconds:.0f} |")
