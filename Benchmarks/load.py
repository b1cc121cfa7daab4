"""Ask for pages at a fixed rate, whatever the answers do, and print how long they took.

    load.py PROFILES.lua PORT RATE SECONDS

wrk has no fixed rate: it waits for each answer before it asks again, which hides a slow server. Here
each request has its moment, and its time counts from that moment on.
"""

import http.client
import queue
import random
import re
import sys
import threading
import time

text = open(sys.argv[1]).read()
paths = re.findall(r'"(/areas/[^"]+)"', text)
port, rate, seconds = int(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
random.seed(20261121)
moments = queue.Queue()
times, failures = [], []


def work():
    connection = http.client.HTTPConnection("127.0.0.1", port)
    while (item := moments.get()) is not None:
        moment, path = item
        time.sleep(max(0, moment - time.perf_counter()))
        connection.request("GET", path)
        response = connection.getresponse()
        response.read()
        times.append(time.perf_counter() - moment)
        if response.status != 200:
            failures.append(path)


workers = [threading.Thread(target=work) for _ in range(8)]
begin = time.perf_counter() + 0.2
for number in range(rate * seconds):
    moments.put((begin + number / rate, random.choice(paths)))
for worker in workers:
    moments.put(None)
for worker in workers:
    worker.start()
for worker in workers:
    worker.join()
times.sort()
def at(share):
    return 1000 * times[min(len(times) - 1, int(share * len(times)))]
print(f"  {len(times)} requests over {len(set(paths))} pages, {len(failures)} failed; "
      f"p50 {at(0.5):.1f} ms, p95 {at(0.95):.1f} ms, p99 {at(0.99):.1f} ms, worst {at(1):.1f} ms")
