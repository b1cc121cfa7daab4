"""The tasks of Agree as a busy person does them: on a phone, with the keyboard alone, without JavaScript."""

import json

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


def test_record_a_conversation(phone):
    keys = phone("/voices")
    page = keys.page
    keys.press(page.get_by_role("link", name="Add a voice"))
    keys.fill(page.get_by_role("textbox", name="What was said, in a line"), "The stairs are too steep for the pram")
    keys.choose(page.get_by_label("Housing and homelessness"), 0)
    keys.choose(page.get_by_label("agree that it is kept"), 0)
    keys.press(page.get_by_role("button", name="Add", exact=True))
    assert keys.interactions <= 5
    assert page.locator("h1").inner_text() == "The stairs are too steep for the pram"
    # Heard today, by their own organisation.
    assert page.get_by_text("Warm Hearths").first.is_visible()
    check(page)
    page.get_by_role("button", name="Undo").click()


def test_score_a_priority(phone):
    keys = phone("/work", who="Charity lead (demo)")
    page = keys.page
    keys.press(page.get_by_role("link", name="Score: Damp and cold homes"))
    for criterion, value in (("What matters to people", 5), ("What can be changed", 3), ("Together", 4)):
        group = page.get_by_role("group", name=criterion)
        keys.choose(group.get_by_role("radio").first, value - 1)
    keys.press(page.get_by_role("button", name="Save"))
    assert keys.interactions <= 5
    # The group was known by their organisation, and the next priority follows.
    assert page.locator("h1").inner_text() == "Smoking where it is still common"
    check(page)
    page.get_by_role("link", name="Back").click()
    page.get_by_role("link", name="Scored: change it").wait_for()


def test_a_score_that_lacks_something_says_so(phone):
    page = phone("/work", who="Academy lead (demo)").page
    page.get_by_role("link", name="Score: Damp and cold homes").click()
    page.get_by_role("group", name="Together").get_by_role("radio").nth(2).check()
    page.get_by_role("button", name="Save").click()
    assert page.get_by_text("What can be changed has no score yet.").is_visible()
    assert page.get_by_role("group", name="Together").get_by_role("radio").nth(2).is_checked()
    check(page)


def test_who_is_accountable(phone):
    keys = phone("/agree", who=None)
    page = keys.page
    keys.press(page.get_by_role("link", name="Who does what"))
    keys.fill(page.get_by_label("Who is accountable for"), "needs assessment")
    keys.press(page.get_by_role("button", name="Search"))
    assert keys.interactions <= 5
    assert page.get_by_text("Accountable: Curlew Coast Public Health").first.is_visible()


def test_find_an_expert(phone):
    keys = phone("/agree", who="GP (demo)")
    page = keys.page
    keys.press(page.get_by_role("link", name="Find expertise"))
    keys.fill(page.get_by_label("Who here knows about"), "damp homes and asthma, and can come to a community meeting")
    keys.press(page.get_by_role("button", name="Search", exact=True))
    assert page.get_by_text("Understood: warm and dry homes and asthma and COPD; who offers to come to a community meeting.").is_visible()
    first = page.locator(".cards li").first
    assert "Says: warm and dry homes" in first.inner_text()
    assert "Offers to come to a community meeting" in first.inner_text()
    check(page)
    keys.press(page.get_by_role("link", name="Joss Tarn-Demo", exact=True))
    assert keys.interactions <= 5
    assert page.get_by_text("You know each other").is_visible()


def test_two_are_introduced(fictional, open_page):
    page = open_page(fictional + "/experts?q=mentoring+and+action+learning", 360, scripts=False, who="GP (demo)")
    assert "can introduce you" in page.locator(".cards li", has_text="Bel Quarry").first.inner_text()
    page.get_by_role("link", name="Ask for an introduction to Bel Quarry-Demo").click()
    # The best of several is suggested; another may do it too.
    assert page.get_by_label("Who can introduce you").input_value() != ""
    page.get_by_label("Who can introduce you").fill("Wren Halloway-Demo")
    page.get_by_label("What you would like to talk about").fill("A learning set for practices")
    page.get_by_role("button", name="Add", exact=True).click()
    assert page.get_by_text("Waits for an answer").is_visible()
    address = page.url
    check(page)
    # Between them only.
    page = open_page(fictional + "/work", 360, scripts=False, who="Charity lead (demo)")
    assert "A learning set for practices" not in page.content()
    assert page.request.get(address).status == 404
    page = open_page(fictional + "/work", 360, scripts=False, who="Director of public health (demo)")
    page.get_by_role("link", name="A learning set for practices").click()
    check(page)
    page.get_by_role("button", name="I have introduced them").click()
    assert page.get_by_text("They were introduced").is_visible()
    page = open_page(fictional + "/experts?q=action+learning", 360, scripts=False, who="GP (demo)")
    assert "You know each other." in page.locator(".cards li", has_text="Bel Quarry").first.inner_text()


