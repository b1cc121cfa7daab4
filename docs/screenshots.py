"""Takes the pictures of README.md, and those of docs/agree.md: a first round of choosing priorities, in ten steps, on a phone.

    .tools/venv/bin/python docs/screenshots.py [KITH]

Serves a fictional place of its own with KITH (.build/release/kith unless named) and plays the steps in it, so the pictures
are of what is there. Everybody and everything in it is invented.
"""

import pathlib
import re
import subprocess
import sys
import tempfile

from playwright.sync_api import sync_playwright

ROOT = pathlib.Path(__file__).resolve().parents[1]
KITH = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else ROOT / ".build/release/kith").resolve()
IMAGES = ROOT / "docs/images"

# The pictures of README.md: a name, its page, and what is at the top of the picture.
VIEWS = [
    ("profile", "/areas/lad/Z07000004", "h1"),
    ("standing-out", "/standing-out", "h1"),
    ("gaps", "/gaps/food?km=2", "button:has-text(\"Show\")"),
]


def steps(page, address):
    """Plays the round; yields after each step what is to be seen on its picture."""

    def go(path):
        page.goto(address + path)

    def press(name):
        page.get_by_role("button", name=name, exact=True).click()

    go("/sign-in")
    press("Director of public health (demo)")
    go("/priorities/add")
    page.get_by_label("Name", exact=True).fill("Longer school breakfasts")
    page.get_by_label("The need, in plain English").fill("Children who come to school hungry learn less.")
    page.get_by_label("Food", exact=True).first.check()
    yield "h1"
    press("Add")
    go("/voices/add")
    page.get_by_role("textbox", name="What was said, in a line").fill("He eats at lunch what he should have had at eight")
    page.get_by_label("Food", exact=True).first.check()
    page.get_by_label("agree that it is kept").check()
    yield "h1"
    page.locator("summary", has_text="You said, we did").click()
    page.get_by_label("Taken up in").fill("Longer school breakfasts")
    press("Add")
    go("/priorities?q=damp")
    page.get_by_role("link", name="Damp and cold homes").click()
    yield "text=What the indicators say"
    go("/rounds/add")
    page.get_by_label("Name", exact=True).fill("What comes first in the district")
    page.get_by_label("Between which priorities").fill("Damp and cold homes")
    yield "h1"
    press("Add")
    page.get_by_role("link", name="Change", exact=True).click()
    page.get_by_label("Between which priorities").fill("Longer school breakfasts")
    yield "#f-criteria"
    press("Save")
    yield "text=Between these"
    press("Begin scoring")
    page.get_by_role("link", name="Score it").first.click()
    for index, value in enumerate((5, 3, 4)):
        page.locator(".scale").nth(index).get_by_role("radio").nth(value - 1).check()
    page.get_by_label("You score for").select_option("Public bodies")
    yield "h1"
    press("Save")
    for index, value in enumerate((3, 4, 3)):
        page.locator(".scale").nth(index).get_by_role("radio").nth(value - 1).check()
    page.get_by_label("You score for").select_option("Public bodies")
    press("Save")
    for candidate, scores in enumerate(((5, 4, 4), (4, 3, 3))):
        page.get_by_role("link", name="Scored").nth(candidate).click()
        for index, value in enumerate(scores):
            page.locator(".scale").nth(index).get_by_role("radio").nth(value - 1).check()
        page.get_by_label("You score for").select_option("Community panel")
        people = page.get_by_label("How many people agreed on them")
        if not people.is_visible():
            page.get_by_text("These are the scores of a panel").click()
        people.fill("12")
        if candidate == 0:
            yield "text=Together"
        press("Save")
        if "/score/" in page.url:
            page.get_by_role("link", name="Back").click()
    press("End scoring, and see what came out")
    yield "text=How sure the ranking is"
    page.get_by_role("checkbox", name="Longer school breakfasts").uncheck()
    page.get_by_label("Why", exact=True).fill("Children cough in these homes, and we know what mends them.")
    press("Decide")
    go("/strategy")
    yield "text=Damp and cold homes"


def main():
    IMAGES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        place = f"{folder}/place"
        subprocess.run([KITH, "synth", place, "--people", "20000", "--years", "1"], check=True, capture_output=True)
        server = subprocess.Popen([KITH, "demo", place, "--port", "0", "--no-browser"], stdout=subprocess.PIPE, text=True)
        try:
            line = ""
            while "http://" not in line:
                line = server.stdout.readline()
            address = re.search(r"http://127\.0\.0\.1:\d+", line).group(0)
            browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
            page = browser.new_page(viewport={"width": 1000, "height": 900})
            for name, path, top in VIEWS:
                page.goto(address + path)
                page.locator(top).first.evaluate("e => scrollTo(0, e.getBoundingClientRect().top + scrollY - 20)")
                page.screenshot(path=IMAGES / f"{name}.png")
            page = browser.new_page(viewport={"width": 360, "height": 640})
            page.set_default_timeout(10_000)
            for number, seen in enumerate(steps(page, address), 1):
                page.locator(seen).first.evaluate("e => scrollTo(0, e.getBoundingClientRect().top + scrollY - 20)")
                page.screenshot(path=IMAGES / f"round-{number:02}.png")
            browser.close()
        finally:
            server.terminate()
            server.wait()


main()
