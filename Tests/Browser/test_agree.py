"""The tasks of Agree as a busy person does them: on a phone, with the keyboard alone, without JavaScript."""

import pytest
from test_pages import check


class Keyboard:
    """A phone's page used with the keyboard alone; counts what was done as one would count it: a choice, a field, a press."""

    def __init__(self, page):
        self.page = page
        self.interactions = 0

    def reach(self, locator):
        """Goes to something with the tab key, as far as it takes."""
        wanted = locator.element_handle()
        for _ in range(400):
            if self.page.evaluate("e => document.activeElement === e", wanted):
                return
            self.page.keyboard.press("Tab")
        raise AssertionError("the tab key never reaches it")

    def press(self, locator):
        self.interactions += 1
        self.reach(locator)
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")

    def fill(self, locator, text):
        self.interactions += 1
        self.reach(locator)
        self.page.keyboard.type(text)

    def choose(self, locator, downs):
        """One of several that are chosen by the arrow keys."""
        self.interactions += 1
        self.reach(locator)
        self.page.keyboard.press("Space")
        for _ in range(downs):
            self.page.keyboard.press("ArrowDown")


@pytest.fixture
def phone(fictional, open_page):
    def phone(path, who="Charity lead (demo)"):
        return Keyboard(open_page(fictional + path, 360, scripts=False, who=who))

    return phone


def test_add_an_asset(phone):
    keys = phone("/assets")
    page = keys.page
    keys.press(page.get_by_role("link", name="Add an asset"))
    keys.fill(page.get_by_label("Name", exact=True), "Draught-proofing afternoon")
    keys.choose(page.get_by_label("Service", exact=True), 1)
    keys.press(page.get_by_role("button", name="Add", exact=True))
    assert keys.interactions <= 5
    assert page.locator("h1").inner_text() == "Draught-proofing afternoon"
    assert page.get_by_text("Added. Thank you.").is_visible()
    # It belongs to the organisation of whoever added it, without asking.
    assert page.get_by_role("link", name="Warm Hearths").first.is_visible()
    assert page.get_by_text("Group or activity").is_visible()
    check(page)
    page.get_by_role("button", name="Undo").click()
    assert page.get_by_text("Undone.").is_visible()


def test_assure_an_asset(phone):
    keys = phone("/assets?q=damp+and+mould+advice")
    page = keys.page
    keys.press(page.get_by_role("link", name="Damp and mould advice line"))
    keys.press(page.get_by_role("button", name="I checked: this is still true"))
    assert keys.interactions <= 5
    assert page.get_by_text("it says now that you checked it today").is_visible()
    assert page.get_by_text("Charity lead (demo) checked on").is_visible()


def test_check_from_my_work(phone):
    keys = phone("/work", who="Academy lead (demo)")
    before = keys.page.locator(".cards > li").count()
    keys.press(keys.page.get_by_role("button", name="Still true").first)
    assert keys.page.url.startswith(keys.page.url.split("/work")[0] + "/work")
    assert keys.page.locator(".cards > li").count() == before - 1


def test_a_form_says_what_is_wrong_and_keeps_what_was_typed(phone):
    keys = phone("/assets/add")
    page = keys.page
    page.get_by_label("Postcode", exact=False).first.fill("nowhere")
    page.get_by_role("button", name="Add", exact=True).click()
    assert "There is a problem" in page.locator(".nhsuk-error-summary").inner_text()
    assert page.title().startswith("Error:")
    page.get_by_role("link", name="Name is missing.").click()
    assert page.evaluate("document.activeElement.id") == "f-name"
    assert page.locator("#f-postcode").input_value() == "nowhere"
    check(page)


def test_two_people_change_the_same(fictional, open_page):
    one = open_page(fictional + "/assets?q=carers+breakfast", who="Director of public health (demo)")
    one.get_by_role("link", name="Carers' breakfast").click()
    path = one.url
    two = open_page(path + "/edit", 360, scripts=False, who="Analyst (demo)")
    one.goto(path + "/edit")
    one.get_by_label("Name", exact=True).fill("Carers' brunch")
    one.get_by_role("button", name="Save").click()
    two.get_by_label("Name", exact=True).fill("Saturday breakfast for carers")
    # The browser tells of an answer that is not 200; the page is what it should be.
    two.get_by_role("button", name="Save").click()
    assert "Carers' brunch" in two.locator("table").inner_text()
    assert "Saturday breakfast for carers" in two.locator("table").inner_text()
    check(two)
    two.get_by_role("button", name="Take what you wanted").click()
    assert two.locator("h1").inner_text() == "Saturday breakfast for carers"
    two.get_by_role("link", name="History").click()
    assert "Carers' brunch" in two.locator("table").inner_text()
    check(two)


def test_anybody_says_what_is_wrong(fictional, open_page):
    page = open_page(fictional + "/assets?q=home+fire", 360, scripts=False)
    page.get_by_role("link", name="Home fire safety visit").click()
    page.get_by_role("link", name="Something here is wrong").click()
    page.get_by_label("What is wrong").fill("The number has changed.")
    page.get_by_role("button", name="Send").click()
    assert page.get_by_text("Thank you.").is_visible()
    desk = open_page(fictional + "/work", who="Analyst (demo)")
    assert desk.get_by_text("The number has changed.").is_visible()
    check(desk)
    desk.get_by_role("button", name="It is mended").first.click()
    assert desk.get_by_text("The number has changed.").count() == 0


def test_the_map_leads_to_an_asset(fictional, open_page):
    page = open_page(fictional + "/assets/map", 360)
    for _ in range(6):
        spot = page.locator("a.spot").first
        spot.focus()
        with page.expect_navigation():
            page.keyboard.press("Enter")
        if "/map" not in page.url:
            break
        assert page.locator("a.spot").count() > 0
    assert page.locator(".trust-box").is_visible()


def test_print_of_a_record(fictional, open_page):
    page = open_page(fictional + "/assets?q=breathe+easy", who="GP (demo)")
    page.get_by_role("link", name="Breathe Easy singers").click()
    page.emulate_media(media="print")
    assert not page.locator(".nhsuk-header__navigation").is_visible()
    assert not page.locator("form").first.is_visible()
    assert page.get_by_text("Singing for people").is_visible()
