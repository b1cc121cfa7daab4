"""Start `kith serve`, and end when a profile has been served: the time a person waits."""

import re
import subprocess
import sys
import urllib.request

server = subprocess.Popen([sys.argv[1], "serve", sys.argv[2], "--port", "0"], stdout=subprocess.PIPE, text=True)
address = re.search(r"http://[0-9.:]+", server.stdout.readline()).group(0)
with urllib.request.urlopen(f"{address}/areas/icb24/E54000048") as response:
    assert response.status == 200
server.kill()
