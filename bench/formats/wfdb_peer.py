"""Times reading a WFDB record and its annotations with the Python package wfdb (https://github.com/MIT-LCP/wfdb-python).

    python wfdb_peer.py mitdb/100 20

prints one line of JSON: the seconds of each repeat, the process's peak memory, and how many samples and annotations there
are. Each repeat is `rdrecord` with its defaults (physical values in double precision) and `rdann` of `atr` with its
defaults; importing is not timed. `--digital` reads the values as stored instead (`rdrecord(physical=False)`).
"""

import argparse
import json
import time

import wfdb


def peak_bytes():
    with open("/proc/self/status") as status:
        for line in status:
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    return None


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("record")
    parser.add_argument("repeats", type=int)
    parser.add_argument("--digital", action="store_true")
    arguments = parser.parse_args()
    seconds = []
    for _ in range(arguments.repeats):
        start = time.perf_counter()
        record = wfdb.rdrecord(arguments.record, physical=not arguments.digital)
        annotation = wfdb.rdann(arguments.record, "atr")
        seconds.append(time.perf_counter() - start)
    values = record.d_signal if arguments.digital else record.p_signal
    result = {
        "seconds": seconds,
        "peak_bytes": peak_bytes(),
        "samples": values.size,
        "annotations": len(annotation.sample),
    }
    print(json.dumps(result))


if __name__ == "__main__":
    main()
