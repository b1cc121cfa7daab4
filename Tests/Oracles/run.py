#!/usr/bin/env python3
"""Hold `kith stats` and `kith spc` against the results of reference packages.

    run.py KITH FOLDER        FOLDER has the layout of Tests/Oracles/stats (its README.md says what is in it)

Prints a line for each row that differs, then the rows that the folder's README names as defects of the references,
with what Kith gives for them and why, and ends with "N passed, N failed". Only the standard library is needed.
"""
import collections
import csv
import math
import os
import subprocess
import sys
import tempfile

KITH, FOLDER = sys.argv[1], sys.argv[2]
WORK = tempfile.mkdtemp(prefix="kith-oracles-")
BLANK = {"", "NA", "NaN", "Inf", "-Inf"}
passed = failed = 0
defects = collections.OrderedDict()


def read(name):
    path = os.path.join(FOLDER, name)
    if not os.path.exists(path):
        return None
    with open(path, newline="") as file:
        return list(csv.DictReader(file))


def write(rows, name="input.csv"):
    path = os.path.join(WORK, name)
    with open(path, "w", newline="") as file:
        writer = csv.DictWriter(file, rows[0].keys())
        writer.writeheader()
        writer.writerows(rows)
    return path


def kith(*arguments):
    """What a command wrote, as rows; stops where it fails."""
    output = os.path.join(WORK, "output.csv")
    run = subprocess.run([KITH, *arguments, "--output", output], capture_output=True, text=True)
    if run.returncode != 0:
        print(f"kith {' '.join(arguments)}\n{run.stderr.strip()}")
        return []
    with open(output, newline="") as file:
        return list(csv.DictReader(file))


def by(rows, *names):
    return {tuple(key(row[name]) for name in names): row for row in rows}


def key(text):
    """A number as a key, so that 0.90 and 0.9 are one; other text as it is."""
    try:
        return float(text)
    except ValueError:
        return text


def same(ours, theirs, tolerance=1e-9):
    if theirs in BLANK or ours in BLANK:
        return (theirs in BLANK) == (ours in BLANK)
    try:
        a, b = float(ours), float(theirs)
    except ValueError:
        return ours == theirs
    return abs(a - b) <= tolerance * max(abs(a), abs(b)) + 1e-12


def judge(family, row, ours, theirs, columns, tolerance=1e-9):
    """One row: every column has to agree."""
    global passed, failed
    if ours is None:
        failed += 1
        print(f"FAILED {family} {row}: Kith has no such row")
        return
    wrong = [
        f"{name} {ours.get(mine, '(no column)')!s} for {theirs[name]}"
        for name, mine in columns
        if not same(ours.get(mine, ""), theirs[name], tolerance)
    ]
    if wrong:
        failed += 1
        print(f"FAILED {family} {row}: {'; '.join(wrong)}")
    else:
        passed += 1


def check(family, row, isRight, what):
    global passed, failed
    if isRight:
        passed += 1
    else:
        failed += 1
        print(f"FAILED {family} {row}: {what}")


def defect(reason, row, given):
    defects.setdefault(reason, []).append(f"{row}: {given}")


def plain(*names):
    return [(name, name) for name in names]


def split(rows, *names):
    """Rows by the values of some columns."""
    parts = collections.OrderedDict()
    for row in rows:
        parts.setdefault(tuple(row[name] for name in names), []).append(row)
    return parts


def confidences(rows):
    return ",".join(sorted({row["confidence"] for row in rows}))


def simple(family, method, columns):
    inputs, expected = read(f"{family}/inputs.csv"), read(f"{family}/expected.csv")
    if inputs is None:
        return
    ours = {}
    for (multiplier,), rows in split(inputs, "multiplier").items():
        ours.update(
            by(
                kith(
                    "stats", method, write(rows), "--by", "case_id", "--events", "x", "--population", "n",
                    "--multiplier", multiplier, "--confidence", confidences(expected)),
                "case_id", "confidence"))
    for row in expected:
        # The reference names no method for a count that is missing, and ours none either way.
        names = columns if row["value"] not in BLANK else plain("value", "lowercl", "uppercl")
        judge(family, f"{row['case_id']} {row['confidence']}",
              ours.get((key(row["case_id"]), key(row["confidence"]))), row, names)


