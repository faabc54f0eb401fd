"""Writes a recording's samples in a form that all programs of the benchmark read.

    python prepare.py ecg DATA FILE    record 100 of MIT-BIH, first lead, in mV, as little-endian doubles
    python prepare.py eda DATA FILE    24,000 samples of the skin conductance of S2's wrist (WESAD), in µS, one a line

DATA is the folder that holds mitdb and WESAD-wrist.zip. The first ten seconds of the wrist are left out: the sensor was not
yet on the skin.
"""

import io
import sys
import zipfile
from pathlib import Path

import numpy as np

SAMPLES, SKIPPED = 24_000, 40


def ecg(data):
    import wfdb

    return wfdb.rdrecord(str(data / "mitdb/100"), channels=[0]).p_signal[:, 0].astype("<f8")


def eda(data):
    with zipfile.ZipFile(data / "WESAD-wrist.zip") as archive:
        inner = zipfile.ZipFile(io.BytesIO(archive.read("WESAD/S2/S2_E4_Data.zip")))
        # The first two lines are the start and the rate.
        values = np.loadtxt(io.BytesIO(inner.read("EDA.csv")), skiprows=2 + SKIPPED, max_rows=SAMPLES)
    if len(values) < SAMPLES:
        raise SystemExit(f"S2's wrist has only {len(values)} samples of skin conductance: {SAMPLES} are needed")
    return values


def main():
    kind, data, file = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
    part = file.with_suffix(".part")
    if kind == "ecg":
        part.write_bytes(ecg(data).tobytes())
    elif kind == "eda":
        np.savetxt(part, eda(data), fmt="%.6f")
    else:
        raise SystemExit(f"{kind} is neither ecg nor eda")
    part.rename(file)


if __name__ == "__main__":
    main()
