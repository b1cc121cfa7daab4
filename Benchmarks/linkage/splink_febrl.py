"""Links FEBRL 4, or dedupes FEBRL 3, by Splink on DuckDB, and prints its best F1 by the labels, that at weight 0, and the
CPU seconds.

    python splink_febrl.py 3|4 FOLDER OUT.json
"""

import json
import resource
import sys

import duckdb
import splink.comparison_library as cl
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

which, folder, out = sys.argv[1:4]


def cpu():
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


con = duckdb.connect()
con.execute("set threads = 2")
names = ["febrl4a", "febrl4b"] if which == "4" else ["febrl3"]
for name in names:
    con.execute(
        f"create table {name} as select *, split_part(rec_id, '-', 2) as cluster from "
        f"read_csv('{folder}/{name}.csv', all_varchar = true)"
    )
started = cpu()
db_api = DuckDBAPI(connection=con)
settings = SettingsCreator(
    link_type="link_only" if which == "4" else "dedupe_only",
    unique_id_column_name="rec_id",
    blocking_rules_to_generate_predictions=[
        block_on("given_name", "surname"),
        block_on("soc_sec_id"),
        block_on("date_of_birth"),
        block_on("address_1"),
        block_on("postcode", "surname"),
        block_on("postcode", "given_name"),
    ],
    comparisons=[
        cl.NameComparison("given_name"),
        cl.NameComparison("surname"),
        cl.DamerauLevenshteinAtThresholds("date_of_birth", [1, 2]),
        cl.DamerauLevenshteinAtThresholds("soc_sec_id", [1, 2]),
        cl.ExactMatch("street_number"),
        cl.DamerauLevenshteinAtThresholds("postcode", [1, 2]),
        cl.JaroWinklerAtThresholds("address_1", [0.9, 0.8]),
        cl.JaroWinklerAtThresholds("suburb", [0.9]),
        cl.ExactMatch("state"),
    ],
)
linker = Linker([db_api.register(name, dataset_display_name=name) for name in names], settings)
linker.training.estimate_probability_two_random_records_match(
    [block_on("soc_sec_id"), block_on("given_name", "surname", "date_of_birth")], recall=0.9
)
linker.training.estimate_u_using_random_sampling(max_pairs=1e6, seed=1)
linker.training.estimate_parameters_using_expectation_maximisation(block_on("date_of_birth"))
linker.training.estimate_parameters_using_expectation_maximisation(block_on("postcode"))
pairs = linker.inference.predict(threshold_match_weight=-20).physical_name
used = cpu() - started
left, right = (names[0], names[-1])
total = (
    con.execute(f"select count(*) from {left} l join {right} r using (cluster)" + ("" if which == "4" else " where l.rec_id < r.rec_id"))
    .fetchone()[0]
)
best, at0 = con.execute(f"""
    with scored as (
        select match_weight, split_part(rec_id_l, '-', 2) = split_part(rec_id_r, '-', 2) as is_match from {pairs}),
    ranked as (
        select match_weight, sum(is_match::int) over w as tp, count(*) over w as n from scored
        window w as (order by match_weight desc rows unbounded preceding))
    select max(2.0 * tp / (n + {total})),
        max(case when match_weight >= 0 then n * 1e9 + tp end) from ranked""").fetchone()
n0, tp0 = divmod(int(at0), 1_000_000_000)
result = {"f1_best": best, "f1_at_0": 2.0 * tp0 / (n0 + total), "cpu": used}
json.dump(result, open(out, "w"), indent=1)
print(json.dumps(result))
