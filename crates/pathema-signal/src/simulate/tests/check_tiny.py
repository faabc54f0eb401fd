"""Checks tiny.pkl with numpy: python check_tiny.py (Python 3; the pickle is as Python 2 writes it)."""

import pathlib
import pickle

import numpy as np

with open(pathlib.Path(__file__).with_name("tiny.pkl"), "rb") as file:
    session = pickle.load(file, encoding="latin1")

assert list(session) == ["signal", "label", "subject"]
assert session["subject"] == "S2"
chest, wrist = session["signal"]["chest"], session["signal"]["wrist"]
assert list(chest) == ["ACC", "Temp"] and list(wrist) == ["EDA"]


def check(array, dtype, values):
    assert array.dtype == np.dtype(dtype), array.dtype
    np.testing.assert_array_equal(array, values)


check(chest["ACC"], "<f8", [[0.5, -1.0, 2.0], [3.0, 4.0, 5.0]])
check(chest["Temp"], "<f4", [[33.5], [34.25]])
check(wrist["EDA"], "<f8", np.arange(300.0)[:, None])
check(session["label"], "<i4", [0, 2])
print("tiny.pkl is as expected")
