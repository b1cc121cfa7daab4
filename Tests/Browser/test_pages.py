"""Every kind of page, on a phone and on a desk: readable, accessible, and quiet."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from conftest import sign_in

FICTIONAL = [
    "/",
    "/find?q=a",
    "/areas/ics/Z54000001",
    "/areas/lad/Z07000001",
    "/areas/ward/Z05000001",
    "/areas/lsoa/Z01000001",
    "/areas/practice/Z00001",
    "/compare",
    "/compare?unit=lad:Z07000001&unit=lad:Z07000002&unit=lad:Z07000003",
    "/map",
    "/measures",
    "/measures/core20",
    "/standing-out",
    "/indicators",
    "/indicators/life_expectancy",
    "/indicators/ae_over_4_hours?area=lad:Z07000001",
    "/indicators/overcrowded_households?kind=ward",
    "/indicators/emergency_admissions_copd",
    "/inequalities?indicator=mortality_all_causes",
    "/quality",
    "/quality/gp",
    "/quality/gp/fields/patient/ethnic_category",
    "/quality/apc/summary",
    "/linkage",
    "/linkage?source=apc",
    "/about",
    "/agree",
    "/agree?q=damp",
    "/assets",
    "/assets?topics=warm_homes&day=MO",
    "/assets/map",
    "/partners",
    "/people",
    "/teams",
    "/gaps",
    "/gaps/warm_homes?km=2&site=ZZ2+2TS",
    "/signpost",
    "/signpost?need=loneliness&near=ZZ2+2TS&age=70&day=TU",
    "/voices",
    "/voices/heard",
    "/voices/you-said",
    "/pathways",
    "/priorities",
    "/rounds",
    "/strategy",
    "/framework",
    "/framework?pillars=wider_determinants&of=asset",
    "/roles",
    "/roles?q=smoking",
    "/roles/to-settle",
    "/roles/compare",
    "/functions",
    "/requests",
    "/glossary",
    "/changes",
    "/sign-in",
    "/nothing-here",
]
SIGNED_IN = ["/work", "/account", "/assets/add", "/partners/add", "/people/add", "/changes?who=me", "/voices/add", "/rounds/add", "/priorities/add", "/network", "/experts?q=falls+and+carers", "/meetings", "/meetings/add", "/introductions", "/introductions/add", "/assessments"]
STEWARDS = ["/duplicates", "/imports"]
LANCASHIRE = [
    "/",
    "/find?q=blackpool",
    "/areas/icb24/E54000048",
    "/areas/lad24/E06000008",
    "/areas/ward24/E05011508",
    "/areas/lsoa21/E01012571",
    "/map",
    "/standing-out",
    "/indicators",
    "/indicators/overcrowded_households?kind=lsoa21",
    "/inequalities",
]


def check(page):
    """No violation that axe knows, and nothing wider than the window."""
    results = Axe().run(page)
    assert results.violations_count == 0, results.generate_report()
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= page.viewport_size["width"], f"the page is {width} pixels wide"


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("path", FICTIONAL)
def test_fictional_page(browser, fictional, open_page, path, width):
    if path == "/nothing-here":
        page = browser.new_page(viewport={"width": width, "height": 900})
        assert page.goto(fictional + path).status == 404
    else:
        page = open_page(fictional + path, width)
    assert page.locator("h1").count() == 1
    check(page)


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("path", SIGNED_IN)
def test_page_for_partners(fictional, open_page, path, width):
    page = open_page(fictional + path, width, who="GP (demo)")
    assert page.locator("h1").count() == 1
    check(page)
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    check(page)


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("path", STEWARDS)
def test_page_for_stewards(fictional, open_page, path, width):
    page = open_page(fictional + path, width, who="Analyst (demo)")
    assert page.locator("h1").count() == 1
    check(page)


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("form", ["Readiness", "Health equity assessment"])
def test_guided_forms(fictional, open_page, form, width):
    page = open_page(fictional + "/priorities?q=damp", width, who="Director of public health (demo)")
    page.get_by_role("link", name="Damp and cold homes").click()
    page.get_by_role("link", name=form, exact=True).click()
    check(page)
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    check(page)


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("kind", ["assets", "partners", "people", "voices", "pathways", "priorities", "rounds", "functions", "glossary", "requests", "referrals", "meetings", "introductions"])
def test_pages_of_a_record(fictional, open_page, kind, width):
    page = open_page(fictional + f"/{kind}", width, who="Director of public health (demo)")
    page.locator(".cards a").first.click()
    path = page.url
    for more in ["", "/history", "/edit", "/correct"]:
        page.goto(path + more)
        assert page.locator("h1").count() == 1
        check(page)


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("path", LANCASHIRE)
def test_real_page(lancashire, open_page, path, width):
    page = open_page(lancashire + path, width)
    assert page.locator("h1").count() == 1
    check(page)


def test_open_disclosures_are_accessible_too(lancashire, open_page):
    page = open_page(lancashire + "/areas/lad24/E06000008")
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    check(page)


def test_chart_text_can_be_read_on_a_phone(fictional, open_page):
    page = open_page(fictional + "/areas/ward/Z05000001", 360)
    sizes = page.evaluate(
        """() => [...document.querySelectorAll('svg.chart text')]
             .map(t => t.getBoundingClientRect().height).filter(h => h > 0)"""
    )
    assert sizes and min(sizes) >= 9, f"the smallest is {min(sizes)} pixels high"


def test_page_weight(lancashire, browser):
    """All that a profile loads is under 300 kB before compression."""
    page = browser.new_page()
    sizes = {}

    def count(response):
        sizes[response.url] = len(response.body())

    page.on("response", count)
    page.goto(lancashire + "/areas/icb24/E54000048", wait_until="networkidle")
    assert sum(sizes.values()) < 300_000, sizes
    page.close()


def test_only_components_of_the_trimmed_sheet_are_used(fictional, open_page):
    """A class of the NHS.UK sheet that was cut away would have no effect."""
    kept = set()
    page = open_page(fictional + "/")
    sheet = page.request.get(fictional + "/static/nhsuk.css").text()
    kept.update(re.findall(r"\.(nhsuk-[A-Za-z0-9_-]+)", sheet))
    own = page.request.get(fictional + "/static/kith.css").text()
    kept.update(re.findall(r"\.(nhsuk-[A-Za-z0-9_-]+)", own))
    used = set()
    sign_in(page, fictional)
    for path in FICTIONAL[:-1] + SIGNED_IN:
        html = page.request.get(fictional + path).text()
        for names in re.findall(r'class="([^"]*)"', html):
            used.update(name for name in names.split() if name.startswith("nhsuk-"))
    # Names that the sheet has no rule for, but that say what an element is.
    used -= {"nhsuk-header__navigation-item", "nhsuk-table__head", "nhsuk-table__body"}
    assert used <= kept, used - kept
