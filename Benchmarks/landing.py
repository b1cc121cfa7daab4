"""Lands a CSV file of APC-like rows with every check, beside DuckDB reading the same file without any.

    python Benchmarks/landing.py KITH [ROWS] [PAIRS]

The rows are those of a synthetic place of 100,000 people, amplified, each with a key of its own. Kith runs a
place whose only source is the file: it checks and hashes, finds which rows later ones repeat, and makes a
snapshot too. DuckDB copies the file to Parquet with the columns that Kith lands, typed. Both use two threads.
Prints seconds of both, their ratio, and the most memory that Kith took; "landing" is the run until the rows
are written, checked and accounted for, which is as far as DuckDB goes.
"""
import glob, os, re, statistics, subprocess, sys, tempfile, time

PEER = """
import duckdb, sys
con = duckdb.connect()
con.execute('set threads = 2')
con.execute(sys.argv[1])
"""


def run(command):
    """Seconds on the clock, CPU-seconds, seconds until it tells of its second step (all, where it tells of
    none), and the most kilobytes of memory of a command."""
    start = time.monotonic()
    child = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    landed = None
    for line in child.stdout:
        if line.startswith("2/"):
            landed = time.monotonic() - start
    _, status, usage = os.wait4(child.pid, 0)
    if status:
        sys.exit(f"failed: {command[:3]}")
    seconds = time.monotonic() - start
    return seconds, usage.ru_utime + usage.ru_stime, landed or seconds, usage.ru_maxrss


def main():
    kith = sys.argv[1]
    wanted = int(sys.argv[2]) if len(sys.argv) > 2 else 10_000_000
    pairs = int(sys.argv[3]) if len(sys.argv) > 3 else 3
    with tempfile.TemporaryDirectory() as work:
        place = os.path.join(work, "place")
        subprocess.run([kith, "synth", place, "--people", "100000"], check=True, stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL)
        source = glob.glob(f"{place}/extracts/apc/*-full/apc.csv.zst")[0]
        lines = subprocess.run(["zstd", "-dc", source], check=True, capture_output=True).stdout.splitlines(True)
        folder = os.path.join(place, "extracts/large/2024-12-31-full")
        os.makedirs(folder)
        path = os.path.join(folder, "apc.csv")
        # The key is the second field; lines that are cut off stay as they are, and are set aside.
        split = [line.split(b",", 2) for line in lines[1:]]
        split = [parts for parts in split if len(parts) == 3]
        rows, copy = 0, 0
        with open(path, "wb") as out:
            out.write(lines[0])
            while rows < wanted:
                for parts in split[: wanted - rows]:
                    out.write(b"%s,%d%s,%s" % (parts[0], 100 + copy, parts[1], parts[2]))
                rows += min(len(split), wanted - rows)
                copy += 1
        text = open(f"{place}/kith.yaml").read()
        text = re.sub(r"sources:\n(  - .*\n)+", "sources:\n  - {id: large, mapping: apc}\n", text)
        open(f"{place}/kith.yaml", "w").write(text)
        dropped = {"MYDOB", "SUSRECID"}
        dates = {"ADMIDATE", "EPISTART", "EPIEND", "DISDATE", "DOB"}
        names = lines[0].decode().strip().split(",")
        columns = ", ".join(f"'{name}': '{'DATE' if name in dates else 'VARCHAR'}'" for name in names)
        kept = ", ".join(f'"{name}"' for name in names if name not in dropped)
        sql = (f"copy (select {kept} from read_csv('{path}', header = true, columns = {{{columns}}}, "
               f"ignore_errors = true)) to '{work}/peer.parquet' (format parquet, compression zstd)")
        ours, peers, memory = [], [], 0
        for _ in range(pairs):
            seconds = run([kith, "run", "--force", place])
            memory = max(memory, seconds[3])
            ours.append(seconds)
            peers.append(run([sys.executable, "-c", PEER, sql]))
        for index, what in [(2, "seconds of landing"), (0, "seconds of the run"), (1, "CPU-seconds of the run")]:
            ratios = sorted(a[index] / b[index] for a, b in zip(ours, peers))
            print(
                f"{rows} rows, {os.path.getsize(path) / 1e6:.0f} MB, {what}: Kith "
                f"{statistics.median(a[index] for a in ours):.1f}, DuckDB "
                f"{statistics.median(b[index] for b in peers):.1f}; {statistics.median(ratios):.2f} times, "
                f"median of {pairs} pairs ({ratios[0]:.2f} to {ratios[-1]:.2f})")
        print(f"Kith's memory {memory // 1024} MiB")


main()
