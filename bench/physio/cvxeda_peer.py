"""Times cvxEDA and NeuroKit2 on a skin conductance: `cvxeda_peer.py FILE RATE REPEATS [PEER]` prints JSON for the benchmarks.

FILE holds numbers, one a line, none missing. PEER is `cvxeda` (the package cvxEDA, all rows of A and M) or `neurokit2`
(without the first two); both solve with CVXOPT, at its default tolerances. As crates/pathema-physio/examples/cvxeda.rs does
with the same arguments, each repeat takes the z-score and decomposes it. One thread: set before NumPy and CVXOPT load.
"""

import os

for name in ["OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"]:
    os.environ[name] = "1"

import contextlib
import json
import sys
import time
from importlib.metadata import version

import numpy as np


def cvxeda_package():
    import cvxeda

    def decompose(z, rate):
        return list(cvxeda.cvxEDA(z, 1 / rate, options={"show_progress": False}))

    return decompose, ["cvxEDA", "cvxopt", "numpy"]


def neurokit2_package():
    import neurokit2

    def decompose(z, rate):
        return neurokit2.eda_phasic(z, sampling_rate=rate, method="cvxeda")

    return decompose, ["neurokit2", "cvxopt", "numpy"]


PEERS = {"cvxeda": cvxeda_package, "neurokit2": neurokit2_package}


def peak_bytes():
    with open("/proc/self/status") as status:
        for line in status:
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    return None


def main():
    file, rate, repeats, *peer = sys.argv[1:]
    decompose, packages = PEERS[peer[0] if peer else "cvxeda"]()
    eda, rate = np.loadtxt(file, ndmin=1), float(rate)
    seconds = []
    # What a package prints is no part of the answer.
    with contextlib.redirect_stdout(sys.stderr):
        for _ in range(int(repeats)):
            start = time.perf_counter()
            decompose((eda - eda.mean()) / eda.std(ddof=1), rate)
            seconds.append(time.perf_counter() - start)
    versions = {package: version(package) for package in packages}
    print(json.dumps({"seconds": seconds, "peak_bytes": peak_bytes(), "samples": eda.size, "versions": versions}))


if __name__ == "__main__":
    main()
