"""Run one or two commands in turn and print the median time, memory and ratio.

    measure.py RUNS NAME COMMAND... [-- NAME COMMAND...]
"""

import os
import statistics
import subprocess
import sys
import time


def once(command):
    """Seconds on the clock and peak memory in MiB of one run."""
    began = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    if status != 0:
        sys.exit(f"{command[0]} ended with status {status}")
    return time.perf_counter() - began, usage.ru_maxrss / 1024


def main():
    runs, rest = int(sys.argv[1]), sys.argv[2:]
    split = rest.index("--") if "--" in rest else len(rest)
    parts = [rest[:split]] + ([rest[split + 1 :]] if split < len(rest) else [])
    results = [[] for _ in parts]
    for number in range(runs + 1):
        for part, result in zip(parts, results):
            measured = once(part[1:])
            if number > 0:  # the first run of each is a warm-up
                result.append(measured)
    for part, result in zip(parts, results):
        seconds = statistics.median(time for time, _ in result)
        memory = max(memory for _, memory in result)
        print(f"{part[0]}: median {seconds:.2f} s, peak {memory:.0f} MiB ({runs} runs)")
    if len(parts) == 2:
        ratios = sorted(a[0] / b[0] for a, b in zip(*results))
        print(f"ratio, pair by pair: median {statistics.median(ratios):.2f}, "
              f"{ratios[0]:.2f} to {ratios[-1]:.2f}")


main()
