"""Views of FHIR to Parquet, beside DuckDB's own reading of the same NDJSON, in pairs of whole processes.

    python Benchmarks/views.py KITH FOLDER [PAIRS]

FOLDER holds Patient.ndjson.gz and so on (Synthea, bulk-100 of the shared data). Each type is amplified to
about 300 MB, every copy with ids of its own. Prints megabytes per CPU-second of both, with the start of the
process counted, and the most memory that Kith took.
"""
import gzip, os, resource, statistics, subprocess, sys, tempfile

SQL = {
    "Patient": """select id, list_filter(name, lambda n: n.use = 'official')[1].family as family,
          list_filter(name, lambda n: n.use = 'official')[1].given[1] as given, gender,
          birthDate as birth_date, deceasedDateTime as deceased,
          address[1].postalCode as postal_code, address[1].city as city
        from read_ndjson('{path}', columns = {{'resourceType': 'VARCHAR', 'id': 'VARCHAR',
          'name': 'STRUCT("use" VARCHAR, family VARCHAR, given VARCHAR[])[]', 'gender': 'VARCHAR',
          'birthDate': 'VARCHAR', 'deceasedDateTime': 'VARCHAR',
          'address': 'STRUCT(postalCode VARCHAR, city VARCHAR)[]'}})
        where resourceType = 'Patient'""",
    "Condition": """select id, split_part(subject.reference, '/', 2) as patient_id,
          split_part(encounter.reference, '/', 2) as encounter_id,
          clinicalStatus.coding[1].code as clinical_status, onsetDateTime as onset,
          recordedDate as recorded, c.system, c.code, c.display
        from (select *, unnest(code.coding) as c from read_ndjson('{path}', columns = {{
          'resourceType': 'VARCHAR', 'id': 'VARCHAR', 'subject': 'STRUCT(reference VARCHAR)',
          'encounter': 'STRUCT(reference VARCHAR)',
          'clinicalStatus': 'STRUCT(coding STRUCT(code VARCHAR)[])',
          'code': 'STRUCT(coding STRUCT(system VARCHAR, code VARCHAR, display VARCHAR)[])',
          'onsetDateTime': 'VARCHAR', 'recordedDate': 'VARCHAR'}})
        where resourceType = 'Condition')""",
    "Observation": """select id, split_part(subject.reference, '/', 2) as patient_id,
          split_part(encounter.reference, '/', 2) as encounter_id, status,
          effectiveDateTime as effective, valueQuantity.value as value, valueQuantity.unit as unit,
          c.system, c.code, c.display
        from (select *, unnest(code.coding) as c from read_ndjson('{path}', columns = {{
          'resourceType': 'VARCHAR', 'id': 'VARCHAR', 'subject': 'STRUCT(reference VARCHAR)',
          'encounter': 'STRUCT(reference VARCHAR)', 'status': 'VARCHAR',
          'code': 'STRUCT(coding STRUCT(system VARCHAR, code VARCHAR, display VARCHAR)[])',
          'effectiveDateTime': 'VARCHAR', 'valueQuantity': 'STRUCT(value DOUBLE, unit VARCHAR)'}})
        where resourceType = 'Observation')""",
}
PEER = """
import duckdb, sys
con = duckdb.connect()
con.execute('set threads = 1')
con.execute("copy (%s) to '%s' (format parquet, compression zstd)" % (sys.argv[1], sys.argv[2]))
"""


def amplify(source, target, size):
    lines = gzip.open(source).read().splitlines(keepends=True)
    written, copy = 0, 0
    with open(target, "wb") as out:
        while written < size:
            for line in lines:
                written += out.write(line.replace(b'"id":"', b'"id":"%04x' % copy, 1))
            copy += 1
    return written


def run(command):
    """CPU-seconds and the most kilobytes of memory of a command."""
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(child.pid, 0)
    if status:
        sys.exit(f"failed: {command[:3]}")
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss


def main():
    kith, folder = sys.argv[1], sys.argv[2]
    pairs = int(sys.argv[3]) if len(sys.argv) > 3 else 7
    views = os.path.join(os.path.dirname(__file__), "views")
    with tempfile.TemporaryDirectory() as work:
        for kind, sql in SQL.items():
            path = os.path.join(work, f"{kind}.ndjson")
            size = amplify(os.path.join(folder, f"{kind}.ndjson.gz"), path, 300_000_000) / 1e6
            ours, peers, memory = [], [], 0
            output = os.path.join(work, "out.parquet")
            for _ in range(pairs):
                seconds, kilobytes = run(
                    [kith, "view", f"{views}/{kind.lower()}.json", path, "--output", output])
                ours.append(size / seconds)
                memory = max(memory, kilobytes)
                seconds, _ = run([sys.executable, "-c", PEER, sql.format(path=path), output])
                peers.append(size / seconds)
            ratios = sorted(a / b for a, b in zip(ours, peers))
            print(
                f"{kind}, {size:.0f} MB: Kith {statistics.median(ours):.0f} MB per CPU-second "
                f"({min(ours):.0f} to {max(ours):.0f}), DuckDB {statistics.median(peers):.0f} "
                f"({min(peers):.0f} to {max(peers):.0f}); {statistics.median(ratios):.2f} times, "
                f"median of {pairs} pairs ({ratios[0]:.2f} to {ratios[-1]:.2f}); "
                f"Kith's memory {memory // 1024} MiB")
            os.remove(path)


main()
