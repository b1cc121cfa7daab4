"""Everybody in a real place, held against the published files themselves, not against our reading of them."""

import csv
import io

from conftest import ENGLAND

BANDS = [f"age_{5 * n}_{5 * n + 4}" for n in range(18)] + ["age_90_plus"]


def test_every_target_of_the_report_is_met(lancashire):
    rows = list(csv.DictReader(io.StringIO(lancashire.report)))
    missed = [row for row in rows if row["met"] == "no"]
    by_area = {"residents", "ethnic_group", "tenure"}
    assert [row for row in missed if row["target"] not in by_area] == []
    for target in by_area:
        of = [row for row in rows if row["target"] == target]
        assert len(of) >= 1060 * 5
        assert sum(row["met"] == "no" for row in of) <= 0.05 * len(of)
    assert sum(row["target"] == "qof_prevalence" for row in rows) == 210


def test_residents_by_small_area_and_age_are_those_published(lancashire):
    columns = ", ".join(BANDS)
    far = lancashire.ask(f"""
        with truth as (
          select r.small_area, least(18, date_diff('month', p.birth_date, date '2020-07-01')
              // 60) as band, count(*) as people
          from {lancashire.csv('truth/people.csv.zst')} p
          join {lancashire.csv('truth/residences.csv.zst')} r using (person)
          where p.arrival = date '2020-07-01' and p.birth_date < p.arrival
            and r."from" = p.arrival
          group by all),
        published as (
          unpivot (select lsoa21_code, {columns}, total_mid2020_estimated as total
            from read_csv('{ENGLAND}/lsc_lsoa21_population_mid2020_5yr_derived.csv'))
          on {columns} into name band_name value count),
        numbered as (
          select lsoa21_code, count, row_number() over (partition by lsoa21_code order by
            list_position({BANDS}, band_name)) - 1 as band from published),
        scaled as (
          select *, count * 1717533.0 / sum(count) over () as expected from numbered)
        select count(*), count(*) filter (
          abs(coalesce(people, 0) - expected) > 1.96 * sqrt(expected) + 1.5)
        from scaled left join truth
          on truth.small_area = lsoa21_code and truth.band = scaled.band""")
    cells, outside = far[0]
    assert cells == 1060 * 19
    assert outside <= 0.05 * cells


def test_prevalence_by_decile_is_the_published_one(lancashire):
    # Register and list by decile, with the ages that QOF counts.
    ages = {"CKD": 18, "DEP": 18, "DM": 17, "EP": 18, "OB": 18, "OST": 50, "RA": 16}
    rows = lancashire.ask(f"""
        with people as (
          select p.person, a.imd2025_decile as decile,
            date_diff('year', p.birth_date, date '2020-07-01')
              - (strftime(p.birth_date, '%m%d') > '0701')::int as age
          from {lancashire.csv('truth/people.csv.zst')} p
          join {lancashire.csv('truth/residences.csv.zst')} r using (person)
          join read_csv('{ENGLAND}/england_lsoa21.csv') a on a.lsoa21_code = r.small_area
          where p.arrival = date '2020-07-01' and p.birth_date < p.arrival and r."from" = p.arrival),
        ill as (
          select person, condition from {lancashire.csv('truth/conditions.csv.zst')}
          where onset < date '2020-07-01'),
        registers as (
          select condition, decile, age, count(*) as people from ill join people using (person)
          group by all),
        lists as (select decile, age, count(*) as people from people group by all),
        published as (
          select group_code, imd2019_decile::int as decile, register, list
          from read_csv('{ENGLAND}/england_qof2019_20_prevalence_by_imd2019_decile.csv', all_varchar = true)
          where imd2019_decile <> 'Wales'),
        ranges as (
          select group_code, decile, register::double / list::double as published,
            case group_code {' '.join(f"when '{k}' then {v}" for k, v in ages.items())}
              when 'CVDPP' then 30 else 0 end as low,
            case group_code when 'CVDPP' then 74 else 120 end as high
          from published)
        select group_code, decile, published,
          (select sum(people) from registers r where r.condition = group_code
             and r.decile = ranges.decile and r.age between low and high)
          / (select sum(people) from lists l where l.decile = ranges.decile
             and l.age between low and high) as ours
        from ranges order by 1, 2""")
    assert len(rows) == 210
    far = [row for row in rows if abs(row[3] / row[2] - 1) > 0.05]
    assert far == []


def test_memory_and_disk_stay_within_what_is_allowed(lancashire):
    assert lancashire.peak_kilobytes < 2 * 1024 * 1024
    size = sum(file.stat().st_size for file in lancashire.folder.rglob("*") if file.is_file())
    assert size < 8 * 1024**3