def grouped_rates():
    inputs, expected = read("crude_rate/grouped_inputs.csv"), read("crude_rate/grouped_expected.csv")
    if inputs is None:
        return
    ours = by(
        kith("stats", "crude-rate", write(inputs), "--by", "group_id", "--events", "x", "--population", "n",
             "--confidence", "0.95,0.998", "--shape", "wide"), "group_id")
    for row in expected:
        judge("crude_rate grouped", row["group_id"], ours.get((row["group_id"],)), row,
              plain("x", "n", "value", "lower95_0cl", "upper95_0cl", "lower99_8cl", "upper99_8cl"))


def means():
    inputs, expected = read("mean/inputs.csv"), read("mean/expected.csv")
    if inputs is None:
        return
    ours = by(
        kith("stats", "mean", write(inputs), "--by", "group_id", "--value", "value", "--confidence",
             confidences(expected)), "group_id", "confidence")
    values = {name[0]: [float(row["value"]) for row in rows if row["value"] not in BLANK]
              for name, rows in split(inputs, "group_id").items()}
    for row in expected:
        # The file has values to 15 digits and the reference worked from all of them: what the last digit is to values
        # that lie close together is what their deviation can be off by.
        known = values[row["group_id"]]
        spread = max(known, default=0) - min(known, default=0)
        tolerance = max(1e-9, 5e-15 * max(map(abs, known), default=0) / spread if spread else 0)
        judge("mean", f"{row['group_id']} {row['confidence']}",
              ours.get((row["group_id"], key(row["confidence"]))), row,
              plain("value_sum", "value_count", "stdev", "value", "lowercl", "uppercl"), tolerance)
        if tolerance > 1e-9:
            defect("mean: values of 15 digits that lie close together; the reference worked from all digits",
                   f"{row['group_id']} {row['confidence']}", f"held to {tolerance:.1g}")


def dsr():
    for prefix, options in (("", ()), ("nonindependent_", ("--event-frequency", "eventfreq"))):
        inputs, expected = read(f"dsr/{prefix}inputs.csv"), read(f"dsr/{prefix}expected.csv")
        if inputs is None:
            continue
        ours = by(
            kith("stats", "dsr", write(inputs), "--by", "group_id", "--events", "x", "--population", "n", "--missing-is-zero",
                 "--standard", "stdpop", "--confidence", confidences(expected), *options),
            "group_id", "confidence")
        for row in expected:
            judge(f"dsr {prefix.strip('_')}".strip(), f"{row['group_id']} {row['confidence']}",
                  ours.get((row["group_id"], key(row["confidence"]))), row,
                  plain("total_count", "total_pop", "value", "lowercl", "uppercl", "statistic"))


def isr():
    inputs, reference, expected = read("isr/inputs.csv"), read("isr/reference.csv"), read("isr/expected.csv")
    if inputs is None:
        return
    bands = {(row["seed"], row["age_start"]): row for row in reference}
    joined = [
        dict(row, **{name: bands[(row["group_id"].split("-")[1], row["age_start"])][name]
                     for name in ("x_ref", "n_ref")})
        for row in inputs
    ]
    ours = by(
        kith("stats", "isr", write(joined), "--by", "group_id", "--events", "x", "--population", "n",
             "--missing-is-zero", "--confidence", confidences(expected)), "group_id", "confidence")
    for row in expected:
        judge("isr", f"{row['group_id']} {row['confidence']}",
              ours.get((row["group_id"], key(row["confidence"]))), row,
              plain("observed", "expected", "ratio", "ratio_lowercl", "ratio_uppercl", "ref_rate", "rate",
                    "rate_lowercl", "rate_uppercl", "method"))