def test_the_network_names_who_agreed(fictional, open_page, browser):
    page = open_page(fictional + "/network", 360, scripts=False, who="GP (demo)")
    assert page.locator("svg.people-chart circle").count() > 25
    text = page.content()
    # The analyst agreed to be found, and not to be named here.
    assert "Dr Ivo Marsh-Demo" in text and "Asha Fennimore" not in text
    page.get_by_label("Only the ties of").select_option("Joss Tarn-Demo")
    page.get_by_role("button", name="Show").click()
    assert page.get_by_role("heading", name="Ties of Joss Tarn-Demo").is_visible()
    # Who did not agree is a number; of a sector with few people, not even the sector is told.
    assert page.get_by_text("did not say that they may be named").first.is_visible()
    assert "Moss Avery" not in page.content()
    check(page)
    analyst = open_page(fictional + "/people?q=Fennimore", who="GP (demo)").locator(".cards a").first.get_attribute("href")
    assert page.request.get(fictional + "/network?around=" + analyst.split("/")[-1]).status == 404


def test_who_leaves_hands_over(fictional, open_page):
    page = open_page(fictional + "/work", 360, scripts=False, who="Director of public health (demo)")
    page.get_by_role("link", name="Moss Avery-Demo").click()
    check(page)
    assert page.get_by_text("Nobody else of their organisation knows them").first.is_visible()
    page.get_by_role("link", name="Say on which day they leave").click()
    # The link opens that part of the form.
    page.get_by_label("Handed over to").fill("Bryn Wick-Demo")
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_role("link", name="Leaving and handover").click()
    boxes = page.get_by_role("checkbox")
    count = boxes.count()
    for box in boxes.all():
        box.check()
    page.get_by_role("button", name="Hand over what is ticked").click()
    assert page.get_by_text("Nothing is left that only they hold.").is_visible()
    assert page.get_by_text("Handed over", exact=False).count() >= count
    check(page)


def test_readiness_is_filled_in_and_what_is_missing_is_a_task(fictional, open_page):
    page = open_page(fictional + "/priorities?q=damp", 360, scripts=False, who="Charity lead (demo)")
    page.get_by_role("link", name="Damp and cold homes").click()
    page.get_by_role("link", name="Readiness", exact=True).click()
    assert page.get_by_text("Kith knows: No senior sponsor is named.").is_visible()
    before = int(page.locator("main p strong").first.inner_text())
    group = page.get_by_role("group", name="May the team see the data that it needs?")
    group.get_by_label("Yes").check()
    page.get_by_role("button", name="Save").click()
    assert int(page.locator("main p strong").first.inner_text()) == before + 1
    assert page.get_by_text("Answered by Charity lead (demo)").is_visible()
    check(page)
    page.get_by_role("button", name="Undo").click()


def test_an_answer_that_lacks_something_is_kept_and_told(fictional, open_page):
    page = open_page(fictional + "/priorities?q=smoking+where", 360, scripts=False, who="Director of public health (demo)")
    page.get_by_role("link", name="Smoking where it is still common").click()
    page.get_by_role("link", name="Readiness", exact=True).click()
    money = page.locator("#q-money")
    money.locator("summary").click()
    money.get_by_label("Note", exact=True).fill("Two lines:\nof a note")
    page.get_by_role("button", name="Save").click()
    assert page.get_by_role("heading", name="There is a problem").is_visible()
    assert money.get_by_label("Note", exact=True).input_value() == "Two lines:\nof a note"
    check(page)
    money.get_by_label("Not yet").check()
    page.get_by_role("button", name="Save").click()
    assert page.get_by_text("Saved.").is_visible()
    # The same person changes it: a note of two lines is no clash with itself.
    money.get_by_label("Partly").check()
    page.get_by_role("button", name="Save").click()
    assert page.get_by_text("Saved.").is_visible()
    # What has no day says none in My work.
    page.goto(fictional + "/work")
    text = page.locator("li", has_text="Readiness: Smoking").inner_text()
    assert "Is there money for the first year?" in text and "By" not in text and "[" not in text
    page.get_by_role("link", name="Readiness: Damp and cold homes").click()
    assert "Readiness" in page.locator("h1").inner_text()


