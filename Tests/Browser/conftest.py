"""Serves places for the browser tests, and lends them a browser."""

import os
import pathlib
import re
import subprocess
import tempfile

import pytest
from playwright.sync_api import sync_playwright

ROOT = pathlib.Path(__file__).resolve().parents[2]
KITH = ROOT / os.environ.get("KITH_BINARY", ".build/debug/kith")
SHARED = pathlib.Path(os.environ.get("KITH_SHARED", ROOT / "../shared")).resolve()
CHROMIUM = os.environ.get("KITH_CHROMIUM", "/usr/bin/chromium")


class Server:
    """A place that is served until it is stopped."""

    def __init__(self, place, command=("serve",)):
        self.process = subprocess.Popen(
            [KITH, command[0], place, *command[1:], "--port", "0"],
            stdout=subprocess.PIPE, text=True, cwd=ROOT,
        )
        # A run tells its stages before the address.
        line = ""
        while "http://" not in line:
            line = self.process.stdout.readline()
            assert line, "the server ended without an address"
        found = re.search(r"http://127\.0\.0\.1:\d+", line)
        assert found, f"the server said: {line!r}"
        self.address = found.group(0)

    def stop(self):
        self.process.terminate()
        self.process.wait(timeout=20)


def run(*arguments):
    done = subprocess.run([KITH, *arguments], capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == 0, f"kith {arguments[0]} failed: {done.stderr}"


@pytest.fixture(scope="session")
def fictional():
    with tempfile.TemporaryDirectory() as folder:
        place = f"{folder}/place"
        run("synth", place, "--people", "20000", "--years", "1")
        # The demo runs the place and puts its partnership in.
        server = Server(place, ("demo", "--no-browser"))
        yield server.address
        server.stop()


def sign_in(page, address, who="GP (demo)"):
    """Takes one of the demo's roles."""
    page.goto(address + "/sign-in")
    page.get_by_role("button", name=who).click()


@pytest.fixture(scope="session")
def lancashire():
    data = SHARED / "data/england"
    if not data.exists():
        pytest.skip("the real open data is not here; set KITH_SHARED to the folder with data/england")
    with tempfile.TemporaryDirectory() as folder:
        place = f"{folder}/place"
        run("new", place, "--open-data", str(data), "--area", "Lancashire and South Cumbria")
        run("run", place)
        server = Server(place)
        yield server.address
        server.stop()


@pytest.fixture(scope="session")
def browser():
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


class Watch:
    """What went wrong on a page: errors on the console, and requests that left the machine."""

    def __init__(self, page):
        self.problems = []
        page.on("console", self.console)
        page.on("pageerror", lambda error: self.problems.append(f"error: {error}"))
        page.on("request", self.request)

    def console(self, message):
        # Chromium calls an answer an error whose page says what is wrong with a form, or who was quicker.
        if any(f"status of {status}" in message.text for status in (409, 422)):
            return
        if message.type in ("error", "warning"):
            self.problems.append(f"console: {message.text}")

    def request(self, request):
        if not request.url.startswith(("http://127.0.0.1:", "data:")):
            self.problems.append(f"left the machine: {request.url}")


@pytest.fixture
def open_page(browser):
    """Opens pages that must be free of errors when the test ends."""
    watched = []

    def open_page(url, width=1280, javascript=True, who=None, scripts=True):
        context = browser.new_context(
            viewport={"width": width, "height": 900}, java_script_enabled=javascript
        )
        if not scripts:
            # Pages without their scripts, in a browser whose own are still there to look with.
            context.route("**/*.js", lambda route: route.fulfill(body="", content_type="text/javascript"))
        page = context.new_page()
        page.set_default_timeout(10_000)
        watch = Watch(page)
        watched.append((context, watch))
        if who:
            sign_in(page, "/".join(url.split("/")[:3]), who)
        response = page.goto(url)
        assert response.ok, f"{url}: {response.status}"
        return page

    yield open_page
    problems = [problem for _, watch in watched for problem in watch.problems]
    for context, _ in watched:
        context.close()
    assert not problems, problems