def life_expectancy():
    inputs, expected = read("life_expectancy/inputs.csv"), read("life_expectancy/expected.csv")
    if inputs is None:
        return
    ours = by(
        kith("stats", "life-expectancy", write(inputs), "--by", "group_id", "--confidence", "0.95,0.998"),
        "group_id", "age_start")
    last = {}
    for row in inputs:
        if float(row["age_start"]) >= float(last.get(row["group_id"], row)["age_start"]):
            last[row["group_id"]] = row
    limits = ("lower95_0cl", "upper95_0cl", "lower99_8cl", "upper99_8cl")
    for row in expected:
        name = f"life_expectancy {row['group_id']} {row['age_start']}"
        mine = ours.get((row["group_id"], key(row["age_start"])))
        hasLimits = any(row[limit] != "NA" for limit in limits)
        if row["value"] in BLANK and hasLimits:
            isUnknown = mine is not None and all(mine[column] == "" for column in ("value", *limits))
            noDeaths = float(last[row["group_id"]]["deaths"]) == 0
            check("life_expectancy", f"{row['group_id']} {row['age_start']}", isUnknown,
                  "it is not unknown, though its interval is wider than 20 years")
            if noDeaths:
                defect("life_expectancy: nobody died in the last band, and the reference's limits are no numbers; "
                       "Kith says unknown", name, mine and mine["status"])
            else:
                defect("life_expectancy: an interval wider than 20 years, of which the reference leaves the value out "
                       "and keeps the limits; Kith leaves out both", name, mine and mine["status"])
            continue
        judge("life_expectancy", f"{row['group_id']} {row['age_start']}", mine, row,
              plain("value", *limits, "pops_used", "dths_used"))


def healthy_life_expectancy():
    inputs, expected = (read(f"healthy_life_expectancy/{name}.csv") for name in ("inputs", "expected"))
    if inputs is None:
        return
    ours = by(kith("stats", "healthy-life-expectancy", write(inputs), "--by", "group_id"), "group_id", "age_start")
    for row in expected:
        judge("healthy_life_expectancy", f"{row['group_id']} {row['age_start']}",
              ours.get((row["group_id"], key(row["age_start"]))), row,
              plain("le", "hle", "hle_pct", "hle_lowercl_formula", "hle_uppercl_formula"))


def quantiles():
    inputs, expected = read("quantile/inputs.csv"), read("quantile/expected.csv")
    if inputs is None:
        return
    path = write(inputs)
    ours = {}
    for count in ("10", "5", "4"):
        for kind, options in (("inverted", ()), ("plain", ("--lowest-first",))):
            ours[f"q{count}_{kind}"] = by(
                kith("stats", "quantile", path, "--by", "group_id", "--columns", "area", "--value", "value",
                     "--quantiles", count, *options), "group_id", "area")
    for row in expected:
        mine = {
            name: found.get((row["group_id"], row["area"]), {}).get("quantile", "(no row)")
            for name, found in ours.items()
        }
        judge("quantile", f"{row['group_id']} {row['area']}", mine, row, plain(*ours))


def sii():
    inputs, expected = read("sii/inputs.csv"), read("sii/expected.csv")
    if inputs is None:
        return
    rows = split(inputs, "group_id")
    settings = split(expected, "value_type", "transform", "multiplier", "se_supplied")
    for (kind, transform, multiplier, isError), groups in settings.items():
        options = ["--value-type", kind, f"--multiplier={multiplier}"]
        options += ["--transform"] if transform == "TRUE" else []
        options += ["--se", "se"] if isError == "TRUE" else ["--lower", "lower_cl", "--upper", "upper_cl"]
        ours = by(
            kith("stats", "sii", write([row for group in groups for row in rows[(group["group_id"],)]]), "--by",
                 "group_id", "--quantile", "quantile", "--population", "population", "--value", "value",
                 # Ten times the reference's draws: what differs is then its own chance and not ours beside it.
                 "--confidence", "0.95,0.998", "--repetitions", "1000000", *options), "group_id")
        for row in groups:
            # The package asks for a multiplier below 1 where it means one below 0, and turns the limits about.
            isTurned = kind != "0" and transform == "TRUE" and 0 < float(multiplier) < 1
            judge_sii(row, ours.get((row["group_id"],)), isTurned)