def test_a_round_from_its_beginning_to_the_strategy(fictional, open_page):
    page = open_page(fictional + "/priorities", who="Director of public health (demo)")
    for name in ("Longer school breakfasts", "A minibus for the marsh villages"):
        page.goto(fictional + "/priorities/add")
        page.get_by_label("Name", exact=True).fill(name)
        page.get_by_role("button", name="Add", exact=True).click()
    page.goto(fictional + "/rounds/add")
    page.get_by_label("Name", exact=True).fill("Small grants")
    page.get_by_label("Between which priorities").fill("Longer school breakfasts")
    page.get_by_role("button", name="Add", exact=True).click()
    page.get_by_role("link", name="Change", exact=True).click()
    page.get_by_label("Between which priorities").fill("A minibus for the marsh villages")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("button", name="Begin scoring").click()
    check(page)
    for scores in ((5, 4, 4), (2, 3, 1)):
        page.get_by_role("link", name="Score it").first.click()
        for group, score in zip(page.locator(".scale").all(), scores):
            group.get_by_role("radio").nth(score - 1).check()
        people = page.get_by_label("How many people agreed on them")
        if not people.is_visible():
            page.get_by_text("These are the scores of a panel").click()
        people.fill("8")
        page.get_by_label("You score for").select_option("Community panel")
        page.get_by_role("button", name="Save").click()
        if "/score/" in page.url:
            page.get_by_role("link", name="Back").click()
    assert page.get_by_text("8 people have scored").is_visible()
    assert page.get_by_role("button", name="Decide").count() == 0
    page.get_by_role("button", name="End scoring").click()
    rows = page.locator("table").first.locator("tbody tr")
    assert "Longer school breakfasts" in rows.nth(0).inner_text()
    check(page)
    page.get_by_role("checkbox", name="A minibus for the marsh villages").uncheck()
    # A browser that lets an incomplete form through: it comes back as it was sent.
    page.evaluate("document.querySelectorAll('form').forEach(form => form.noValidate = true)")
    page.get_by_label("Look again on").fill("2020-01-31")
    page.get_by_role("button", name="Decide").click()
    assert page.get_by_role("alert").get_by_role("link", name="Say why").is_visible()
    assert page.get_by_label("Look again on").input_value() == "2020-01-31"
    assert not page.get_by_role("checkbox", name="A minibus for the marsh villages").is_checked()
    assert page.get_by_role("checkbox", name="Longer school breakfasts").is_checked()
    check(page)
    page.get_by_label("Look again on").fill("2099-01-31")
    page.get_by_label("Why", exact=True).fill("Children learn better when they have eaten.")
    page.get_by_role("button", name="Decide").click()
    assert page.get_by_text("Children learn better when they have eaten.").first.is_visible()
    check(page)
    page.goto(fictional + "/strategy")
    assert page.get_by_role("link", name="Longer school breakfasts").first.is_visible()
    assert page.get_by_role("heading", name="A minibus for the marsh villages").count() == 0
    other = open_page(page.url, who="GP (demo)")
    other.goto(fictional + "/rounds")
    other.get_by_role("link", name="Small grants").click()
    other.get_by_text("I saw it otherwise").click()
    other.get_by_label("What should be on record").fill("The villages wait longest.")
    other.get_by_role("button", name="Record it").click()
    assert other.get_by_text("The villages wait longest.").is_visible()
    check(other)


def test_who_else_must_be_involved(fictional, open_page):
    page = open_page(fictional + "/priorities?q=damp", 360, who="Director of public health (demo)")
    page.get_by_role("link", name="Damp and cold homes").click()
    page.get_by_role("link", name="Who else must be involved").click()
    page.get_by_role("heading", name="Housing").wait_for()
    assert page.get_by_text("Tidewell-Demo").first.is_visible()
    check(page)


