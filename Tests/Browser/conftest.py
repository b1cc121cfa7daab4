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

    def __init__(self, place):
        self.process = subprocess.Popen(
            [KITH, "serve", place, "--port", "0"], stdout=subprocess.PIPE, text=True, cwd=ROOT
        )
        line = self.process.stdout.readline()
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
        run("run", place)
        server = Server(place)
        yield server.address
        server.stop()


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
        if message.type in ("error", "warning"):
            self.problems.append(f"console: {message.text}")

    def request(self, request):
        if not request.url.startswith(("http://127.0.0.1:", "data:")):
            self.problems.append(f"left the machine: {request.url}")


@pytest.fixture
def open_page(browser):
    """Opens pages that must be free of errors when the test ends."""
    watched = []

    def open_page(url, width=1280, javascript=True):
        context = browser.new_context(
            viewport={"width": width, "height": 900}, java_script_enabled=javascript
        )
        page = context.new_page()
        watch = Watch(page)
        watched.append((context, watch))
        response = page.goto(url)
        assert response.ok, f"{url}: {response.status}"
        return page

    yield open_page
    problems = [problem for _, watch in watched for problem in watch.problems]
    for context, _ in watched:
        context.close()
    assert not problems, problems