def judge_sii(row, mine, isTurned):
    name = row["group_id"]
    judge("sii", f"{name} points", mine, row, plain("n_quantiles", "sii", "rii", "intercept"))
    if mine is None:
        return
    for index in ("sii", "rii"):
        for level, share in (("95_0", 0.005), ("99_8", 0.02)):
            theirs = {side: float(row[f"{index}_{side}{level}cl_mean5"]) for side in ("lower", "upper")}
            spread = {side: float(row[f"{index}_{side}{level}cl_sd5"]) for side in ("lower", "upper")}
            if isTurned:
                turned = (lambda value: value) if index == "sii" else (lambda value: 1 / value)
                spread = {side: spread[side] * (1 if index == "sii" else 1 / theirs[side] ** 2) for side in spread}
                theirs = {"lower": turned(theirs["upper"]), "upper": turned(theirs["lower"])}
                spread = {"lower": spread["upper"], "upper": spread["lower"]}
            width = abs(theirs["upper"] - theirs["lower"])
            for side in ("lower", "upper"):
                column = f"{index}_{side}{level}cl"
                ours = float(mine[column] or "nan")
                allowed = max(5 * spread[side], share * width)
                check("sii", f"{name} {column}", abs(ours - theirs[side]) <= allowed,
                      f"{ours} for {theirs[side]}, {allowed:.3g} allowed")
                if isTurned:
                    defect("sii: for a multiplier between 0 and 1 the package swaps the limits of the SII and inverts "
                           "those of the RII; Kith gives them the right way about", f"{name} {column}",
                           f"{ours:.6g}, the reference {row[column + '_mean5']}")


def funnel_phe():
    inputs = read("funnel_phe/inputs.csv")
    if inputs is None:
        return
    expected = {name: read(f"funnel_phe/expected_{name}.csv") for name in ("limits", "points", "significance")}
    limits, points = {}, {}
    meta = {}
    for (dataset, statistic, kind, multiplier, years), rows in split(
            inputs, "dataset", "statistic", "type", "multiplier", "years_of_data").items():
        meta[dataset] = (statistic, multiplier)
        options = ["--statistic", statistic, "--events", "numerator", "--population", "denominator",
                   "--multiplier", multiplier]
        if statistic == "ratio":
            options += ["--ratio-type", kind]
        if statistic == "rate":
            options += ["--rate", "rate", "--rate-type", kind, "--years", years]
        path = write(rows)
        limits.update(by(kith("stats", "funnel-limits", path, "--by", "dataset", *options), "dataset", "x_axis"))
        points.update(by(
            kith("stats", "funnel", path, "--by", "dataset", "--area", "area", *options), "dataset", "area"))
    for row in expected["limits"]:
        statistic, multiplier = meta[row["dataset"]]
        name = f"{row['dataset']} {row['x_axis']}"
        mine = limits.get((row["dataset"], key(row["x_axis"])))
        if statistic == "proportion" and float(multiplier) != 100 and mine:
            # The package caps at the number 100, whatever a share is multiplied by.
            for side in ("upper_2s_limit", "upper_3s_limit"):
                if float(row[side]) == 100 and float(mine[side]) != 100:
                    defect("funnel_phe: upper limits of proportions are capped at the number 100; Kith caps them at "
                           "the multiplier", name, mine[side])
                    row = dict(row, **{side: mine[side]})
        if statistic != "proportion" and mine:
            row = bisected(name, row, mine)
        judge("funnel_phe limits", name, mine, row,
              plain("lower_2s_limit", "upper_2s_limit", "lower_3s_limit", "upper_3s_limit", "baseline"),
              1e-9 if statistic == "proportion" else 1e-5)
    for row in expected["significance"]:
        judge("funnel_phe significance", f"{row['dataset']} {row['area']}",
              points.get((row["dataset"], row["area"])), row, plain("significance"))
    for row in expected["points"]:
        judge("funnel_phe points", f"{row['dataset']} {row['area']}",
              points.get((row["dataset"], row["area"])), row, plain("rate_chart", "denominator_derived"))


