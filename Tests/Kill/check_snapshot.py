"""Check that a snapshot folder is whole: every table of its manifest is there with its hash."""

import hashlib
import json
import pathlib
import sys

folder = pathlib.Path(sys.argv[1])
manifest = json.loads((folder / "manifest.json").read_text())
for table in manifest["tables"]:
    path = folder / f"{table['name']}.parquet"
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    if digest != table["sha256"]:
        sys.exit(f"{path} is not what its manifest says")
for entry in manifest["inputs"]:
    if entry["read"] != entry["landed"] + entry["setAside"]:
        sys.exit(f"the rows of {entry['file']} do not add up")
