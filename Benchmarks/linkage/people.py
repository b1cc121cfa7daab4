"""Makes two files of people who do not exist, to be linked: `left.parquet`, `right.parquet`.

    python people.py FOLDER --people 1000000 [--overlap 0.6] [--seed 1]

Each file has that many records; `overlap` of the people of the left are in the right too. People live in homes, with
a surname and an address that most of a home share; some are twins. The right file was written years later by
somebody less careful: people have moved, married, are called by a short name; there are slips of the pen, dates the
wrong way round, and blanks. `person` is the truth. Names are drawn from the lists of the synthetic place, surnames
from those and from a long tail of made-up ones.
"""

import argparse
import pathlib

import duckdb
import numpy
import pyarrow
import pyarrow.parquet
import yaml

NAMES = pathlib.Path(__file__).parents[2] / "Sources/Synthetic/Resources/names.yaml"
SYLLABLES = [
    "al ash bar bel bir bor bran brig cal car chad clay col cran dal dar den dun el fair fen gar gil hal ham har hart hath"
    " hol hor ken kil kin lang lath led lin lock mar mel mer mil mor nor oak os pem pen quin rad ran raw red rick ros ruth"
    " sal sel shaw sil stan stock tan thor tor ul wal war wes whit wil win wool wor yar".split(),
    "a e i o er en in on ing ber der ley ter mar ston bor".split(),
    "ton ley ford worth field man son well wood den by ham land brook court stone more low cott sley wick".split(),
]


def zipf(count, exponent, rng, size):
    weights = 1 / (numpy.arange(count) + 12.0) ** exponent
    return rng.choice(count, size=size, p=weights / weights.sum())


def texts(value):
    """All texts in nested lists; the keys of mappings too where what they map to is a number."""
    if isinstance(value, dict):
        for key, item in value.items():
            if isinstance(item, (int, float)) and isinstance(key, str):
                yield key
            else:
                yield from texts(item)
    elif isinstance(value, list):
        for item in value:
            yield from texts(item)
    elif isinstance(value, str):
        yield value


class Names:
    def __init__(self, rng):
        lists = yaml.safe_load(NAMES.read_text())
        self.female = self._forenames(lists, "female")
        self.male = self._forenames(lists, "male")
        surnames = list(dict.fromkeys(texts(lists["surnames"])))
        tail = set()
        while len(tail) < 60000:
            tail.add("".join(rng.choice(part) for part in SYLLABLES).capitalize())
            if len(tail) % 1000 == 0 and len(tail) >= 20000:
                break
        self.surnames = numpy.array(surnames + sorted(tail), dtype=object)
        self.nicknames = {k: v for k, v in lists["nicknames"].items()}
        streets = lists["streets"]
        flat = list(dict.fromkeys(texts(streets)))
        ends = ["Street", "Road", "Avenue", "Close", "Lane", "Drive", "Grove", "Way", "Crescent", "Court"]
        firsts = [name for name in flat if name not in ends]
        self.streets = numpy.array([f"{a} {b}" for a in firsts for b in ends], dtype=object)

    @staticmethod
    def _forenames(lists, sex):
        names = []
        for group, cohorts in lists["forenames"].items():
            if not group.endswith("_" + sex):
                continue
            for some in cohorts.values():
                for name in some:
                    if name not in names:
                        names.append(name)
        return numpy.array(names, dtype=object)


def postcodes(count, rng):
    areas = ["LA", "PR", "BB", "FY", "BL", "WN", "OL", "M", "L", "CH", "CW", "SK", "WA", "HD", "HX", "BD"]
    letters = numpy.array(list("ABDEFGHJLNPQRSTUWXYZ"))
    made = []
    for number in range(count):
        area = areas[number % len(areas)]
        rest = number // len(areas)
        inward = f"{rest // 400 % 9 + 1}{letters[rest % 20]}{letters[rest // 20 % 20]}"
        made.append(f"{area}{rest // 3600 % 30 + 1} {inward}")
    return numpy.array(rng.permutation(made), dtype=object)


def slip(name, rng):
    if not name or len(name) < 3:
        return name
    at = int(rng.integers(1, len(name)))
    kind = rng.integers(0, 4)
    if kind == 0:
        return name[:at] + name[at + 1 :]
    if kind == 1:
        return name[:at] + name[at] + name[at:]
    if kind == 2:
        return name[:at] + "abcdefghijklmnoprstuvwy"[int(rng.integers(0, 23))] + name[at + 1 :]
    if at + 1 < len(name):
        return name[:at] + name[at + 1] + name[at] + name[at + 2 :]
    return name[:at]


def people(count, names, rng):
    """A table of people in homes."""
    sizes = rng.choice([1, 2, 3, 4, 5], size=count, p=[0.3, 0.35, 0.16, 0.13, 0.06])
    homes = numpy.repeat(numpy.arange(count), sizes)[:count]
    place = numpy.arange(count) - numpy.searchsorted(homes, homes)
    home_count = homes[-1] + 1
    surname_of_home = names.surnames[zipf(len(names.surnames), 0.9, rng, home_count)]
    surname = surname_of_home[homes]
    alone = rng.random(count) < numpy.where(place == 1, 0.3, 0.08)
    surname[alone] = names.surnames[zipf(len(names.surnames), 0.9, rng, alone.sum())]
    female = rng.random(count) < 0.51
    second = place == 1
    female[second] = ~female[numpy.flatnonzero(second) - 1] ^ (rng.random(second.sum()) < 0.03)
    forename = numpy.empty(count, dtype=object)
    forename[female] = names.female[zipf(len(names.female), 0.75, rng, female.sum())]
    forename[~female] = names.male[zipf(len(names.male), 0.75, rng, (~female).sum())]
    head = rng.integers(22, 92, size=home_count)[homes]
    age = numpy.where(place == 0, head, numpy.where(place == 1, head + rng.normal(0, 4, count), head - 28 + rng.normal(0, 5, count)))
    age = numpy.clip(age, 0, 100)
    born = numpy.datetime64("2024-06-30") - (age * 365.25 + rng.integers(0, 365, count)).astype("timedelta64[D]")
    child = place >= 3
    twin = child & (rng.random(count) < 0.03)
    born[twin] = born[numpy.flatnonzero(twin) - 1]
    return {
        "home": homes,
        "first_name": forename,
        "surname": surname,
        "dob": born,
        "female": female,
        "address": rng.permutation(home_count)[homes],
    }, home_count


