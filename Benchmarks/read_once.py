"""DuckDB reads every file of a folder of open data once, into a table each: the peer of `kith run`."""

import pathlib
import sys

import duckdb

connection = duckdb.connect()
for path in sorted(pathlib.Path(sys.argv[1]).glob("*.csv")):
    connection.execute("create or replace table t as from read_csv(?)", [str(path)])
for path in sorted(pathlib.Path(sys.argv[1]).glob("*.geojson")):
    connection.execute(
        "create or replace table t as from read_json(?, maximum_object_size = 100000000)", [str(path)]
    )
