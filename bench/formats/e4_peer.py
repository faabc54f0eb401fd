"""Times pandas on an Empatica E4 session: `e4_peer.py PATH REPEATS` prints JSON for the benchmarks.

PATH is a folder of the CSV files or a zip of them. What `read_e4` reads is read: the five files of one rate and the
intervals between beats.
"""

import json
import sys
import time
import zipfile
from pathlib import Path

import pandas

RATES = ["ACC.csv", "BVP.csv", "EDA.csv", "TEMP.csv", "HR.csv"]


def session(path):
    """All values of a session, as arrays by file."""
    if path.is_dir():
        names = {file.name for file in path.iterdir()}
        return frames(names, lambda name: open(path / name, "rb"))
    with zipfile.ZipFile(path) as archive:
        return frames(set(archive.namelist()), archive.open)


def frames(names, opened):
    values = {}
    for name in RATES:
        if name in names:
            with opened(name) as file:
                values[name] = pandas.read_csv(file, header=None, skiprows=2).to_numpy()
    if "IBI.csv" in names:
        with opened("IBI.csv") as file:
            values["IBI.csv"] = pandas.read_csv(file, header=None, skiprows=1).to_numpy()
    return values


def peak_bytes():
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024
    return None


def main():
    path, repeats = Path(sys.argv[1]), int(sys.argv[2])
    seconds = []
    samples = 0
    for _ in range(repeats):
        start = time.perf_counter()
        values = session(path)
        seconds.append(time.perf_counter() - start)
        # The times of the intervals are no samples.
        samples = sum(array.size for array in values.values()) - (
            values["IBI.csv"].shape[0] if "IBI.csv" in values else 0
        )
    print(json.dumps({"seconds": seconds, "peak_bytes": peak_bytes(), "samples": int(samples)}))


if __name__ == "__main__":
    main()
