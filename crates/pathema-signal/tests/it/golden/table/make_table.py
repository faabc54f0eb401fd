"""Writes peer.parquet with pyarrow, and checks that pyarrow and pandas read in ours.parquet and ours.csv what we wrote.

    PATHEMA_WRITE_GOLDEN=1 cargo test -p pathema-signal pyarrow
    python -m venv venv && venv/bin/pip install pyarrow==26.0.1 pandas==3.1.1 && venv/bin/python make_table.py
"""

import json
import math
import pathlib

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

HERE = pathlib.Path(__file__).parent
EXPECTED = {
    "subject": (pa.string(), ["S2", 'Jürgen, "J"', "", None]),
    "hr mean": (pa.float64(), [71.5, None, 1e-300, math.inf]),
    "stress": (pa.float32(), [np.float32(0.1), -0.0, None, 3.0]),
    "beats": (pa.int64(), [2**63 - 1, -7, 0, None]),
    "valid": (pa.bool_(), [True, False, None, True]),
}

expected = pa.table({name: pa.array(values, kind) for name, (kind, values) in EXPECTED.items()})
pq.write_table(expected, HERE / "peer.parquet", compression="snappy", store_schema=False)

ours = pq.read_table(HERE / "ours.parquet")
assert ours.schema.remove_metadata() == expected.schema, ours.schema
assert ours.replace_schema_metadata(None).equals(expected), ours
about = json.loads(pq.read_metadata(HERE / "ours.parquet").metadata[b"pathema.table"])
assert about["columns"][1] == {"name": "hr mean", "kind": "f64", "unit": "1/min", "description": "mean heart rate"}

# pandas tells an empty text from none in Parquet, but not in CSV.
kinds = {"subject": "string", "hr mean": "float64", "stress": "float32", "beats": "Int64", "valid": "boolean"}
csv = pd.read_csv(HERE / "ours.csv", dtype=kinds)
assert list(csv.columns) == list(EXPECTED)
for name, (_, values) in EXPECTED.items():
    for found, value in zip(csv[name], values):
        assert (pd.isna(found) and value in (None, "")) or found == value, (name, found, value)
print("pyarrow", pa.__version__, "and pandas", pd.__version__, "read the same")
