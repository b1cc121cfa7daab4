"""The report of `kith link`: a page that stands by itself, on a phone, on a desk and for a screen reader."""

import csv
import random

import pytest
from conftest import run
from test_pages import check

MODEL = """id: id
link: {within: false, between: true, one_to_one: true}
fields:
  first: forename
  last: surname
  dob: date_of_birth
  sex: sex
  address: {kind: address, columns: [street, postcode]}
"""


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    """A report on two lists of people who do not exist."""
    folder = tmp_path_factory.mktemp("link")
    draw = random.Random(4)
    first = "Ada Bertram Cecily Dunstan Edith Fergus Gwendoline Hector Imelda Jethro Kezia Lorcan".split()
    last = "Abbott Bracewell Critchley Dewhurst Entwistle Fairclough Grimshaw Haworth Ingham".split()
    people = []
    for number in range(600):
        people.append([
            str(number), draw.choice(first), draw.choice(last),
            f"{draw.randint(1930, 2015)}-{draw.randint(1, 12):02}-{draw.randint(1, 28):02}", draw.choice("FM"),
            f"{draw.randint(1, 90)} Test Road", f"ZZ{draw.randint(1, 20)} {draw.randint(1, 9)}AB",
        ])
    for name in ("a", "b"):
        with open(folder / f"{name}.csv", "w", newline="") as out:
            writer = csv.writer(out)
            writer.writerow(["id", "first", "last", "dob", "sex", "street", "postcode", "person"])
            for person in draw.sample(people, 450):
                row = list(person)
                if draw.random() < 0.1:
                    row[1] = row[1][:-1]
                if draw.random() < 0.1:
                    row[5] = f"{draw.randint(1, 90)} Other Lane"
                writer.writerow([name + row[0]] + row[1:] + [row[0]])
    (folder / "m.yaml").write_text(MODEL)
    run("link", f"{folder}/m.yaml", f"{folder}/a.csv", f"{folder}/b.csv", "-o", f"{folder}/out", "--report", "--truth", "person")
    return folder / "out/report.html"


@pytest.mark.parametrize("width", [360, 1280])
def test_report(browser, report, width):
    page = browser.new_page(viewport={"width": width, "height": 900})
    problems = []
    page.on("console", lambda message: problems.append(message.text))
    page.on("request", lambda request: None if request.url.startswith(("file:", "data:")) else problems.append(request.url))
    page.goto(report.as_uri())
    assert page.locator("h1").count() == 1
    assert page.locator("svg.chart").count() >= 15
    check(page)
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    check(page)
    assert not problems
    page.close()


def test_csv_of_a_table_is_in_the_page(browser, report):
    page = browser.new_page()
    page.goto(report.as_uri())
    link = page.locator("a[href^='data:text/csv']").first
    assert "weight" in link.get_attribute("href")
    page.close()
