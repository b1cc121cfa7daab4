"""Check that a profile and the page about the data are served, from a whole snapshot."""

import re
import sys
import urllib.request

for path in ("/areas/ics/Z54000001", "/about"):
    with urllib.request.urlopen(sys.argv[1] + path, timeout=20) as response:
        html = response.read().decode()
    if not re.search(r"snapshot \d{8}T\d{6}Z-[0-9a-f]{8}", html):
        sys.exit(f"{path} names no snapshot")
