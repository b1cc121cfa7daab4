"""The API of Open Referral UK: held against the profile's own schemas, and asked all that its description allows."""

import json
import pathlib
import subprocess
import sys

import pytest
from conftest import SHARED
from jsonschema import Draft202012Validator

SCHEMAS = SHARED / "oracles/open-referral/oruk-3.0/schema/compiled"


@pytest.fixture(scope="module")
def get(fictional, browser):
    context = browser.new_context()

    def get(path):
        answer = context.request.get(f"{fictional}/api/oruk/v3{path}")
        return answer.status, answer.json()

    yield get
    context.close()


def validate(value, name):
    """With formats asserted, as Open Referral's fixtures are judged."""
    schema = json.loads((SCHEMAS / f"{name}.json").read_text())
    checker = Draft202012Validator.FORMAT_CHECKER
    errors = [error.message for error in Draft202012Validator(schema, format_checker=checker).iter_errors(value)]
    assert not errors, errors


needs_schemas = pytest.mark.skipif(
    not SCHEMAS.exists(), reason="the profile's schemas are not here; set KITH_SHARED to the folder with oracles"
)


@needs_schemas
def test_services_are_as_the_profile_has_them(get):
    status, page = get("/services?per_page=500")
    assert status == 200 and page["total_items"] == len(page["contents"]) > 60
    for listed in page["contents"]:
        validate(listed, "service_list")
        status, full = get(f"/services/{listed['id']}")
        assert status == 200 and full["id"] == listed["id"]
        validate(full, "service")


@needs_schemas
def test_services_at_locations_are_as_the_profile_has_them(get):
    status, page = get("/service_at_locations?per_page=500")
    assert status == 200 and page["total_items"] == len(page["contents"]) > 60
    for listed in page["contents"]:
        validate(listed, "service_at_location_list")
        status, full = get(f"/service_at_locations/{listed['id']}")
        assert status == 200
        validate(full, "service_at_location")


def test_nothing_in_the_description_is_untrue(fictional):
    """Schemathesis: every answer is one that the description has, whatever is asked."""
    api = f"{fictional}/api/oruk/v3"
    done = subprocess.run(
        [pathlib.Path(sys.executable).with_name("schemathesis"), "run", f"{api}/openapi.json",
         "--url", api, "--checks", "all", "--max-examples", "40", "--seed", "7", "--no-color"],
        capture_output=True, text=True, timeout=400,
    )
    assert done.returncode == 0, done.stdout[-6000:]
