"""How fast the partnership's pages answer with 5,000 organisations, 20,000 assets and 5,000 people.

    python3 Benchmarks/agree/run.py [KITH] [SECONDS]

Makes a fictional place, takes the organisations and assets in as a feed of Open Referral UK, adds the people by the forms,
then asks for lists, searches, maps, records and the API, 50 times a second whether or not answers have come (an open loop:
a slow answer delays no question, so waiting is counted). Prints how long the import took, and for each sort of page the
median, the 99th percentile and the worst. Everybody and everything in it is made up.
"""

import http.client
import json
import pathlib
import random
import re
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse
import uuid

ROOT = pathlib.Path(__file__).resolve().parents[2]
KITH = sys.argv[1] if len(sys.argv) > 1 else str(ROOT / ".build/release/kith")
SECONDS = int(sys.argv[2]) if len(sys.argv) > 2 else 60
RATE = 50
draw = random.Random(7)

WORDS = """advice walking lunch singing damp warm homes carers breakfast youth club garden choir debt benefits english cooking
memory cafe men shed sewing swimming yoga football art drama library reading knitting toddler parents cycling repair
volunteering company befriending stroke diabetes breathing dementia hearing sight smoking alcohol recovery""".split()
# Words as rare as words are: the n-th most frequent is there 1/n as often as the first (Zipf).
SYLLABLES = "ba de fi go lu ma ne pi ro su ta ve wi xo yu za bri clo dra fle".split()
MORE = [a + b + c for a in SYLLABLES for b in SYLLABLES for c in SYLLABLES][:4000]
draw.shuffle(MORE)
VOCABULARY = WORDS + MORE
WEIGHTS = [1 / (n + 1) for n in range(len(VOCABULARY))]
TOWNS = "Northside Southgate Harbour Moorend Fellside Marshes Castle Priory Quay Heath".split()
KNOWN = "housing warm_homes money food activity smoking loneliness mental_health dementia children carers frailty".split()
TOPICS = """Housing and homelessness|Warm and dry homes|Money, debt and benefits|Food|Physical activity|Smoking|Loneliness and company|
Mental health|Dementia|Children and families|Carers|Older people""".replace("\n", "").split("|")


def services(organisations, assets):
    owners = [
        {"id": str(uuid.UUID(int=draw.getrandbits(128), version=4)),
         "name": f"{draw.choice(TOWNS)} {draw.choice(WORDS).title()} {draw.choice(WORDS).title()} {n}",
         "description": " ".join(draw.choices(WORDS, k=12))}
        for n in range(organisations)
    ]
    for n in range(assets):
        place = {
            "id": str(uuid.UUID(int=draw.getrandbits(128), version=4)), "location_type": "physical",
            "name": f"{draw.choice(TOWNS)} hall {n % 300}",
            "latitude": 54.0 + draw.random() * 0.4, "longitude": -19.6 + draw.random() * 0.6,
        }
        yield {
            "id": str(uuid.UUID(int=draw.getrandbits(128), version=4)), "status": "active",
            "name": f"{draw.choice(WORDS).title()} {draw.choice(WORDS)} {draw.choice(TOWNS)} {n}",
            "description": " ".join(draw.choices(VOCABULARY, WEIGHTS, k=60)), "organization": owners[n % organisations],
            "minimum_age": draw.choice([0, 11, 18, 50, 60]),
            "schedules": [{"id": str(uuid.UUID(int=draw.getrandbits(128), version=4)), "freq": "WEEKLY",
                           "byday": draw.choice(["MO", "TU,TH", "WE", "FR", "SA"]),
                           "opens_at": "10:00:00", "closes_at": "12:00:00"}],
            "languages": [{"id": str(uuid.UUID(int=draw.getrandbits(128), version=4)),
                           "name": draw.choice(["English", "Urdu", "Polish"])}],
            "attributes": [{"id": str(uuid.UUID(int=draw.getrandbits(128), version=4)), "taxonomy_term": {
                "id": str(uuid.UUID(int=draw.getrandbits(128), version=4)), "name": name, "description": name}}
                for name in draw.sample(TOPICS, 2)],
            "service_at_locations": [{"id": str(uuid.UUID(int=draw.getrandbits(128), version=4)), "location": place}],
        }


