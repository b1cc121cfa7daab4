"""Compares the person spine of a synthetic place with the truth.

    python spine_truth.py PLACE

Prints how many pairs of what records say of people are rightly and wrongly taken to be of one person. A landed record
is found again by its line in the extract; the truth says whom it is about.
"""

import json
import pathlib
import sys

import duckdb

place = pathlib.Path(sys.argv[1])
store = place / "store"
snapshot = store / "snapshots" / (store / "current").read_text().strip()
con = duckdb.connect()
con.execute("set threads = 2")
con.execute("set preserve_insertion_order = true")
# Source, file without its ending, table, the column with the record's id, and what the truth calls it.
sources = [
    ("gp", "Patient", "patient", None, "patient"),
    ("apc", "apc", "episode", "EPIKEY", "record"),
    ("ecds", "ecds", "emergency_attendance", "EC_Ident", "record"),
    ("outpatients", "outpatients", "outpatient_attendance", "ATTENDKEY", "record"),
    ("housing", "housing", "tenancy", "person_reference", "person_reference"),
    ("social-care", "client-level-data", "social_care_event", "Event Reference", "record"),
    ("deaths", "deaths", "death", "REG_ID", "record"),
    ("voluntary", "contacts", "voluntary_contact", "contact_id", "record"),
    ("programmes", "roster", "programme_entry", "entry_id", "record"),
]
con.execute("create table said (source varchar, table_name varchar, identity bigint, person varchar)")
for source, file, table, column, key in sources:
    for landed in sorted(store.glob(f"landing/sources/{source}/*/{table}*.parquet")):
        delivery = landed.parent.name
        raw = next((place / "extracts" / source / delivery).glob(f"{file}.*"))
        lines = f"""(select line as text, row_number() over () as number from read_csv('{raw}', delim = '\x01', quote = '', escape = '',
            header = false, auto_detect = false, encoding = 'latin-1', columns = {{'line': 'varchar'}}, parallel = false, max_line_size = 10000000))"""
        if column is None:
            record = "json_extract_string(try_cast(raw.text as json), '$.id')"
        else:
            header = con.execute(f"select text from {lines} where number = 1").fetchone()[0].lstrip("\ufeff").split(",")
            record = f"""trim(string_split(raw.text, ',')[{header.index(column) + 1}], '"')"""
            if source == "social-care":
                record = f"ltrim({record}, 'E')"
        con.execute(f"""
            insert into said
            select '{source}', '{table}', landed.identity, truth.person::varchar
            from read_parquet('{landed}') landed
                join {lines} raw on raw.number = landed.line
                join read_csv('{place}/truth/records/{source}.csv.zst', header = true, all_varchar = true) truth on truth."{key}" = {record}
            where not landed.is_deletion and truth.person <> ''""")
con.execute(f"""
    create table pair as
    select person_id, person from (select distinct source, table_name, identity, person from said)
        join read_parquet('{snapshot}/person_record.parquet') using (source, table_name, identity)""")
right, joined, true = (
    con.execute(f"select coalesce(sum(n * (n - 1) // 2), 0)::bigint from (select count(*) n from pair group by {by})").fetchone()[0]
    for by in ("person_id, person", "person_id", "person")
)
identities, people, found = con.execute(
    "select count(*), count(distinct person), count(distinct person_id) from pair"
).fetchone()
precision, recall = right / joined, right / true
result = dict(
    identities=identities, people=people, found=found, right=right, wrong=joined - right, missed=true - right,
    precision=round(precision, 5), recall=round(recall, 5), f1=round(2 * precision * recall / (precision + recall), 5),
)
print(json.dumps(result))
for source, table, one, all_ in con.execute("""
    select source, table_name, count(*) filter (person_id = best), count(*)
    from (select distinct source, table_name, identity, person from said) s
        join read_parquet('%s/person_record.parquet') using (source, table_name, identity)
        join (select person, mode(person_id) best from pair group by person) using (person)
    group by all order by all""" % snapshot).fetchall():
    print(f"{source} {table}: {one} of {all_} with the rest of their person ({100 * one / all_:.1f}%)")

# What the snapshot's `linkage_quality` estimates, beside the truth: for each source and ethnic group.
con.execute("""
    create table own as
    with said as (select distinct source, table_name, identity, person from said)
    select source, person, person_id from said join read_parquet('%s/person_record.parquet') using (source, table_name, identity)""" % snapshot)
ethnic = """case when ethnic_category in ('A', 'B', 'C') then 'white' when ethnic_category in ('D', 'E', 'F', 'G') then 'mixed'
    when ethnic_category in ('H', 'J', 'K', 'L', 'R') then 'asian' when ethnic_category in ('M', 'N', 'P') then 'black'
    when ethnic_category = 'S' then 'other' end"""
con.execute(f"""
    create table ends as
    select o.source, p.grp, sum(joint.n - 1) as "right", sum(found.n - 1) as found, sum(truly.n - 1) as truly
    from own o join (select person_id, person, count(*) n from own group by all) joint using (person_id, person)
        join (select person_id, count(*) n from own group by all) found using (person_id)
        join (select person, count(*) n from own group by all) truly using (person)
        join (select person, {ethnic} as grp from read_csv('{place}/truth/people.csv.zst', header = true, all_varchar = true)) p using (person)
    group by all""")
estimates = {
    (row[0], row[1], row[2]): row[3:]
    for row in con.execute(f"""
        select source, measure, group_id, value, lower, upper from read_parquet('{snapshot}/linkage_quality.parquet')
        where group_kind in ('', 'ethnic_group') and measure in ('precision', 'recall')""").fetchall()
}
within = total = 0
for source, group, right, found, truly in con.execute("""
    select source, grp, sum("right"), sum(found), sum(truly) from ends where grp is not null group by cube (source, grp) order by all""").fetchall():
    parts = []
    for measure, value in (("precision", right / max(1, found)), ("recall", right / max(1, truly))):
        estimate = estimates.get((source or "", measure, group or ""))
        if estimate:
            isIn = estimate[1] <= value <= estimate[2]
            within, total = within + isIn, total + 1
            parts.append(f"{measure} {value:.4f}, estimated {estimate[0]:.4f} ({estimate[1]:.4f} to {estimate[2]:.4f}){'' if isIn else ' *'}")
    if parts:
        print(f"{source or 'all'} {group or ''}: {'; '.join(parts)}")
print(f"{within} of {total} intervals hold the truth.")
