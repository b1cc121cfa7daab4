"""FHIR output is valid R4 by two validators that are not ours, but for what the truth says is broken."""

import json

import fhirkit
import pytest
import zstandard
from fhir.resources.R4B import get_fhir_model_class

from conftest import SHARED

TYPES = [
    "Patient", "Condition", "Observation", "MedicationRequest", "Encounter", "Immunization",
    "Organization",
]
SAMPLE = 500

# Codes that R4 requires to be of these value sets, which the validators do not look at
# (http://hl7.org/fhir/R4, the bindings of strength "required").
REQUIRED = {
    "Patient": {"gender": {"male", "female", "other", "unknown"}},
    "Condition": {},
    "Observation": {"status": {"registered", "preliminary", "final", "amended", "corrected"}},
    "MedicationRequest": {
        "status": {"active", "on-hold", "cancelled", "completed", "stopped"},
        "intent": {"proposal", "plan", "order", "original-order", "instance-order", "option"},
    },
    "Encounter": {"status": {"planned", "arrived", "in-progress", "finished", "cancelled"}},
    "Immunization": {"status": {"completed", "entered-in-error", "not-done"}},
    "Organization": {},
}


def lines(path):
    with open(path, "rb") as file:
        data = zstandard.ZstdDecompressor().stream_reader(file, read_across_frames=True).read()
    return data.split(b"\n")[:-1]


def complaints(kind, line):
    """What is wrong with a line, by each validator."""
    try:
        found = [str(issue.message) for issue in fhirkit.validate(line.decode("utf-8"))]
        resource = json.loads(line)
        if resource["resourceType"] != kind:
            return [f"a {resource['resourceType']} in a file of {kind}"]
        get_fhir_model_class(kind).model_validate(resource)
        for field, codes in REQUIRED[kind].items():
            if resource[field] not in codes:
                found.append(f"{field} is {resource[field]}")
        return found
    except Exception as error:  # whatever a validator raises is a complaint
        return [str(error)]


@pytest.fixture(scope="session")
def broken(fictional):
    """The lines that the truth says are broken."""
    return {
        (delivery, file, line)
        for delivery, file, line in fictional.ask(
            f"select delivery, file, line from {fictional.csv('truth/defects.csv.zst')} where source = 'gp' "
            "and defect in ('impossible_date', 'truncated_line', 'wrong_encoding', 'wrong_resource_type')"
        )
    }


@pytest.mark.parametrize("kind", TYPES)
def test_a_sample_of_every_type_is_valid(fictional, broken, kind):
    checked = 0
    for folder in sorted((fictional.folder / "extracts/gp").iterdir()):
        name = f"{kind}.ndjson.zst"
        everything = lines(folder / name)
        step = max(1, len(everything) // SAMPLE)
        for number in range(0, len(everything), step):
            if (folder.name, name, number + 1) in broken:
                continue
            checked += 1
            assert complaints(kind, everything[number]) == [], f"{folder.name}/{name}:{number + 1}"
    assert checked > 40


def test_the_validators_find_what_is_broken(fictional, broken):
    found = 0
    for delivery, name, line in sorted(broken)[:300]:
        kind = name.split(".")[0]
        if kind not in TYPES:
            continue
        text = lines(fictional.folder / "extracts/gp" / delivery / name)[line - 1]
        assert complaints(kind, text), f"{delivery}/{name}:{line} is said to be broken"
        found += 1
    assert found > 50


def test_identifiers_and_extensions_are_those_of_uk_core(fictional):
    folder = SHARED / "data/ukcore"
    if not folder.exists():
        pytest.skip("the UK Core examples are not here; set KITH_SHARED to the folder with data/ukcore")
    example = json.loads((folder / "UKCore-Patient-RichardSmith-Example.json").read_text())
    urls = {extension["url"] for extension in example["extension"]}
    number = example["identifier"][0]
    path = fictional.folder / "extracts/gp/2024-12-31-full/Patient.ndjson.zst"
    patients = [json.loads(line) for line in lines(path)[:300]]
    numbered = [p for p in patients if len(p["identifier"]) == 2]
    assert len(numbered) > 250
    for patient in numbered:
        assert {extension["url"] for extension in patient["extension"]} <= urls
        own = patient["identifier"][0]
        assert own["system"] == number["system"]
        assert own["extension"] == number["extension"]
