"""What people come for, done as they would do it."""

import pathlib
import re


def test_find_a_ward_and_print_its_profile(lancashire, browser, tmp_path):
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.goto(lancashire)
    page.get_by_label("Find an area or organisation").fill("audley")
    page.get_by_role("button", name="Find").click()
    page.get_by_role("link", name="Audley & Queen's Park", exact=True).first.click()
    page.wait_for_url("**/areas/ward24/E05011508")
    assert "Audley & Queen's Park" in page.locator("h1").inner_text()
    page.emulate_media(media="print")
    assert not page.locator(".nhsuk-header__navigation").is_visible()
    assert not page.locator("form").first.is_visible()
    assert page.locator("svg.chart").first.is_visible()
    pdf = pathlib.Path(tmp_path / "profile.pdf")
    pdf.write_bytes(page.pdf())
    assert pdf.stat().st_size > 50_000
    page.close()


def test_find_works_without_javascript(lancashire, open_page):
    page = open_page(lancashire + "/find", javascript=False)
    page.get_by_label("Name, code or postcode district").fill("BB1")
    page.get_by_role("button", name="Find").click()
    assert page.locator("#hits table tbody tr").count() > 3
    page.get_by_label("Name, code or postcode district").fill("E06000009")
    page.get_by_role("button", name="Find").click()
    assert page.get_by_role("link", name="Blackpool").first.is_visible()


def test_hits_follow_typing(lancashire, open_page):
    page = open_page(lancashire + "/find")
    page.get_by_label("Name, code or postcode district").press_sequentially("chorley", delay=20)
    page.locator("#hits").get_by_role("link", name="Chorley", exact=True).first.wait_for()


def test_nothing_found_says_what_to_try(lancashire, open_page):
    page = open_page(lancashire + "/find?q=xyzzy")
    assert "Nothing is called" in page.locator("#hits").inner_text()


def test_compare_from_a_profile(fictional, open_page):
    page = open_page(fictional + "/areas/lad/Z07000001")
    page.get_by_role("link", name="Compare with others").click()
    page.get_by_label("Add by name or code").fill("Z07000002")
    page.get_by_role("button", name="Find").click()
    page.get_by_role("link", name="Add ").first.click()
    assert page.locator("#c-compare-t, svg.chart").count() > 0
    assert page.locator("table").count() >= 1
    page.get_by_role("link", name="Remove").first.click()
    assert page.locator("table").count() == 0


def test_change_the_map_of_a_profile(fictional, open_page):
    page = open_page(fictional + "/areas/lad/Z07000001")
    page.locator("#map-measure").select_option("overcrowded")
    page.get_by_role("button", name="Change the map").click()
    assert page.get_by_role("heading", name=re.compile("Overcrowded households, 20[0-9][0-9]")).is_visible()


def test_csv_of_a_table(fictional, browser):
    page = browser.new_page()
    page.goto(fictional + "/measures/core20")
    with page.expect_download() as download:
        page.get_by_role("link", name="Download as CSV").first.click()
    text = pathlib.Path(download.value.path()).read_text(encoding="utf-8-sig")
    assert text.splitlines()[0].startswith("District,Code,")
    assert len(text.splitlines()) == 7
    page.close()


def test_the_keyboard_reaches_everything(fictional, open_page):
    page = open_page(fictional + "/areas/ward/Z05000001")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to main content"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    summary = page.locator("summary").first
    summary.focus()
    page.keyboard.press("Enter")
    assert page.locator("details").first.get_attribute("open") is not None
