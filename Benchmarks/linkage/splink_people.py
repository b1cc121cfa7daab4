"""Links the files of people.py by Splink on DuckDB, as its documentation has it for such data.

    python splink_people.py FOLDER OUT.json

Prints the CPU seconds of training, of blocking and scoring, and of one-to-one, peak memory, and F1 against `person`: of
pairs at the threshold that is best by the labels and at match weight 0, and one-to-one at the best. Splink does not pick
a threshold itself.
"""

import json
import resource
import sys
import time

import duckdb
import splink.comparison_library as cl
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

folder, out = sys.argv[1:3]


def cpu():
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


con = duckdb.connect()
con.execute("set threads = 2")
for side in ("left", "right"):
    con.execute(
        f"create table {side}_people as select unique_id, upper(first_name) as first_name, upper(surname) as surname, "
        f"dob, sex, upper(street) as street, replace(postcode, ' ', '') as postcode, person "
        f"from '{folder}/{side}.parquet'"
    )
started, wall = cpu(), time.time()
settings = SettingsCreator(
    link_type="link_only",
    unique_id_column_name="unique_id",
    blocking_rules_to_generate_predictions=[
        block_on("first_name", "surname"),
        block_on("surname", "dob"),
        block_on("first_name", "dob"),
        block_on("postcode", "first_name"),
        block_on("postcode", "dob"),
        block_on("street", "first_name"),
    ],
    comparisons=[
        cl.ForenameSurnameComparison("first_name", "surname").configure(term_frequency_adjustments=False),
        cl.DateOfBirthComparison("dob", input_is_string=True),
        cl.ExactMatch("sex"),
        cl.JaroWinklerAtThresholds("street", [0.95, 0.88]),
        cl.PostcodeComparison("postcode"),
    ],
    retain_intermediate_calculation_columns=False,
)
db_api = DuckDBAPI(connection=con)
linker = Linker([db_api.register(f"{side}_people", dataset_display_name=side) for side in ("left", "right")], settings)
linker.training.estimate_probability_two_random_records_match(
    [block_on("first_name", "surname", "dob"), block_on("street", "dob")], recall=0.8
)
linker.training.estimate_u_using_random_sampling(max_pairs=5e6, seed=1)
linker.training.estimate_parameters_using_expectation_maximisation(block_on("first_name", "surname"))
linker.training.estimate_parameters_using_expectation_maximisation(block_on("dob"))
trained = cpu()
pairs = linker.inference.predict(threshold_match_weight=-10)
table = pairs.physical_name
scored = cpu()
columns = [row[0] for row in con.execute(f"describe {table}").fetchall()]
con.execute(f"""
    create or replace table scored as
    select p.match_weight, p.unique_id_l, p.unique_id_r, l.person = r.person as is_match
    from {table} p join left_people l on p.unique_id_l = l.unique_id
        join right_people r on p.unique_id_r = r.unique_id""")
total = con.execute("select count(*) from left_people join right_people using (person)").fetchone()[0]


def f1(query):
    return con.execute(f"""
        with ranked as (
            select match_weight, sum(is_match::int) over w as tp, count(*) over w as n from ({query})
            window w as (order by match_weight desc rows unbounded preceding))
        select max(2.0 * tp / (n + {total})), max(case when match_weight >= 0 then n end),
            max(case when match_weight >= 0 then tp end) from ranked""").fetchone()


pairwise, n0, tp0 = f1("select * from scored")
started_one = cpu()
# One-to-one: each record's best partner that has it for its best, and again among the rest.
con.execute("create or replace table taken (unique_id_l varchar, unique_id_r varchar, match_weight double, is_match boolean)")
con.execute("create or replace table rest as select * from scored where match_weight > -5")
while True:
    found = con.execute("""
        create or replace table best as
        select unique_id_l, unique_id_r, match_weight, is_match from (
            select *, row_number() over (partition by unique_id_l order by match_weight desc, unique_id_r) as a,
                row_number() over (partition by unique_id_r order by match_weight desc, unique_id_l) as b from rest)
        where a = 1 and b = 1; select count(*) from best""").fetchone()[0]
    if not found:
        break
    con.execute("insert into taken select * from best")
    con.execute("""
        create or replace table rest as select * from rest
        where unique_id_l not in (select unique_id_l from best) and unique_id_r not in (select unique_id_r from best)""")
single = cpu()
one, _, _ = f1("select * from taken")
result = {
    "pairs": con.execute(f"select count(*) from {table}").fetchone()[0],
    "train_cpu": trained - started,
    "score_cpu": scored - trained,
    "one_to_one_cpu": single - started_one,
    "wall": time.time() - wall,
    "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000,
    "f1_pairs_best": pairwise,
    "f1_pairs_at_0": 2.0 * tp0 / (n0 + total),
    "f1_one_to_one_best": one,
}
json.dump(result, open(out, "w"), indent=1)
print(json.dumps(result, indent=1))
