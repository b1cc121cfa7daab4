"""Makes distances.jsonl and phonetics.jsonl: what RapidFuzz, jellyfish and doublemetaphone (PyPI) give.

python -m pip install rapidfuzz==3.14.6 jellyfish==1.3.0 doublemetaphone==1.2
python make.py [SEED]
"""

import json
import pathlib
import random
import sys

import jellyfish
from doublemetaphone import doublemetaphone
from rapidfuzz.distance import OSA, Jaro, JaroWinkler, Levenshtein

HERE = pathlib.Path(__file__).parent
ALPHABETS = [
    "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "AB",
    "abcXYZ 0123'-",
    "ÀÉÎÕÜßÇŁØæœŞğ",
    "АБВГДабв",
    "محمدعلي",
    "王李張劉陳",
    "😀👍🏽é",
]
NAMES = """
MOHAMMED MUHAMMAD MARGARET CATHERINE KATHRYN STEPHEN STEVEN PHILIP FELIPE SIOBHAN SHIVAUN NIAMH NEVE
SCHMIDT SMITH SMYTHE SCHNEIDER SNYDER THOMPSON TOMSON THUMB WRIGHT RIGHT KNIGHT NIGHT GHOSH GHANI HUGHES
HUSSAIN HOSSAIN AHMED ACHMED CZERNY WOJCIK KOWALSKI FILIPOWICZ LEWANDOWSKI ARNOFF ARNOW JANKELOWICZ
CABRILLO GALLEGOS JOSE SANTOS XAVIER BREAUX ROGIER ISLAND CARLISLE LAUGH MCLAUGHLIN TOUGH CAESAR CHIANTI
MICHAEL CHEMISTRY CHORUS CHORE ARCHITECT ORCHESTRA WACHTLER WECHSLER TICHNER BACHER MACHER CZERNY FOCACCIA
BACCI BERTUCCI BELLOCCHIO ACCIDENT SUCCEED EDGE EDGAR MCCLELLAND MCHUGH CAMPBELL RASPBERRY AGNES GNOME
TAGLIARO BIAGGI DANGER RANGER GERALD GILBERT GYLES HOCHMEIER BAJADOR RESNAIS ARTOIS SUGAR SCHOOL SCHERMER
SCHENKER SCHOONER VAN DER BERG VON TRAPP THOMAS THAMES ZHAO ZIZZO PIZZA WASSERMAN VASSERMAN UOMO WOMO
ANDREWSKI ANDROWSKY DUMB PLUMBER HIGGINS HIGHTOWER BOUGHTON BROUGHTON NGUYEN NG WU O'BRIEN OBRIEN
PATEL SINGH KAUR BEGUM KHAN CHOUDHURY CHAUDHRY OKONKWO ADEYEMI OLUWASEUN IBRAHIM EBRAHIM YUSUF JOSEPH
""".split()


def slip(letters, alphabet, rng):
    letters = list(letters)
    for _ in range(rng.randint(0, 3)):
        at = rng.randint(0, len(letters))
        kind = rng.randint(0, 3)
        if kind == 0:
            letters.insert(at, rng.choice(alphabet))
        elif at < len(letters):
            if kind == 1:
                del letters[at]
            elif kind == 2:
                letters[at] = rng.choice(alphabet)
            elif at + 1 < len(letters):
                letters[at], letters[at + 1] = letters[at + 1], letters[at]
    return "".join(letters)


def pairs(rng):
    yield from [("", ""), ("", "A"), ("A", ""), ("A", "A"), ("A", "B"), ("AB", "BA"), ("CA", "ABC")]
    for index in range(2400):
        alphabet = rng.choice(ALPHABETS) if index % 2 else ALPHABETS[0]
        longest = rng.choice([8, 8, 16, 17, 40, 64, 65, 90])
        first = "".join(rng.choice(alphabet) for _ in range(rng.randint(0, longest)))
        other = rng.choice(ALPHABETS) if index % 7 == 0 else alphabet
        second = slip(first, other, rng)
        if index % 5 == 0:
            second = "".join(rng.choice(other) for _ in range(rng.randint(0, longest)))
        yield first, second
    for first in NAMES:
        yield first, rng.choice(NAMES)


def bigrams(text):
    return {text[i : i + 2] for i in range(len(text) - 1)}


def jaccard(a, b):
    left, right = bigrams(a), bigrams(b)
    if not left or not right:
        return float(a == b)
    return len(left & right) / len(left | right)


def main():
    rng = random.Random(int(sys.argv[1]) if len(sys.argv) > 1 else 5)
    with open(HERE / "distances.jsonl", "w") as out:
        for a, b in pairs(rng):
            row = {
                "a": a,
                "b": b,
                "jaro": Jaro.similarity(a, b),
                "jaro_winkler": JaroWinkler.similarity(a, b),
                "levenshtein": Levenshtein.distance(a, b),
                "damerau": OSA.distance(a, b),
                "jaccard": jaccard(a, b),
            }
            out.write(json.dumps(row) + "\n")
    with open(HERE / "phonetics.jsonl", "w") as out:
        names = list(NAMES)
        for _ in range(1200):
            first, second = rng.choice(NAMES), rng.choice(NAMES)
            cut = rng.randint(1, len(first))
            names.append(slip(first[:cut] + second[rng.randint(0, len(second)) :], ALPHABETS[0], rng))
        for name in names:
            name = "".join(letter for letter in name if letter.isalpha() and letter.isascii())
            if not name:
                continue
            main_code, other = doublemetaphone(name)
            row = {
                "name": name,
                "soundex": jellyfish.soundex(name),
                "main": main_code[:4],
                "other": (other or main_code)[:4],
            }
            out.write(json.dumps(row) + "\n")


main()
