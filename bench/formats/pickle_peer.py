"""Times Python's own unpickling of a WESAD subject: `pickle_peer.py SX.pkl REPEATS` prints JSON for the benchmarks.

Each repeat is `pickle.load(file, encoding="latin1")`, which is how the data set's users read it; importing is not timed.
"""

import json
import pickle
import sys
import time
from pathlib import Path

import numpy


def arrays(value):
    """Every array in a subject, however deep."""
    if isinstance(value, numpy.ndarray):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from arrays(inner)


def peak_bytes():
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024
    return None


def main():
    path, repeats = Path(sys.argv[1]), int(sys.argv[2])
    seconds, subject = [], None
    for _ in range(repeats):
        # Else two of them would be held at a time.
        subject = None
        start = time.perf_counter()
        with open(path, "rb") as file:
            subject = pickle.load(file, encoding="latin1")
        seconds.append(time.perf_counter() - start)
    found = list(arrays(subject))
    answer = {
        "seconds": seconds,
        "peak_bytes": peak_bytes(),
        "array_bytes": sum(array.nbytes for array in found),
    }
    print(json.dumps(answer))


if __name__ == "__main__":
    main()