class Browser:
    """Keeps a connection and cookies."""

    def __init__(self, port):
        self.connection = http.client.HTTPConnection("127.0.0.1", port)
        self.port = port
        self.cookies = {}

    def send(self, method, path, body=None):
        headers = {"Cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items())}
        if body is not None:
            body = urllib.parse.urlencode(body)
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        self.connection.request(method, path, body, headers)
        answer = self.connection.getresponse()
        text = answer.read().decode()
        self.location = answer.headers.get("Location", "")
        for value in answer.headers.get_all("Set-Cookie") or []:
            name, _, rest = value.partition("=")
            self.cookies[name] = rest.split(";")[0]
        return answer.status, text

    def token(self, path):
        return re.search(r'name="_token" value="([^"]+)"', self.send("GET", path)[1]).group(1)


def main():
    with tempfile.TemporaryDirectory() as folder:
        place = f"{folder}/place"
        subprocess.run([KITH, "synth", place, "--people", "2000", "--years", "1"], check=True, capture_output=True)
        server = subprocess.Popen([KITH, "demo", place, "--port", "0", "--no-browser"], stdout=subprocess.PIPE, text=True)
        line = ""
        while "http://" not in line:
            line = server.stdout.readline()
        port = int(re.search(r":(\d+)/", line).group(1))
        feed = f"{folder}/feed.json"
        with open(feed, "w") as out:
            json.dump(list(services(5_000, 20_000)), out)
        print(f"feed of {pathlib.Path(feed).stat().st_size / 1e6:.0f} MB")
        start = time.perf_counter()
        done = subprocess.run([KITH, "assets", "import", place, feed, "--name", "made up"],
                              check=True, capture_output=True, text=True)
        print(f"import: {time.perf_counter() - start:.1f} s: {' '.join(done.stdout.split())}")
        steward = Browser(port)
        steward.send("POST", "/sign-in/persona",
                     {"_token": steward.token("/sign-in"), "persona": "analyst@demo.invalid"})
        token = steward.token("/people/add")
        start = time.perf_counter()
        people = []
        for n in range(5_000):
            status, text = steward.send("POST", "/people/add", [
                ("_token", token), ("f.name", f"Person {n} Made-Up"), ("f.role", draw.choice(WORDS)),
                ("f.skills", "\n".join(draw.sample(WORDS, 3))), *(("f.knows", topic) for topic in draw.sample(KNOWN, 2)),
                ("f.open_to", "found"), ("f.open_to", "introduce"), ("f.offers", "meeting")])
            assert status == 303, text
            people.append(re.search(r"/people/(\d+)", steward.location).group(1))
        print(f"5,000 people by the forms: {time.perf_counter() - start:.1f} s")
        start = time.perf_counter()
        for n in range(5_000):
            # Most of those whom one meets are of one's own town, which a hundred are of.
            town = draw.randrange(50) * 100
            there = {people[town + draw.randrange(100)] for _ in range(4)} | {draw.choice(people)}
            status, text = steward.send("POST", "/meetings/add", [
                ("_token", token), ("f.name", f"Meeting {n}"), ("f.day", f"2026-{draw.randint(1, 10):02}-10"),
                ("f.topics", draw.choice(KNOWN)), *(("f.people.keep", person) for person in there)])
            assert status == 303, text
        print(f"5,000 meetings by the forms: {time.perf_counter() - start:.1f} s")
        start = time.perf_counter()
        assert steward.send("GET", "/network")[0] == 200
        print(f"who knows whom, the first time: {time.perf_counter() - start:.2f} s")
        numbers = range(200, 20_000)
        mix = {
            "list": lambda: draw.choice(["/assets", f"/assets?page={draw.randint(1, 700)}", "/partners?page=40",
                                         "/assets?topics=food&languages=Urdu", "/assets?sort=due", "/people"]),
            "search": lambda: f"/assets?q={draw.choice(WORDS)}+{draw.choice(WORDS)[:4]}",
            "search all": lambda: f"/agree?q={draw.choice(WORDS)}",
            "near": lambda: "/assets?near=ZZ2+2TS&km=5&sort=distance",
            "map": lambda: draw.choice(["/assets/map", "/assets/map?topics=food", "/assets/map?box=-19.5,54.1,-19.3,54.2"]),
            "record": lambda: f"/assets/{draw.choice(numbers)}",
            "API": lambda: draw.choice(["/api/oruk/v3/services?search=damp", "/api/oruk/v3/services?page=20",
                                        "/api/oruk/v3/services?day=MO&minimum_age=18"]),
            "experts": lambda: f"/experts?q={draw.choice(['damp+homes', 'food+and+debt', 'smoking', 'falls'])}+{draw.choice(WORDS)}",
            "network": lambda: "/network",
            "home": lambda: "/work",
        }
        times = {name: [] for name in mix}
        wrong = []
        threads = []
        pool = [Browser(port) for _ in range(24)]
        for browser in pool:
            browser.cookies = dict(steward.cookies)
        free = list(pool)
        lock = threading.Lock()

        def ask(name, path, due):
            with lock:
                browser = free.pop() if free else Browser(port)
                browser.cookies = dict(steward.cookies)
            status, _ = browser.send("GET", path)
            taken = time.perf_counter() - due
            with lock:
                free.append(browser)
                times[name].append(taken * 1000)
                if status not in (200, 404):
                    wrong.append((status, path))

        for _ in range(100):
            ask("list", "/assets", time.perf_counter())
        for name, path in mix.items():
            for _ in range(20):
                ask(name, path(), time.perf_counter())
        alone = {name: sorted(values)[len(values) // 2] for name, values in times.items()}
        print("one after another, medians:", ", ".join(f"{name} {value:.1f} ms" for name, value in alone.items()))
        for values in times.values():
            values.clear()
        begin = time.perf_counter()
        for n in range(SECONDS * RATE):
            due = begin + n / RATE
            wait = due - time.perf_counter()
            if wait > 0:
                time.sleep(wait)
            name = draw.choice(list(mix))
            thread = threading.Thread(target=ask, args=(name, mix[name](), due))
            thread.start()
            threads.append(thread)
        for thread in threads:
            thread.join()
        server.terminate()
        server.wait()
        assert not wrong, wrong[:5]
        print(f"{RATE} requests a second for {SECONDS} s, milliseconds:")
        everything = sorted(t for one in times.values() for t in one)
        for name, values in list(times.items()) + [("all", everything)]:
            values = sorted(values)
            at = lambda share: values[min(len(values) - 1, int(share * len(values)))]
            print(f"  {name:11} {len(values):5}  median {at(0.5):6.1f}  p99 {at(0.99):6.1f}  worst {values[-1]:6.1f}")


main()
