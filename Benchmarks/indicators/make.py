"""Makes a place whose indicators cover every LSOA of England: 40 of them, each by sex and age at every LSOA.

    python3 make.py FOLDER [--indicators 40]

The LSOAs, their deprivation and their residents are England's, from KITH_SHARED/data/england/england_lsoa21.csv; what is
counted in them is drawn from a seed and means nothing.
"""
import argparse
import csv
import os
import pathlib
import random
import sys

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("folder", type=pathlib.Path)
parser.add_argument("--indicators", type=int, default=40)
arguments = parser.parse_args()

shared = pathlib.Path(os.environ.get("KITH_SHARED", "../shared"))
source = shared / "data/england/england_lsoa21.csv"
if not source.exists():
    sys.exit(f"{source} is not there; set KITH_SHARED")
with open(source) as file:
    areas = list(csv.DictReader(file))

data = arguments.folder / "extracts/open-data"
definitions = arguments.folder / "definitions/indicators"
data.mkdir(parents=True, exist_ok=True)
definitions.mkdir(parents=True, exist_ok=True)
groups = [(sex, age) for sex in ("female", "male") for age in ("00_64", "65_plus")]
columns = [f"{sex}_{age}" for sex, age in groups]
dice = random.Random(1)

keep = [
    "lsoa21_code", "lsoa21_name", "ward24_code", "lad24_code", "icb24_code", "population_census2021",
    "imd2025_score", "imd2025_decile", "rural_urban",
]
with open(data / "areas.csv", "w", newline="") as file:
    writer = csv.writer(file)
    writer.writerow(keep)
    writer.writerows([[area[name] for name in keep] for area in areas])

people = []
for area in areas:
    total = int(area["population_census2021"])
    older = int(total * dice.uniform(0.1, 0.3))
    people.append([(total - older) // 2, older // 2, (total - older + 1) // 2, (older + 1) // 2])


def write(name, rows):
    with open(data / name, "w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["lsoa21_code", *columns])
        writer.writerows([area["lsoa21_code"], *row] for area, row in zip(areas, rows))


write("people.csv", people)
for number in range(arguments.indicators):
    rows = []
    for area, row in zip(areas, people):
        share = 0.02 + 0.01 * (10 - int(area["imd2025_decile"]))
        rows.append([int(count * share * dice.random() * 2) for count in row])
    write(f"counts_{number:02}.csv", rows)

listed = "\n".join(
    f'          {column}: {{of: {column}, is: {{sex: {sex}, age: "{age}"}}}}'
    for column, (sex, age) in zip(columns, groups))


def table(name, measure):
    return f"""  - file: {name}
    kind: lsoa21
    code: lsoa21_code
    period: "2021"
    source: made
    topic: Made
    measures:
      {measure}:
        title: {measure}
        groups:
{listed}
"""


pack = """pack: every-lsoa
version: 1
title: Every LSOA of England, with counts that mean nothing
sources:
  made: {title: Made for a benchmark, publisher: nobody, licence: none}
kinds:
  country: {title: country, nature: area, vintage: "2021", code: "E92[0-9]{6}"}
  icb24: {title: integrated care board, nature: area, vintage: "2024", code: "E54[0-9]{6}"}
  lad24: {title: district, nature: area, vintage: "2024", code: "E(06|07|08|09)[0-9]{6}"}
  ward24: {title: ward, nature: area, vintage: "2024", code: "E05[0-9]{6}"}
  lsoa21: {title: LSOA, nature: area, vintage: "2021", code: "E01[0-9]{6}"}
whole: {kind: country, code: E92000001, name: England}
units:
  - {kind: icb24, file: areas.csv, code: icb24_code, repeated: true}
  - {kind: lad24, file: areas.csv, code: lad24_code, repeated: true}
  - {kind: ward24, file: areas.csv, code: ward24_code, repeated: true}
  - kind: lsoa21
    file: areas.csv
    code: lsoa21_code
    name: lsoa21_name
    population: population_census2021
    rural_urban: rural_urban
    parents: {ward24: ward24_code, lad24: lad24_code, icb24: icb24_code}
measures:
  - file: areas.csv
    kind: lsoa21
    code: lsoa21_code
    period: "2025"
    source: made
    topic: Deprivation
    measures:
      imd_decile: {title: Decile, decile: {column: imd2025_decile, score: imd2025_score}}
"""
pack += table("people.csv", "people")
for number in range(arguments.indicators):
    pack += table(f"counts_{number:02}.csv", f"counts_{number:02}")
(data / "open-data.yaml").write_text(pack)

(arguments.folder / "kith.yaml").write_text("""place:
  name: Every LSOA
  area: {kind: icb24, code: E54000048}
open_data:
  folder: extracts/open-data
""")
listing = """defaults:
  method: proportion
  by: [sex, age, imd_decile, core20, rural_urban]
  denominator: {measure: people}
indicators:
"""
for number in range(arguments.indicators):
    listing += f"""  - indicator: made_{number:02}
    title: Made {number:02}
    version: 1
    numerator: {{measure: counts_{number:02}}}
"""
(definitions / "made.yaml").write_text(listing)