def bisected(name, row, mine):
    """The reference finds the expected events z of a limit by halving z / (1 + x + z) down to 1e-7, which leaves a limit
    of few events further from the truth than 1e-5: there the step itself is what may lie between."""
    events = float(row["x_axis"])
    for side in ("lower_2s_limit", "upper_2s_limit", "lower_3s_limit", "upper_3s_limit"):
        ours, theirs = float(mine[side] or "nan"), float(row[side])
        p = {"2": 0.025, "3": 0.001}[side[6]]
        if side.startswith("upper") and events == 1:
            # Of one event the limit is -log(1 - p).
            z = -math.log(1 - p)
            step = 1.2e-7 * (1 + events + z) ** 2 / (1 + events) / z
            if abs(ours - theirs) > 1e-5 * abs(theirs) and abs(ours - theirs) <= step * abs(theirs) * 1.01:
                defect("funnel_phe: of one event the reference's limit ends with the step of its bisection; Kith's is "
                       "exact", f"{name} {side}", f"{ours:.8g}, the reference {theirs:.8g}")
                row = dict(row, **{side: mine[side]})
    return row


def funnel_od():
    inputs, expected, summary = (read(f"funnel_od/{name}.csv") for name in ("inputs", "expected", "expected_summary"))
    if inputs is None:
        return
    ours = {}
    for (kind, method), rows in split(inputs, "data_type", "sr_method").items():
        options = ["--sr-method", method] if method not in BLANK else []
        ours.update(by(
            kith("stats", "funnel-od", write(rows), "--by", "dataset", "--area", "group", "--data-type", kind,
                 *options), "dataset", "group"))
    for row in expected:
        judge("funnel_od", f"{row['dataset']} {row['group']}", ours.get((row["dataset"], row["group"])), row,
              plain("rr", "z", "LCL95", "UCL95", "LCL99", "UCL99", "OD95LCL", "OD95UCL", "OD99LCL", "OD99UCL",
                    "outlier"))
    first = {row["dataset"]: row for row in reversed(list(ours.values()))}
    for row in summary:
        judge("funnel_od summary", row["dataset"], first.get(row["dataset"]), row, plain("phi", "tau2", "target"))


