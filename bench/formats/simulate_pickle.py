"""Writes a subject in WESAD's own layout, chest and wrist, as Python 2 does at pickle protocol 0.

    python simulate_pickle.py SIM.pkl [SECONDS]

An hour and 41 minutes, the default, makes about a gigabyte, as the official files have it. The signals are random walks through
the 16 bits of the recorder, converted to units as the data set's readme says, so that their bytes are as repetitive as real
ones: what an escaped byte costs to read depends on that. Python 3 cannot write this encoding (it has no byte strings at
protocol 0), hence the writer below; a short subject is read back before the long one is written.
"""

import io
import pickle
import sys
from pathlib import Path

import numpy as np

CHEST = 700
DEFAULT_SECONDS = 6079

# How Python 2's repr shows each byte of a string in single quotes.
ESCAPES = [bytes([b]) if 0x20 <= b < 0x7F else b"\\x%02x" % b for b in range(256)]
for byte, shown in {"\\": b"\\\\", "'": b"\\'", "\t": b"\\t", "\n": b"\\n", "\r": b"\\r"}.items():
    ESCAPES[ord(byte)] = shown


PIECE = 1 << 20


def shown(data):
    """The argument of the opcode STRING in pieces: repr, which takes double quotes where only single ones are within."""
    double = b"'" in data and b'"' not in data
    quote = b'"' if double else b"'"
    yield quote
    for start in range(0, len(data), PIECE):
        piece = b"".join([ESCAPES[byte] for byte in data[start : start + PIECE]])
        yield piece.replace(b"\\'", b"'") if double else piece
    yield quote


class Writer:
    """The opcodes that Python 2's pickler takes for dicts, texts and arrays."""

    def __init__(self, file):
        self.file = file
        self.known = {}
        self.memos = 0

    def put(self, *parts):
        for part in parts:
            self.file.write(part)

    def memo(self, key=None):
        self.memos += 1
        self.put(b"p%d\n" % self.memos)
        if key is not None:
            self.known[key] = self.memos

    def once(self, key, write):
        """Writes something the first time, and refers to it afterwards."""
        if key in self.known:
            self.put(b"g%d\n" % self.known[key])
        else:
            write()
            self.memo(key)

    def text(self, text):
        self.once(("text", text), lambda: self.put(b"S", *shown(text.encode("ascii")), b"\n"))

    def name(self, module, name):
        self.once((module, name), lambda: self.put(b"c", module.encode(), b"\n", name.encode(), b"\n"))

    def dict(self, items):
        self.put(b"(d")
        self.memo()
        for key, value in items.items():
            self.text(key)
            if isinstance(value, dict):
                self.dict(value)
            elif isinstance(value, str):
                self.text(value)
            else:
                self.array(value)
            self.put(b"s")

    def dtype(self, kind):
        def write():
            self.name("numpy", "dtype")
            self.put(b"(")
            self.text(kind)
            self.put(b"I0\nI1\nt")
            self.memo()
            self.put(b"R")

        known = ("dtype", kind) in self.known
        self.once(("dtype", kind), write)
        if not known:
            self.put(b"(I3\n")
            self.text("<")
            self.put(b"NNNI-1\nI-1\nI0\nt")
            self.memo()
            self.put(b"b")

    def array(self, array):
        self.name("numpy.core.multiarray", "_reconstruct")
        self.put(b"(")
        self.name("numpy", "ndarray")
        self.put(b"(I0\nt")
        self.memo()
        self.text("b")
        self.put(b"t")
        self.memo()
        self.put(b"R")
        self.memo()
        self.put(b"(I1\n(", *(b"I%d\n" % length for length in array.shape), b"t")
        self.memo()
        self.dtype(array.dtype.str.lstrip("<"))
        self.put(b"I00\nS")
        for piece in shown(array.tobytes()):
            self.put(piece)
        self.put(b"\n")
        self.memo()
        self.put(b"t")
        self.memo()
        self.put(b"b")


def write(file, subject):
    writer = Writer(file)
    writer.dict(subject)
    writer.put(b".")


def subject(seconds, draw):
    """Signals of so many seconds."""

    def walk(rate, columns, low, high, step):
        steps = draw.integers(-step, step + 1, (seconds * rate, columns))
        span = high - low
        # Reflected at both ends, so that no walk leaves its range.
        free = np.cumsum(steps, axis=0) + span // 2
        return low + np.abs((free % (2 * span)) - span)

    def raw(columns, step):
        return walk(CHEST, columns, 0, (1 << 16) - 1, step)

    vcc, full = 3.0, float(1 << 16)
    volts = raw(1, 3) * vcc / (full - 1)
    resistance = np.log(1e4 * np.clip(volts, 0.5, 2.5) / (vcc - np.clip(volts, 0.5, 2.5)))
    kelvin = 1 / (1.12764514e-3 + 2.34282709e-4 * resistance + 8.77303013e-8 * resistance**3)
    chest = {
        "ACC": (raw(3, 40) - 28000) / 10000 * 2 - 1,
        "ECG": (raw(1, 400) / full - 0.5) * vcc,
        "EMG": (raw(1, 200) / full - 0.5) * vcc,
        "EDA": raw(1, 4) / full * vcc / 0.12,
        "Temp": (kelvin - 273.15).astype(np.float32),
        "Resp": (raw(1, 30) / full - 0.5) * 100,
    }
    wrist = {
        "ACC": walk(32, 3, -128, 127, 5).astype(np.float64),
        "BVP": walk(64, 1, -30000, 30000, 900) / 100,
        "EDA": walk(4, 1, 200, 9000, 20) * 0.00128,
        "TEMP": walk(4, 1, 2900, 3600, 1) / 100,
    }
    label = np.repeat(draw.integers(0, 8, seconds // 10 + 1), 10 * CHEST)[: seconds * CHEST]
    signal = {"chest": chest, "wrist": wrist}
    return {"signal": signal, "label": label.astype(np.int32), "subject": "S99"}


def same(one, other):
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    if isinstance(one, str):
        return one == other
    return one.dtype == other.dtype and one.shape == other.shape and np.array_equal(one, other)


def check():
    """Python reads what is written here, and finds what was meant."""
    small = subject(30, np.random.default_rng(1))
    file = io.BytesIO()
    write(file, small)
    if not same(small, pickle.loads(file.getvalue(), encoding="latin1")):
        sys.exit("Python reads another subject than was written: the file would be of no use")


def main():
    path = Path(sys.argv[1])
    seconds = int(sys.argv[2]) if len(sys.argv) > 2 else DEFAULT_SECONDS
    check()
    part = path.with_suffix(".part")
    with open(part, "wb") as file:
        write(file, subject(seconds, np.random.default_rng(20)))
    part.replace(path)


if __name__ == "__main__":
    main()