def written(table, keep, ids, names, addresses, rng, careless):
    """What a source has of some people: `careless` scales how much of it is wrong."""
    count = len(keep)
    first = table["first_name"][keep].copy()
    last = table["surname"][keep].copy()
    dob = table["dob"][keep].copy()
    female = table["female"][keep]
    address = table["address"][keep].copy()
    draw = lambda share: numpy.flatnonzero(rng.random(count) < share * careless)
    # Homes move as one, some people alone.
    moved_homes = rng.random(table["home"].max() + 1) < 0.07 * careless
    moved = moved_homes[table["home"][keep]]
    new_home = rng.integers(0, len(addresses[0]), table["home"].max() + 1)
    address[moved] = new_home[table["home"][keep][moved]]
    alone = draw(0.04)
    address[alone] = rng.integers(0, len(addresses[0]), len(alone))
    for index in draw(0.04):
        if first[index] in names.nicknames:
            first[index] = names.nicknames[first[index]][int(rng.integers(0, len(names.nicknames[first[index]])))]
    married = draw(0.03)
    married = married[female[married]]
    last[married] = names.surnames[zipf(len(names.surnames), 0.9, rng, len(married))]
    for index in draw(0.025):
        first[index] = slip(first[index], rng)
    for index in draw(0.03):
        last[index] = slip(last[index], rng)
    swapped = draw(0.004)
    first[swapped], last[swapped] = last[swapped].copy(), first[swapped].copy()
    initial = draw(0.005)
    for index in initial:
        first[index] = first[index][:1]
    text = numpy.datetime_as_string(dob.astype("datetime64[D]")).astype(object)
    for index in draw(0.006):
        year, month, day = text[index].split("-")
        if int(day) <= 12:
            text[index] = f"{year}-{day}-{month}"
    for index in draw(0.01):
        year, month, day = text[index].split("-")
        kind = rng.integers(0, 3)
        if kind == 0:
            day = f"{(int(day) + int(rng.integers(1, 9))) % 28 + 1:02}"
        elif kind == 1:
            month = f"{int(month) % 12 + 1:02}"
        else:
            year = str(int(year) + int(rng.choice([-10, -1, 1, 10])))
        text[index] = f"{year}-{month}-{day}"
    for index in draw(0.005):
        text[index] = text[index][:4] + "-01-01"
    sex = numpy.where(female, "F", "M").astype(object)
    wrong = draw(0.003)
    sex[wrong] = numpy.where(sex[wrong] == "F", "M", "F")
    number, street, postcode = addresses
    lines = (number[address].astype(str).astype(object) + " " + street[address]).astype(object)
    for index in draw(0.03):
        lines[index] = slip(lines[index], rng)
    codes = postcode[address].copy()
    for index in draw(0.01):
        codes[index] = codes[index][:-1] + "ABDEFGHJ"[int(rng.integers(0, 8))]
    for values, share in ((first, 0.01), (last, 0.005), (text, 0.02), (sex, 0.01), (lines, 0.03), (codes, 0.02)):
        values[draw(share)] = None
    return pyarrow.table(
        {
            "unique_id": pyarrow.array([f"{ids}{number}" for number in rng.permutation(count)]),
            "first_name": pyarrow.array(first, pyarrow.string()),
            "surname": pyarrow.array(last, pyarrow.string()),
            "dob": pyarrow.array(text, pyarrow.string()),
            "sex": pyarrow.array(sex, pyarrow.string()),
            "street": pyarrow.array(lines, pyarrow.string()),
            "postcode": pyarrow.array(codes, pyarrow.string()),
            "person": pyarrow.array(keep.astype(numpy.int64)),
        }
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--people", type=int, default=1_000_000)
    parser.add_argument("--overlap", type=float, default=0.6)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    rng = numpy.random.default_rng(options.seed)
    names = Names(rng)
    both = int(options.people * options.overlap)
    total = 2 * options.people - both
    table, homes = people(total, names, rng)
    codes = postcodes(max(64, homes // 16), rng)
    where = numpy.sort(rng.integers(0, len(codes), homes))
    streets = names.streets[rng.integers(0, len(names.streets), len(codes))]
    addresses = (rng.integers(1, 120, homes), streets[where], codes[where])
    order = rng.permutation(total)
    options.folder.mkdir(parents=True, exist_ok=True)
    left = rng.permutation(order[: options.people])
    right = rng.permutation(order[options.people - both :])
    for name, keep, ids, careless in (("left", left, "L", 0.5), ("right", right, "R", 1.6)):
        made = written(table, keep, ids, names, addresses, rng, careless)
        pyarrow.parquet.write_table(made, options.folder / f"{name}.parquet")
    print(f"{options.folder}: {options.people} and {options.people} records, {both} people in both")


main()