def spc():
    inputs, series = read("spc/inputs.csv"), read("spc/series.csv")
    if inputs is None:
        return
    rows = split(inputs, "series_id")
    settings = split(series, "improvement_direction", "target", "screen_outliers", "fix_after_n_points",
                     "rebase_dates")
    points, parts = {}, {}
    for (improvement, target, screen, fix, rebase), group in settings.items():
        options = ["--improvement", improvement]
        options += [f"--target={target}"] if target not in BLANK else []
        options += ["--no-screen"] if screen == "FALSE" else []
        options += ["--fix-after", fix] if fix not in BLANK else []
        options += ["--rebase", rebase.replace(";", ",")] if rebase not in BLANK else []
        summary = os.path.join(WORK, "summary.csv")
        path = write([row for one in group for row in rows[(one["series_id"],)]])
        points.update(by(kith("spc", path, "--by", "series_id", "--date", "date", "--value", "value", "--summary",
                              summary, *options), "series_id", "date"))
        with open(summary, newline="") as file:
            parts.update(by(csv.DictReader(file), "series_id", "rebase_group"))
    values = {name[0]: {row["value"] for row in group} for name, group in rows.items()}
    lasting = {}
    for row in read("spc/expected_points.csv"):
        name, constant = f"{row['series_id']} {row['date']}", len(values[row["series_id"]]) == 1
        mine = points.get((row["series_id"], row["date"]))
        if constant and len(rows[(row["series_id"],)]) > 1:
            check("spc points", name, mine is not None and mine["lpl"] == "" and mine["upl"] == "",
                  "a constant series has no variation to draw limits from")
            defect("spc: of a constant series the reference's limits are NaN or of no width; Kith says unknown, as "
                   "there is no variation", row["series_id"], parts[(row["series_id"], 0.0)]["status"])
            continue
        if row["value"] in BLANK and mine and mine["special_cause_type"] == mine["point_type"] == "":
            defect("spc: a missing value is common cause in the reference; in Kith it is nothing", name, "empty")
            row = dict(row, special_cause_type="", point_type="")
        judge("spc points", name, mine, row,
              plain("value", "rebase_group", "mean", "lpl", "upl", "outside_limits", "relative_to_mean",
                    "close_to_limits", "special_cause_type", "point_type", "short_group_warning"))
    for row in read("spc/expected_summary.csv"):
        name, constant = f"{row['series_id']} {row['rebase_group']}", len(values[row["series_id"]]) == 1
        lasting[row["series_id"]] = row
        if constant and len(rows[(row["series_id"],)]) > 1:
            continue
        mine = parts.get((row["series_id"], key(row["rebase_group"])))
        if row["lpl"] in BLANK and row["assurance_type"] == "inconsistent" and mine and mine["assurance_type"] == "":
            defect("spc: a series of one point has no limits, and the reference calls its target a matter of chance; "
                   "Kith says nothing of it", name, mine["status"])
            row = dict(row, assurance_type="", assurance_icon="")
        missing = sum(one["value"] in BLANK for one in rows[(row["series_id"],)])
        if missing:
            defect("spc: a missing value is common cause in the reference; in Kith it is nothing", name,
                   f"{missing} of them not counted")
            row = dict(row, n=str(int(row["n"]) - missing), common_cause=str(int(row["common_cause"]) - missing))
        # Each part's verdict is that of its own last point.
        judge("spc summary", name, mine, row,
              plain("mean", "lpl", "upl", "n", "common_cause", "special_cause_improvement", "special_cause_concern",
                    "variation_type", "variation_icon", "assurance_icon"))
        if row["assurance_type"] not in BLANK:
            judge("spc assurance", name, mine, row, plain("assurance_type"))
    for row in read("spc/expected_errors.csv"):
        mine = parts.get((row["series_id"], 0.0))
        check("spc errors", row["series_id"], mine is not None and mine["mean"] != "", "it has no chart")
        defect("spc: a missing value stops the reference or is passed over, depending on its neighbours; in Kith it has "
               "no point, and no range or run goes over it", row["series_id"], mine and f"mean {mine['mean']}")


def comorbidity():
    inputs, expected = read("comorbidity/inputs.csv"), read("comorbidity/expected.csv")
    if inputs is None:
        return
    ours = by(kith("stats", "comorbidity", write(inputs), "--by", "id", "--code", "code"), "id")
    for row in expected:
        judge("comorbidity", row["id"], ours.get((key(row["id"]),)), row,
              plain(*[name for name in row if name != "id"]))


