"""Writes the EDF and BDF files beside this script with pyedflib, and what pyedflib reads in them: expected.json.

    python -m venv venv && venv/bin/pip install pyedflib==0.1.42 && venv/bin/python make_edf.py

With files as arguments it reads these instead and prints what it finds.
"""

import datetime
import json
import pathlib
import sys

import numpy as np
import pyedflib

HERE = pathlib.Path(__file__).parent
SIGNALS = [
    ("EEG Fpz-Cz", "uV", 100, -187.5, 187.5),
    ("Resp oro-nasal", "", 1, -2048, 2047),
    ("EDA", "uS", 4, 0, 100),
    ("Temp rectal", "degC", 1, 34, 40.5),
]


def described(path):
    """All that the reader says of a file."""
    with pyedflib.EdfReader(str(path)) as file:
        signals = []
        for index in range(file.signals_in_file):
            physical = file.readSignal(index)
            digital = file.readSignal(index, digital=True)
            signals.append({
                "label": file.getLabel(index),
                "unit": file.getPhysicalDimension(index),
                "rate": file.getSampleFrequency(index),
                "transducer": file.getTransducer(index),
                "prefilter": file.getPrefilter(index),
                "count": len(physical),
                "digital": [int(value) for value in digital[:20]],
                "digital_sum": int(digital.astype(np.int64).sum()),
                "physical": [float(value) for value in physical[:20]],
            })
        onsets, durations, texts = file.readAnnotations()
        start = file.getStartdatetime()
        return {
            "start": start.isoformat(),
            "code": file.getPatientCode(),
            "name": file.getPatientName(),
            "sex": file.getSex(),
            "birthdate": file.getBirthdate(string=False).isoformat() if file.getBirthdate() else "",
            "technician": file.getTechnician(),
            "equipment": file.getEquipment(),
            "signals": signals,
            "annotations": [
                [float(onset), float(duration), str(text)]
                for onset, duration, text in zip(onsets, durations, texts)
            ],
        }


def write(path, kind, bits):
    random = np.random.default_rng(7)
    low, high = -(2 ** (bits - 1)), 2 ** (bits - 1) - 1
    plus = kind in (pyedflib.FILETYPE_EDFPLUS, pyedflib.FILETYPE_BDFPLUS)
    file = pyedflib.EdfWriter(str(path), len(SIGNALS), file_type=kind)
    file.setStartdatetime(datetime.datetime(2002, 3, 2, 22, 59, 58))
    if plus:
        file.setPatientCode("MCH-0234567")
        file.setPatientName("Haagse_Harry")
        file.setSex(1)
        file.setBirthdate(datetime.date(1951, 5, 2))
        file.setTechnician("NN")
        file.setEquipment("Telemetry03")
    data = []
    for index, (label, unit, rate, least, largest) in enumerate(SIGNALS):
        file.setSignalHeader(index, {
            "label": label, "dimension": unit, "sample_frequency": rate,
            "physical_min": least, "physical_max": largest, "digital_min": low, "digital_max": high,
            "transducer": "AgAgCl electrode" if index == 0 else "", "prefilter": "HP:0.1Hz LP:75Hz" if index == 0 else "",
        })
        walk = np.cumsum(random.integers(-high // 9, high // 9, rate * 6))
        data.append(np.clip(walk, low, high).astype(np.int32))
    data[0][3], data[0][4] = low, high
    file.writeSamples(data, digital=True)
    for onset, duration, text in plus * [(0.5, -1, "Lights off"), (1.25, 2.5, "Schlafstörung ÄÖ"), (3, 0.1, "Sleep stage W")]:
        file.writeAnnotation(onset, duration, text)
    file.close()


if __name__ == "__main__":
    if len(sys.argv) > 1:
        json.dump({path: described(path) for path in sys.argv[1:]}, sys.stdout)
    else:
        kinds = {
            "plus.edf": (pyedflib.FILETYPE_EDFPLUS, 16),
            "plain.edf": (pyedflib.FILETYPE_EDF, 16),
            "plus.bdf": (pyedflib.FILETYPE_BDFPLUS, 24),
        }
        for name, (kind, bits) in kinds.items():
            write(HERE / name, kind, bits)
        # Ours, which the tests write where PATHEMA_WRITE_GOLDEN is set.
        names = [*kinds, "ours.edf", "ours.bdf"]
        expected = {name: described(HERE / name) for name in names}
        (HERE / "expected.json").write_text(json.dumps(expected, ensure_ascii=False, indent=1) + "\n")
