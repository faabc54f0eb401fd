"""Writes the pickles beside this script, and expected.txt: what their arrays hold, as numpy says.

A quarter of a second of made-up signals in the layout of WESAD's SX.pkl. Run with Python 3.11 and numpy 2.4:

    python make_pickles.py
"""

import io
import pickle
from pathlib import Path

import numpy as np

HERE = Path(__file__).parent
SECONDS = 0.25
CHEST = {"ACC": 3, "ECG": 1, "EMG": 1, "EDA": 1, "Temp": 1, "Resp": 1}
WRIST = {"ACC": (3, 32), "BVP": (1, 64), "EDA": (1, 4), "TEMP": (1, 4)}

# Seeded, so that the same files come out; thirds, so that every byte of a float64 is used.
RANDOM = np.random.default_rng(6)


def signal(rate, axes, kind="f8"):
    samples = int(rate * SECONDS)
    return (RANDOM.integers(-3000, 3000, (samples, axes)) / 3).astype(kind)


def recording():
    chest = {key: signal(700, axes, "f4" if key == "Temp" else "f8") for key, axes in CHEST.items()}
    wrist = {key: signal(rate, axes) for key, (axes, rate) in WRIST.items()}
    label = np.repeat(np.array([0, 1, 0, 2], "i4"), [30, 75, 20, 50])
    return {"signal": {"chest": chest, "wrist": wrist}, "label": label, "subject": "S2"}


class Python2(pickle._Pickler):
    """Writes strings and arrays' bytes as Python 2 and numpy 1 did, with Python 3 at hand only."""

    dispatch = dict(pickle._Pickler.dispatch)

    def save_string(self, text):
        data = text.encode("latin1") if isinstance(text, str) else text
        if not self.bin:
            # Python 2's repr of a str is Python 3's of the bytes without the b.
            self.write(b"S" + repr(data)[1:].encode("ascii") + b"\n")
        elif len(data) < 256:
            self.write(b"U" + bytes([len(data)]) + data)
        else:
            self.write(b"T" + len(data).to_bytes(4, "little") + data)
        self.memoize(text)

    dispatch[str] = dispatch[bytes] = save_string


def python2(data, path, protocol):
    out = io.BytesIO()
    Python2(out, protocol).dump(data)
    # numpy 2 renamed numpy.core; a name of another length is safe to change where lengths are not written.
    written = out.getvalue().replace(b"cnumpy._core.", b"cnumpy.core.")
    check = pickle.loads(written, encoding="latin1")
    np.testing.assert_array_equal(check["label"], data["label"])
    path.write_bytes(written)


def expect(data):
    lines = []
    for place, arrays in data["signal"].items():
        for key, values in arrays.items():
            written = " ".join(repr(float(value)) for value in values.ravel())
            lines.append(f"{place}.{key} {written}")
    runs = []
    for code in data["label"].tolist():
        if runs and runs[-1][0] == code:
            runs[-1][1] += 1
        else:
            runs.append([code, 1])
    lines.append("label " + " ".join(f"{code}:{samples}" for code, samples in runs))
    return "\n".join(lines) + "\n"


def main():
    data = recording()
    chest, wrist = data["signal"]["chest"], data["signal"]["wrist"]
    (HERE / "expected.txt").write_text(expect(data))
    for protocol in range(6):
        (HERE / f"both_{protocol}.pkl").write_bytes(pickle.dumps(data, protocol))
    for protocol in (0, 2):
        python2(data, HERE / f"python2_{protocol}.pkl", protocol)
    # What Python 3 makes of Python 2's pickle, saved again: every text is unicode.
    old = pickle.loads((HERE / "python2_2.pkl").read_bytes(), encoding="latin1")
    (HERE / "resaved_2.pkl").write_bytes(pickle.dumps(old, 2))
    # Read with encoding="bytes", as tutorials say, and saved again: every key is bytes.
    old = pickle.loads((HERE / "python2_2.pkl").read_bytes(), encoding="bytes")
    (HERE / "resaved_bytes_2.pkl").write_bytes(pickle.dumps(old, 2))
    (HERE / "resaved_bytes_4.pkl").write_bytes(pickle.dumps(old, 4))
    (HERE / "wrist_2.pkl").write_bytes(pickle.dumps({**data, "signal": {"wrist": wrist}}, 2))
    (HERE / "chest_5.pkl").write_bytes(pickle.dumps({**data, "signal": {"chest": chest}}, 5))
    # Other byte orders, Fortran's order, one-dimensional channels, and arrays that are views.
    odd_chest = {key: np.asfortranarray(values).astype(">f8") for key, values in chest.items()}
    odd_chest["Temp"] = chest["Temp"].astype(">f4")
    odd_wrist = {key: values[:, 0] if values.shape[1] == 1 else values for key, values in wrist.items()}
    wide = np.zeros((len(wrist["ACC"]), 6))
    wide[:, ::2] = wrist["ACC"]
    odd_wrist["ACC"] = wide[:, ::2]
    odd = {**data, "signal": {"chest": odd_chest, "wrist": odd_wrist}, "label": data["label"].astype(">i2")}
    for protocol in (3, 5):
        (HERE / f"orders_{protocol}.pkl").write_bytes(pickle.dumps(odd, protocol))
    # Two keys that hold the very same array: the second is a reference to the first.
    same = {**wrist, "TEMP": wrist["EDA"]}
    shared = {**data, "signal": {"wrist": same}}
    (HERE / "shared_2.pkl").write_bytes(pickle.dumps(shared, 2))
    # Objects of a small pickle of everything that the machine knows, for the tests of the machine alone.
    small = {
        "ints": [0, 1, -1, 255, 256, 65535, 65536, -(2**31), 2**31, 2**62, -(2**63)],
        "floats": [0.5, -1e300, float("inf")],
        "texts": ["", "µS", "a\\b\n\u20ac\U0001f600"],
        "bytes": [b"", b"\x00\xff", bytearray(b"ab")],
        "others": (None, True, False, (), (1,), (1, 2), (1, 2, 3), (1, 2, 3, 4)),
        "scalars": [np.float32(0.5), np.int16(-2), np.uint64(7), np.float64(-0.25)],
        "empty": np.zeros((0, 3)),
    }
    small["self"] = small
    for protocol in range(6):
        (HERE / f"small_{protocol}.pkl").write_bytes(pickle.dumps(small, protocol))
    for path in sorted(HERE.glob("*.pkl")):
        assert path.stat().st_size < 40_000, path
        print(path.name, path.stat().st_size)


if __name__ == "__main__":
    main()
