"""Reference numbers for pathema-physio's filter and pulse detector, made with SciPy.

Run in this folder: python make.py  (made with SciPy 1.17.1, NumPy 2.4.6). Writes filter.txt and pulse.txt: one array a
line, its name and parameters first, then a colon and its numbers.
"""

import numpy as np
from scipy import signal


def line(name, values, form="{:.17g}"):
    return name + ": " + " ".join(form.format(v) for v in values) + "\n"


def filters():
    rng = np.random.default_rng(20240613)
    # A random walk with an offset: what band-pass filters meet at the ends of a stretch, at its worst.
    x = np.round(3 + np.cumsum(rng.standard_normal(240)), 3)
    with open("filter.txt", "w") as out:
        out.write(line("input", x, "{:.3f}"))
        # order, low, high, rate
        for order, low, high, rate in [
            (1, 0.5, 8, 25),
            (2, 5, 15, 100),
            (2, 5, 15, 360),
            (2, 5, 15, 700),
            (3, 0.6, 4, 64),
            (4, 0.5, 40, 250),
            (5, 1, 30, 128),
        ]:
            sos = signal.butter(order, [low, high], "bandpass", fs=rate, output="sos")
            y = signal.sosfiltfilt(sos, x)
            out.write(line(f"{order} {low} {high} {rate}", y))


def pulse():
    """40 s of a synthetic pulse, and its beats by the recipe in SciPy's words."""
    rng = np.random.default_rng(7)
    fs, n = 64, 64 * 40
    t = np.arange(n) / fs
    phase = np.cumsum(1.15 + 0.15 * np.sin(2 * np.pi * 0.1 * t)) / fs
    x = 30 * np.sin(2 * np.pi * phase) + 9 * np.sin(4 * np.pi * phase - 1)
    x = x * (1 + 0.4 * np.sin(2 * np.pi * 0.05 * t)) + 15 * np.sin(2 * np.pi * 0.2 * t)
    x = x + 4 * rng.standard_normal(n)
    # A burst of movement.
    x[1200:1300] += 150 * np.sin(2 * np.pi * 0.9 * t[:100])
    x = np.round(x, 2)

    y = signal.sosfiltfilt(signal.butter(3, [0.6, 4.0], "bandpass", fs=fs, output="sos"), x)
    envelope = np.sqrt(np.convolve(y * y, np.ones(257) / 257, mode="same"))
    z = y / envelope
    peaks, _ = signal.find_peaks(z, distance=round(0.33 * fs), prominence=0.6)
    # Back to the maximum of the wave itself.
    tops = signal.argrelmax(y)[0]
    peaks = np.array([tops[np.argmin(np.abs(tops - p))] for p in peaks])
    a, b, c = y[peaks - 1], y[peaks], y[peaks + 1]
    times = (peaks + 0.5 * (a - c) / (a - 2 * b + c)) / fs
    # The ends depend on how far a signal is extended before filtering.
    times = times[(times > 5) & (times < 35)]
    with open("pulse.txt", "w") as out:
        out.write(line("bvp", x, "{:.2f}"))
        out.write(line("times", times))


filters()
pulse()
