"""Reads a subject's pickle with Python's own module and numpy; arguments and answer as those of read_pickle.rs."""

import json
import pickle
import resource
import sys
import time

path, repeats = sys.argv[1], int(sys.argv[2])
seconds, samples = [], 0
for _ in range(repeats):
    loaded = None
    start = time.perf_counter()
    with open(path, "rb") as file:
        loaded = pickle.load(file, encoding="latin1")
    seconds.append(time.perf_counter() - start)
    devices = loaded["signal"].values()
    samples = sum(array.size for device in devices for array in device.values())
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
print(json.dumps({"seconds": seconds, "peak_bytes": peak, "samples": samples}))