def test_two_organisations_settle_who_does_it(fictional, open_page):
    page = open_page(fictional + "/roles?q=suicide", who="GP (demo)")
    page.get_by_role("link", name="Suicide prevention plan").click()
    page.get_by_role("link", name="Say who does it").click()
    page.get_by_label("Place", exact=True).check()
    page.get_by_label("Responsible: does it").check()
    page.get_by_role("button", name="Save").click()
    assert page.get_by_text("Not all who do it or answer for it have agreed").is_visible()
    check(page)
    page.get_by_label("what to say", exact=False).fill("We see people first, but not at night.")
    page.get_by_role("button", name="Only say it").click()
    assert page.get_by_text("We see people first, but not at night.").is_visible()
    page.get_by_role("button", name="Undo").click()
    assert page.get_by_text("We see people first, but not at night.").count() == 0


def test_a_request_is_answered_politely(fictional, open_page):
    page = open_page(fictional + "/requests", 360, who="Director of public health (demo)")
    page.get_by_role("link", name="Run a spirometry clinic").click()
    assert page.get_by_text("This does not look like a thing of").is_visible()
    assert "Thank you for asking us" in page.get_by_label("What to say").input_value()
    page.get_by_role("button", name="Decline").click()
    assert page.get_by_text("Declined").first.is_visible()
    check(page)
    page.get_by_role("button", name="Undo").click()


def test_from_a_need_to_a_service_that_declines(fictional, open_page):
    page = open_page(fictional + "/signpost", 360, who="GP (demo)")
    page.get_by_label("What is needed").select_option("Warm and dry homes")
    page.get_by_label("Near this postcode").fill("zz2 2ts")
    page.get_by_role("button", name="Find").click()
    check(page)
    page.emulate_media(media="print")
    assert page.locator("section.signpost p").first.evaluate("e => parseFloat(getComputedStyle(e).fontSize)") > 20
    assert page.get_by_role("link", name="Refer to").count() == 0
    page.emulate_media(media="screen")
    advice = page.locator("section.signpost", has_text="Damp and mould advice line")
    advice.get_by_role("link", name="Refer").click()
    page.get_by_role("textbox", name="What is needed, in a line").fill("Mould in a child's room, 07700 900123")
    page.get_by_role("button", name="Add", exact=True).click()
    assert page.get_by_text("There is a telephone number in it").first.is_visible()
    page.get_by_role("textbox", name="What is needed, in a line").fill("Mould in a child's room")
    page.get_by_role("button", name="Add", exact=True).click()
    assert page.get_by_text("Waits for an answer").first.is_visible()
    assert page.get_by_text("ZZ2", exact=True).first.is_visible()
    path = page.url.split("?")[0]
    # Nobody else sees it but whoever answers.
    stranger = open_page(fictional + "/referrals", who="Academy lead (demo)")
    assert stranger.get_by_text("Mould in a child").count() == 0
    desk = open_page(fictional + "/work", 360, who="Charity lead (demo)")
    desk.get_by_role("link", name="Mould in a child's room").click()
    desk.get_by_label("What to say").fill("Our list is full until January.")
    desk.get_by_role("button", name="Decline").click()
    check(desk)
    page.goto(path)
    assert page.get_by_text("Our list is full until January.").is_visible()
    page.get_by_role("link", name="Find something else").click()
    assert page.get_by_role("link", name="record it as a need that is not met").is_visible()
    gaps = open_page(fictional + "/gaps")
    row = gaps.locator("tr", has=gaps.get_by_role("link", name="Warm and dry homes"))
    assert "1 to 4" in row.inner_text()


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


def test_a_form_that_comes_after_signing_out_is_not_lost(fictional, open_page):
    page = open_page(fictional + "/assets/add", 360, scripts=False, who="Charity lead (demo)")
    page.get_by_label("Name", exact=True).fill("Seed library for everybody in the valley")
    page.get_by_label("Service", exact=True).check()
    other = page.context.new_page()
    other.goto(fictional + "/")
    other.get_by_role("button", name="Sign out").click()
    page.get_by_role("button", name="Add", exact=True).click()
    assert page.get_by_role("heading", name="You are not signed in any more").is_visible()
    assert page.get_by_text("Seed library for everybody in the valley").is_visible()
    check(page)
    with page.context.expect_page() as opened:
        page.get_by_role("link", name="Sign in (opens in a new tab)").click()
    opened.value.get_by_role("button", name="Charity lead (demo)").click()
    page.get_by_role("button", name="Go on").click()
    check(page)
    page.get_by_role("button", name="Send it as Charity lead (demo)").click()
    assert page.locator("h1").inner_text() == "Seed library for everybody in the valley"
    page.get_by_role("button", name="Undo").click()


