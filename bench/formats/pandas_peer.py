"""Reads a CSV file with pandas as often as asked, as crates/pathema-signal/examples/read_csv.rs does.

    python pandas_peer.py FILE SCHEMA REPEATS

Prints {"seconds": [...], "peak_bytes": VmHWM, "rows": N}. Of the schema it takes what pandas has a name for: delimiter,
decimal mark, comment, skipped lines, header, missing markers and the columns.
"""

import json
import sys
import time
import tomllib

import pandas as pd


def options(schema):
    """The schema's first table as arguments of read_csv."""
    table = schema["tables"][0]
    columns = [table["time"]["column"]] if "column" in table["time"] else []
    for channel in schema["channels"]:
        if channel.get("table", 1) == 1:
            columns += channel.get("columns", [channel["name"]])
    numbered = all(isinstance(column, int) for column in columns)
    arguments = {
        "sep": table.get("delimiter", ","),
        "decimal": table.get("decimal", "."),
        "comment": table.get("comment"),
        "skiprows": table.get("skip", 0),
        "header": 0 if table.get("header", True) else None,
        "skipinitialspace": True,
    }
    # pandas takes numbers or names, not both; it counts from 0.
    if numbered:
        arguments["usecols"] = [column - 1 for column in columns]
    elif all(isinstance(column, str) for column in columns):
        arguments["usecols"] = columns
    if "missing" in table:
        arguments |= {"na_values": table["missing"], "keep_default_na": False}
    return arguments


def peak():
    with open("/proc/self/status") as status:
        for line in status:
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024


def main():
    file, schema, repeats = sys.argv[1:]
    with open(schema, "rb") as text:
        arguments = options(json.load(text) if schema.endswith(".json") else tomllib.load(text))
    seconds, rows = [], 0
    for _ in range(int(repeats)):
        start = time.perf_counter()
        frame = pd.read_csv(file, **arguments)
        seconds.append(time.perf_counter() - start)
        rows = len(frame)
        del frame
    print(json.dumps({"seconds": seconds, "peak_bytes": peak(), "rows": rows}))


if __name__ == "__main__":
    main()