def validation():
    expected = read("validation/expected_errors.csv")
    if expected is None:
        return
    for row in expected:
        case = (row["family"], row["case"])
        name = f"{row['family']}, {row['case']}"
        if case in NOT_OURS:
            defect("validation: what Kith has no way to be told", name, NOT_OURS[case])
            continue
        if case not in CASES:
            check("validation", name, False, "this runner has no such case")
            continue
        arguments, rows = CASES[case]
        run = subprocess.run(
            [KITH, *[write(rows) if part == "INPUT" else part for part in arguments]], capture_output=True, text=True)
        isError = run.returncode == 2 and run.stderr.strip() != ""
        isUnknown = run.returncode == 0 and "unknown" in run.stdout
        check("validation", name, isError or isUnknown,
              f"neither an error nor unknown: exit {run.returncode}, {run.stdout[:200]}{run.stderr[:200]}")


def table(**columns):
    return [dict(zip(columns, values)) for values in zip(*columns.values())]


OK = table(x=[1, 2, 3], n=[10, 10, 10], sp=[1, 1, 1], g=["a", "a", "b"], x_ref=[1, 2, 3], n_ref=[4, 5, 6])
RATE = ("stats", "crude-rate", "INPUT", "--events", "x", "--population", "n")
SHARE = ("stats", "proportion", "INPUT", "--events", "x", "--population", "n")
DSR = ("stats", "dsr", "INPUT", "--events", "x", "--population", "n", "--standard", "sp")
ISR = ("stats", "isr", "INPUT", "--by", "g", "--events", "x", "--population", "n")
DECILES = table(q=range(1, 11), p=[100] * 10, v=[0.1 + 0.01 * i for i in range(10)], se=[0.01] * 10,
                lo=[0.08 + 0.01 * i for i in range(10)], hi=[0.12 + 0.01 * i for i in range(10)])
SII = ("stats", "sii", "INPUT", "--quantile", "q", "--population", "p", "--value", "v")
SPC = ("spc", "INPUT", "--date", "t", "--value", "v")
MONTHS = [f"20{20 + i // 12}-{i % 12 + 1:02d}-01" for i in range(20)]
LE = ("stats", "life-expectancy", "INPUT", "--age", "a", "--deaths", "d", "--population", "p")
FUNNEL = ("stats", "funnel-limits", "INPUT", "--events", "x", "--population", "n")


def changed(rows, **columns):
    return [dict(row, **{name: values[i] if isinstance(values, list) else values
                         for name, values in columns.items()}) for i, row in enumerate(rows)]