def test_several_names_in_one_form(phone):
    keys = phone("/meetings/add")
    page = keys.page
    keys.fill(page.get_by_label("What it was about"), "Who walks with whom")
    keys.fill(page.get_by_label("Who was there", exact=False).first, "Joss Tarn-Demo")
    # The Enter key sends the form, and a press on the button gives room and goes there.
    keys.press(page.locator('button[value="people"]'))
    assert page.evaluate("document.activeElement.id") == "f-people"
    page.keyboard.type("Nobody of this name")
    page.keyboard.press("Tab")
    page.keyboard.type("Greta Shore-Demo")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.get_by_role("link", name="no person is called 'Nobody of this name'").is_visible()
    check(page)
    page.locator("#f-people").fill("")
    page.get_by_role("button", name="Add", exact=True).click()
    people = page.locator("dd", has=page.get_by_role("link", name="Joss Tarn-Demo"))
    assert people.inner_text() == "Joss Tarn-Demo, Greta Shore-Demo"
    page.get_by_role("button", name="Undo").click()


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


def test_a_photograph_is_added_and_taken_out(fictional, open_page, tmp_path):
    page = open_page(fictional + "/assets?q=damp+and+mould+advice", 360, scripts=False, who="Charity lead (demo)")
    page.get_by_role("link", name="Damp and mould advice line").click()
    picture = tmp_path / "picture.jpg"
    page.screenshot(path=picture, type="jpeg")

    page.locator("summary", has_text="Add a photograph").click()
    page.get_by_label("Photograph", exact=True).set_input_files(picture)
    page.get_by_label("What it shows").fill("The telephone, <b>and</b> who answers it")
    page.get_by_label("Those who can be recognised").check()
    check(page)
    page.get_by_role("button", name="Add it").click()
    image = page.locator(".photographs img")
    assert image.get_attribute("alt") == "The telephone, <b>and</b> who answers it"
    # Pictures are fetched when they come into view.
    image.scroll_into_view_if_needed()
    page.wait_for_function("e => e.complete && e.naturalWidth > 0", arg=image.element_handle())
    assert image.evaluate("e => e.naturalWidth") == 360
    check(page)
    source = image.get_attribute("src")
    page.locator("summary", has_text="Take it out").click()
    page.get_by_role("button", name="Take it out for good").click()
    assert page.get_by_text("Its file is deleted").is_visible()
    assert page.locator(".photographs").count() == 0
    assert page.request.get(fictional + source).status == 404


def test_twins_are_found_and_settled(fictional, open_page):
    page = open_page(fictional + "/partners/add", 360, scripts=False, who="Analyst (demo)")
    page.get_by_label("Name", exact=True).fill("The Warm Hearths CIO")
    page.get_by_label("Sector").select_option("Voluntary and community")
    page.get_by_role("button", name="Add", exact=True).click()
    page.goto(fictional + "/work")
    page.get_by_role("link", name="Look for duplicates").click()
    assert page.get_by_text("Nobody has looked yet.").is_visible()
    check(page)
    page.get_by_role("button", name="Look through all organisations").click()
    pair = page.locator(".cards li", has_text="The Warm Hearths CIO")
    assert "Likely the same" in pair.inner_text()
    check(page)
    pair.get_by_role("button", name="Make one of them").click()
    assert page.locator("h1").inner_text() == "Warm Hearths"
    assert page.get_by_text("The two are one now.").is_visible()
    page.goto(fictional + "/duplicates")
    assert page.locator(".cards li", has_text="The Warm Hearths CIO").count() == 0


