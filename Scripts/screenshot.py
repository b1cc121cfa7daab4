"""Take the README's screenshot: the profile of a district in the fictional place.

    Scripts/screenshot.py http://127.0.0.1:8080 docs/images/profile.png
"""

import sys

from playwright.sync_api import sync_playwright

with sync_playwright() as playwright:
    browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
    page = browser.new_page(viewport={"width": 1000, "height": 1250})
    page.goto(sys.argv[1] + "/areas/lad/Z07000003")
    page.screenshot(path=sys.argv[2])
    browser.close()