CASES = {
    ("rate", "negative numerator"): (RATE, changed(OK, x=[-1, 2, 3])),
    ("rate", "zero denominator"): (RATE, changed(OK, n=[0, 10, 10])),
    ("rate", "confidence 0.8"): ((*RATE, "--confidence", "0.8"), OK),
    ("rate", "confidence 50"): ((*RATE, "--confidence", "50"), OK),
    ("rate", "confidence 101"): ((*RATE, "--confidence", "101"), OK),
    ("proportion", "x greater than n"): (SHARE, changed(OK, x=11)),
    ("proportion", "zero denominator"): (SHARE, changed(OK, x=0, n=0)),
    ("proportion", "negative"): (SHARE, changed(OK, x=-1)),
    ("mean", "confidence 0.5"): (("stats", "mean", "INPUT", "--value", "x", "--confidence", "0.5"), OK),
    ("dsr", "negative x"): (DSR, changed(OK, x=[-1, 2, 3])),
    ("dsr", "zero n"): (DSR, changed(OK, n=[0, 10, 10])),
    ("dsr", "missing n"): (DSR, changed(OK, n="NA")),
    ("dsr", "missing stdpop"): (DSR, changed(OK, sp="NA")),
    ("dsr", "negative stdpop"): (DSR, changed(OK, sp=-1)),
    ("dsr", "multiplier 0"): ((*DSR, "--multiplier", "0"), OK),
    ("dsr", "text x"): (DSR, changed(OK, x="one")),
    ("isr", "negative x"): (ISR, changed(OK, x=[-1, 2, 3])),
    ("quantile", "text values"): (("stats", "quantile", "INPUT", "--value", "x"), changed(OK, x="one")),
    ("sii", "4 quantiles"): ((*SII, "--se", "se"), DECILES[:4]),
    ("sii", "reps 999"): ((*SII, "--se", "se", "--repetitions", "999"), DECILES),
    ("sii", "transform with value_type 0"): ((*SII, "--se", "se", "--transform"), DECILES),
    ("sii", "transform with se"): ((*SII, "--se", "se", "--transform", "--value-type", "1"), DECILES),
    ("sii", "zero population"): ((*SII, "--se", "se"), changed(DECILES, p=[0] + [1] * 9)),
    ("sii", "proportion above 1"): (
        (*SII, "--lower", "lo", "--upper", "hi", "--value-type", "2"), changed(DECILES, v=2)),
    ("sii", "negative se"): ((*SII, "--se", "se"), changed(DECILES, se=-1)),
    ("sii", "value_type 3"): ((*SII, "--se", "se", "--value-type", "3"), DECILES),
    ("sii", "missing cl"): ((*SII, "--lower", "lo", "--upper", "hi"), changed(DECILES, lo="NA")),
    ("life_expectancy", "first band not 0"): (
        (*LE, "--ages", "5,10"), table(a=[5, 10], p=[10000, 10000], d=[1, 1])),
    ("life_expectancy", "bands do not match"): (LE, table(a=[0, 1], p=[10000, 10000], d=[1, 1])),
    ("life_expectancy", "descending"): (
        (*LE, "--ages", "0,5,1"), table(a=[0, 1], p=[10000, 10000], d=[1, 1])),
    ("life_expectancy", "only 19 bands (85+)"): (
        LE, table(a=[0, 1, *range(5, 90, 5)], p=[10000] * 19, d=[10] * 19)),
    ("funnel", "no statistic"): (FUNNEL, OK),
    ("funnel", "proportion x>n"): ((*FUNNEL, "--statistic", "proportion"), changed(OK, x=20)),
    ("funnel", "rate zero events without denominator"): (
        (*FUNNEL[:5], "--statistic", "rate", "--rate", "n"), changed(OK, x=0)),
    ("spc", "duplicate dates"): (SPC, table(t=["2020-01-01"] * 3, v=[1, 2, 3])),
    ("spc", "text date"): (SPC, table(t=["a", "b"], v=[1, 2])),
    ("spc", "fix_after 11"): ((*SPC, "--fix-after", "11"), table(t=MONTHS, v=range(20))),
    ("spc", "bad direction"): ((*SPC, "--improvement", "up"), table(t=MONTHS, v=range(20))),
}
NOT_OURS = {
    ("rate", "two levels other than .95,.998"): "any two confidences can be asked for",
    ("rate", "three levels"): "any number of confidences can be asked for",
    ("rate", "bad type"): "there is no choice of columns",
    ("dsr", "no eventfreq"): "naming --event-frequency is what says that events are not independent",
    ("isr", "unequal rows per group"): "each row has its own reference",
    ("isr", "x_ref length"): "each row has its own reference",
    ("quantile", "mixed invert in a group"): "the direction is an option, not a column",
    ("spc", "NA first"): "a missing value has no point, wherever it stands",
}

simple("crude_rate", "crude-rate", plain("value", "lowercl", "uppercl", "method"))
grouped_rates()
simple("proportion", "proportion", plain("value", "lowercl", "uppercl"))
means()
dsr()
isr()
life_expectancy()
healthy_life_expectancy()
quantiles()
sii()
funnel_phe()
funnel_od()
spc()
comorbidity()
validation()

for reason, rows in defects.items():
    print(f"\nnot to be copied: {reason} ({len(rows)} rows)")
    for row in sorted(set(rows))[:5]:
        print(f"  {row}")
    if len(set(rows)) > 5:
        print(f"  … and {len(set(rows)) - 5} more")
print(f"\n{passed} passed, {failed} failed")
sys.exit(1 if failed or passed == 0 else 0)