def test_a_directory_is_taken_in(fictional, open_page, tmp_path):
    feed = tmp_path / "feed.json"
    identifier = "7e9f0a52-6f0f-4b43-9d5b-0c6a1f5b7{:03}"
    feed.write_text(json.dumps([
        {"id": identifier.format(n), "name": f"Knitting circle {n}", "status": "active", "description": "Wool is there.",
         "organization": {"id": identifier.format(900), "name": "Wool for All", "description": "Knits."}}
        for n in range(40)
    ]))
    page = open_page(fictional + "/imports", 360, scripts=False, who="Analyst (demo)")
    check(page)
    page.get_by_label("What the directory is called").fill("A made-up directory")
    page.get_by_label("File").set_input_files(feed)
    page.get_by_role("button", name="Take it in").click()
    for _ in range(100):
        if page.get_by_text("A made-up directory is taken in").count():
            break
        page.wait_for_timeout(100)
        page.goto(fictional + "/imports")
    assert page.get_by_text("40 services read: 41 records added").is_visible()
    check(page)
    page.get_by_role("link", name="which can be undone as a whole").click()
    page.get_by_role("button", name="Undo").first.click()
    assert page.get_by_text("Undone.").is_visible()
    feed.write_text("<html>")
    page.goto(fictional + "/imports")
    page.get_by_label("What the directory is called").fill("A made-up directory")
    page.get_by_label("File").set_input_files(feed)
    page.get_by_role("button", name="Take it in").click()
    for _ in range(100):
        if page.get_by_text("was not taken in").count():
            break
        page.wait_for_timeout(100)
        page.goto(fictional + "/imports")
    assert page.get_by_text("This is not JSON").is_visible()
    assert page.get_by_text("Nothing was changed.").is_visible()
    check(page)


def test_this_is_me(fictional, open_page):
    page = open_page(fictional + "/people?q=Fennimore", 360, scripts=False, who="GP (demo)")
    page.locator(".cards a").first.click()
    # Not of a record that others wrote.
    assert page.get_by_role("button", name="This is me").count() == 0
    assert page.get_by_role("link", name="Ask for an introduction").is_visible()


def test_what_only_stewards_do(fictional, open_page):
    page = open_page(fictional + "/work", 360, scripts=False, who="GP (demo)")
    for path in ["/imports", "/imports/state", "/imports/tables/faults.csv", "/duplicates", "/duplicates/tables/duplicates.csv"]:
        assert page.request.get(fictional + path).status == 403, path
    token = page.locator("input[name=_token]").first.get_attribute("value")
    for path in ["/imports", "/duplicates/look", "/duplicates/apart"]:
        answer = page.request.post(fictional + path, form={"_token": token, "kind": "person", "one": "100", "other": "101"})
        assert answer.status in (400, 403), path
    # A stranger is sent to sign in before anything that they send is read.
    page = open_page(fictional + "/agree", 360, scripts=False)
    answer = page.request.post(fictional + "/imports", data="x" * 3_000_000, max_redirects=0)
    assert answer.status == 303
    assert "/sign-in" in answer.headers["location"]


def test_two_answer_the_same_question(fictional, open_page):
    address = "/priorities?q=good+start"
    mine = open_page(fictional + address, 360, scripts=False, who="Director of public health (demo)")
    mine.get_by_role("link", name="A good start for every child").click()
    mine.get_by_role("link", name="Readiness", exact=True).click()
    theirs = open_page(mine.url, 360, scripts=False, who="Analyst (demo)")
    theirs.locator("#q-money").get_by_label("Yes").check()
    theirs.locator("#q-lead").get_by_label("Partly").check()
    theirs.get_by_role("button", name="Save").click()
    mine.locator("#q-money").get_by_label("Not yet").check()
    mine.locator("#q-boards").get_by_label("Yes").check()
    mine.get_by_role("button", name="Save").click()
    assert mine.get_by_text("Analyst (demo) says yes").is_visible()
    # Mine stands where I put something in, theirs where I did not.
    assert mine.locator("#q-money").get_by_label("Not yet").is_checked()
    assert mine.locator("#q-lead").get_by_label("Partly").is_checked()
    assert mine.locator("#q-boards").get_by_label("Yes").is_checked()
    check(mine)
    mine.get_by_role("button", name="Save").click()
    assert mine.locator("#q-lead").get_by_label("Partly").is_checked()
    assert mine.locator("#q-money").get_by_label("Not yet").is_checked()
