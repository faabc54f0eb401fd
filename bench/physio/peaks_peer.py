"""Times Python's R-peak detectors: `peaks_peer.py FILE RATE REPEATS DETECTOR` prints JSON for the benchmarks.

FILE holds an ECG as little-endian doubles, as crates/pathema-physio/examples/r_peaks.rs reads it. DETECTOR is one of

- neurokit: NeuroKit2's `ecg_peaks(method="neurokit")` on the samples as they are,
- neurokit-clean: `ecg_clean` before it, as its users do,
- xqrs: XQRS of the package wfdb, with its defaults.

Each repeat goes from the samples in memory to the beats; reading and importing are not timed. What is fetched at the first
call (compiled code, caches) is: give enough repeats and take the median. It prints
`{"seconds": [...], "peak_bytes": N, "beats": [...], "versions": {...}}`, the beats in seconds.
"""

import json
import sys
import time
from importlib.metadata import version
from pathlib import Path

import numpy as np


def neurokit(ecg, rate):
    import neurokit2

    return lambda: neurokit2.ecg_peaks(ecg, sampling_rate=rate, method="neurokit")[1]["ECG_R_Peaks"]


def neurokit_clean(ecg, rate):
    import neurokit2

    def detect():
        clean = neurokit2.ecg_clean(ecg, sampling_rate=rate, method="neurokit")
        return neurokit2.ecg_peaks(clean, sampling_rate=rate, method="neurokit")[1]["ECG_R_Peaks"]

    return detect


def xqrs(ecg, rate):
    from wfdb import processing

    return lambda: processing.xqrs_detect(ecg, fs=rate, verbose=False)


DETECTORS = {
    "neurokit": (neurokit, "neurokit2"),
    "neurokit-clean": (neurokit_clean, "neurokit2"),
    "xqrs": (xqrs, "wfdb"),
}


def peak_bytes():
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024
    return None


def main():
    file, rate, repeats, name = sys.argv[1:]
    rate = float(rate)
    ecg = np.fromfile(file, dtype="<f8")
    prepare, package = DETECTORS[name]
    # NeuroKit counts samples in whole numbers and warns of rates that are none.
    detect = prepare(ecg, int(rate) if rate.is_integer() else rate)
    seconds, beats = [], []
    for _ in range(int(repeats)):
        start = time.perf_counter()
        beats = detect()
        seconds.append(time.perf_counter() - start)
    answer = {
        "seconds": seconds,
        "peak_bytes": peak_bytes(),
        "beats": (np.asarray(beats) / rate).tolist(),
        "versions": {one: version(one) for one in (package, "numpy", "scipy")},
    }
    print(json.dumps(answer))


if __name__ == "__main__":
    main()
