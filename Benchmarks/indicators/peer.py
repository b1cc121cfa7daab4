"""The same 40 indicators worked out by DuckDB from queries written by hand, and set against Kith's, figure by figure.

    python3 peer.py PLACE

PLACE is one that run.py has made and kith has run. DuckDB reads the landed tables of the snapshot, as Kith does, sums them for
every area and breakdown, works out Wilson's limits and writes Parquet; two threads.
"""
import pathlib
import sys
import tempfile
import time

import duckdb

place = pathlib.Path(sys.argv[1])
snapshot = place / "store/snapshots" / (place / "store/current").read_text().strip()
db = duckdb.connect(config={"threads": 2})
for name in ["area", "edge", "series", "figure", "measure_dimension", "measure"]:
    db.execute(f"create view {name} as from '{snapshot / name}.parquet'")
indicators = sorted(path.stem for path in (snapshot / "indicator").glob("made_*.parquet"))
z = "1.959963984540054"


def query(number):
    """One indicator: its counts at LSOAs, their sums by class for larger areas, and its limits."""
    return f"""
    with part as (
      select f.unit_id, s."group", m.measure, f.numerator, f.is_sum
      from figure f join series s using (series_id) join measure m using (measure_ix)
      where m.measure in ('counts_{number:02}', 'people')
    ), cell as (
      select unit_id, split_part("group", '_', 1) as sex,
        replace(replace("group", 'female_', ''), 'male_', '') as age,
        sum(numerator) filter (measure <> 'people') as n, sum(numerator) filter (measure = 'people') as d
      from part group by all
    ), own as (
      select unit_id, '' as breakdown, '' as "group", sum(n) as n, sum(d) as d from cell group by 1
      union all select unit_id, 'sex', sex, sum(n), sum(d) from cell group by all
      union all select unit_id, 'age', age, sum(n), sum(d) from cell group by all
    ), class as (
      select f.unit_id, f.value::integer as decile, lower(a.rural_urban) as rural
      from figure f join series s using (series_id) join area a using (unit_id)
      where s.measure = 'imd_decile' and not f.is_sum
    ), leaf as (
      select e.parent_id as unit_id, c.decile, c.rural, o.n, o.d
      from own o join class c using (unit_id) join edge e on e.child_id = o.unit_id
      where o.breakdown = ''
    ), every as (
      from own
      union all select unit_id, 'imd_decile', decile::varchar, sum(n), sum(d) from leaf group by all
      union all select unit_id, 'core20', case when decile <= 2 then 'core20' else 'others' end,
        sum(n), sum(d) from leaf group by all
      union all select unit_id, 'rural_urban', rural, sum(n), sum(d) from leaf group by all
    )
    select 'made_{number:02}' as indicator, '2021' as period, kind, code as area, unit_id, breakdown, "group",
      n as numerator, d as denominator, 100 * n / d as value,
      100 * (2 * n + {z}^2 - {z} * sqrt({z}^2 + 4 * n * (1 - n / d))) / (2 * (d + {z}^2)) as lower,
      100 * (2 * n + {z}^2 + {z} * sqrt({z}^2 + 4 * n * (1 - n / d))) / (2 * (d + {z}^2)) as upper
    from every join area using (unit_id)
    """


with tempfile.TemporaryDirectory() as folder:
    start = time.perf_counter()
    for number, name in enumerate(indicators):
        db.execute(f"copy ({query(number)}) to '{folder}/{name}.parquet' (format parquet, compression snappy)")
    seconds = time.perf_counter() - start
    print(f"DuckDB, {len(indicators)} queries by hand: {seconds:.2f} s")
    rows, missing, apart = db.execute(f"""
      select count(*), count(*) filter (k.unit_id is null or p.unit_id is null),
        count(*) filter (k.numerator <> p.numerator or k.denominator <> p.denominator
          or abs(k.value - p.value) > 1e-9 or abs(k.lower - p.lower) > 1e-9
          or abs(k.upper - p.upper) > 1e-9)
      from read_parquet('{snapshot}/indicator/made_*.parquet') k
      full join read_parquet('{folder}/*.parquet') p using (indicator, unit_id, breakdown, "group")
    """).fetchone()
    print(f"{rows} figures, {missing} of which one has not, {apart} of another value")
