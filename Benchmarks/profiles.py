"""Print a wrk script that asks for the profiles of a place, picked at random with a seed."""

import json
import pathlib
import sys
import urllib.request

import duckdb

store = pathlib.Path(sys.argv[1]) / "store"
snapshot = store / "snapshots" / (store / "current").read_text().strip()
paths = [
    f"/areas/{kind}/{code}"
    for kind, code in duckdb.sql(
        f"select kind, code from '{snapshot}/area.parquet' where in_place and kind not in ('country', 'lsoa11')"
        f" union all select kind, code from '{snapshot}/organisation.parquet' where in_place order by all"
    ).fetchall()
]
# The kinds are mixed as they are: mostly small areas, as they are mostly what there is.
for path in (paths[0], paths[-1]):
    urllib.request.urlopen(f"http://127.0.0.1:{sys.argv[2]}{path}").read()
print("local paths = {" + ", ".join(json.dumps(path) for path in paths) + "}")
print("math.randomseed(20261121)")
print('request = function() return wrk.format("GET", paths[math.random(#paths)]) end')
