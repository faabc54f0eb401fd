"""Writes small synthetic WFDB records with Python's wfdb (4.3.1) into wfdb/, and what that package reads of them.

    python make_wfdb.py

Nothing here was recorded: values are made of a generator of numbers. `expected.txt` has a line for each signal: record,
name, samples a frame, unit, baseline, gain, and the stored values (`nan` for none); and one for each annotation file.

Records whose names begin with `ours_` were written by pathema-signal (the test `what_is_written_is_what_python_reads` says
how); here they are only read.
"""

import os

import numpy as np
import wfdb

FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "wfdb")
LOWEST = {"80": -128, "212": -2048, "16": -32768, "24": -8388608}


def numbers(count, low, high, seed):
    """Whole numbers from low to high, both among them; a linear congruential generator, so that no numpy changes them."""
    out, state = [low, high, -1, 0], seed
    while len(out) < count:
        state = (state * 1103515245 + 12345) % (1 << 31)
        out.append(low + state % (high - low + 1))
    return np.array(out[:count])


def write(name, fmt, frames, per_frame, rate, **more):
    low, high = LOWEST[fmt], -LOWEST[fmt] - 1
    signals = [numbers(frames * count, low, high, seed) for seed, count in enumerate(per_frame, 1)]
    count = len(signals)
    record = wfdb.Record(
        record_name=name, n_sig=count, fs=rate, sig_len=frames, file_name=[f"{name}.dat"] * count, fmt=[fmt] * count,
        samps_per_frame=per_frame, adc_gain=[200.0 + index for index in range(count)],
        baseline=[index * 10 - 5 for index in range(count)], units=["mV", "uV", "mmHg"][:count],
        sig_name=[f"signal {fmt} {index}" for index in range(count)], init_value=[int(signal[0]) for signal in signals],
        checksum=[int(signal.sum()) % 65536 for signal in signals], adc_res=[0] * count, adc_zero=[0] * count,
        block_size=[0] * count, e_d_signal=signals, **more)
    record.wrheader(write_dir=FOLDER)
    record.wr_dat_files(expanded=True, write_dir=FOLDER)


def put(name, text):
    with open(os.path.join(FOLDER, name), "w", newline="") as file:
        file.write(text)


def make():
    os.makedirs(FOLDER, exist_ok=True)
    for fmt in LOWEST:
        # An odd number of samples in all, so that format 212 ends in half a pair.
        write(f"one_{fmt}", fmt, 35, [1], 250)
        write(f"three_{fmt}", fmt, 31, [1, 1, 1], 128.5)
        write(f"rates_{fmt}", fmt, 17, [4, 1, 2], 16, comments=["<age>: 69  <sex>: M"])
    # One signal is stored 5 frames late; 3 bytes stand before both. (The package fails on two skews above 0.)
    values = numbers(2 * 40, -2048, 2047, 9)
    with open(os.path.join(FOLDER, "skewed.dat"), "wb") as file:
        file.write(b"abc" + values.astype("<i2").tobytes())
    put("skewed.hea", "skewed 2 100/50(-3.5) 40 10:20:30.5 17/11/2024\n"
        "skewed.dat 16+3 100(0)/mV 12 0 -2048 0 0 A\nskewed.dat 16:5+3 100(0)/mV 12 0 2047 0 0 B\n")
    # Segments: A alone, a gap, B and A.
    put("many.hea", "many/4 2 100 60\nmany_layout 0\nmany_1 20\n~ 15\nmany_2 25\n")
    put("many_layout.hea", "many_layout 2 100 0\n~ 0 100(0)/mV 0 0 0 0 0 A\n~ 0 50(1)/NU 0 0 0 0 0 B\n")
    put("many_1.hea", "many_1 1 100 20\nmany_1.dat 16 100(0)/mV 0 0 0 0 0 A\n")
    put("many_2.hea", "many_2 2 100 25\nmany_2.dat 16 50(1)/NU 0 0 0 0 0 B\nmany_2.dat 16 100(0)/mV 0 0 0 0 0 A\n")
    numbers(20, -500, 500, 3).astype("<i2").tofile(os.path.join(FOLDER, "many_1.dat"))
    numbers(50, -500, 500, 4).astype("<i2").tofile(os.path.join(FOLDER, "many_2.dat"))
    # Each kind of field, times that need a skip, and the time resolution. (The package writes no negative numbers.)
    wfdb.wrann(
        "marks", "atr", np.array([3, 5, 5, 1028, 2052, 3_000_000_000, 3_000_000_001]),
        symbol=['"', "N", "V", "+", "~", "/", "r"], subtype=np.array([0, 0, 1, 0, 2, 0, 127]),
        chan=np.array([0, 0, 1, 1, 255, 0, 0]), num=np.array([0, 0, 0, 127, 5, 5, 0]),
        aux_note=["hello", "", "", "(AFIB", "", "ab", "x" * 255], fs=1000, write_dir=FOLDER)
    wfdb.wrann("plain", "qrs", np.array([10, 1034, 2057]), symbol=["N", "N", "Q"], write_dir=FOLDER)


def read(folder, names):
    lines = []
    for name in names:
        path = os.path.join(folder, name)
        record = wfdb.rdrecord(path, physical=False, smooth_frames=False)
        for index in range(record.n_sig):
            values = record.e_d_signal[index] if record.e_d_signal is not None else record.d_signal[:, index]
            stored = ["nan" if v == LOWEST[record.fmt[index]] else str(v) for v in values]
            sig_name = record.sig_name[index].replace(" ", "_")
            start = [name, sig_name, record.samps_per_frame[index], record.units[index], record.baseline[index],
                     float(record.adc_gain[index]), float(record.fs)]
            lines.append(" ".join(map(str, start + stored)))
    return lines


def read_marks(path, annotator):
    marks = wfdb.rdann(path, annotator)
    rows = zip(marks.sample, marks.symbol, marks.subtype, marks.chan, marks.num, marks.aux_note)
    line = [":".join(map(str, [s, y, t, c, n, a.replace(" ", "_")])) for s, y, t, c, n, a in rows]
    return " ".join([os.path.basename(path) + "." + annotator, str(marks.fs)] + line)


if __name__ == "__main__":
    make()
    records = sorted(n[:-4] for n in os.listdir(FOLDER) if n.endswith(".hea"))
    records = [n for n in records if not n.startswith("many_") and not "_layout" in n and not n.startswith("ours_gaps_")]
    lines = read(FOLDER, records)
    for name in sorted(os.listdir(FOLDER)):
        stem, annotator = name.rsplit(".", 1)
        if annotator in ("atr", "qrs"):
            lines.append(read_marks(os.path.join(FOLDER, stem), annotator))
    with open(os.path.join(FOLDER, "expected.txt"), "w") as file:
        file.write("\n".join(lines) + "\n")
