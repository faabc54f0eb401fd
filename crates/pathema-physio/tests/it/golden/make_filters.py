"""Reference numbers for pathema-physio's filters, made with SciPy.

Run in this folder: python make_filters.py  (made with SciPy 1.17.1, NumPy 2.4.6). Writes filters.txt: one array a line,
its name and parameters first, then a colon and its numbers.
"""

import numpy as np
from scipy import signal


def line(name, values, form="{:.17g}"):
    return name + ": " + " ".join(form.format(v) for v in values) + "\n"


def complex_line(name, values):
    return line(name, np.column_stack([values.real, values.imag]).ravel())


rng = np.random.default_rng(20250712)
walk = np.round(3 + np.cumsum(rng.standard_normal(130)), 3)
kinds = {"low-pass": "lowpass", "high-pass": "highpass", "band-pass": "bandpass", "band-stop": "bandstop"}
windows = {"rectangular": "boxcar", "hann": "hann", "hamming": "hamming", "blackman": "blackman", "kaiser": ("kaiser", 8.5)}
angles = np.array([0.013, 0.08, 0.21, 0.33, 0.49])

with open("filters.txt", "w") as out:
    out.write(line("walk", walk, "{:.3f}"))
    out.write(line("angles", angles, "{:.3f}"))
    for kind, btype in kinds.items():
        for order in [1, 2, 3, 4, 5, 8, 13, 20]:
            rate = rng.choice([4, 32, 64, 250, 700])
            # High orders of narrow bands lose digits in SciPy's design as in any.
            lowest = 0.004 if order < 6 else 0.05
            low = round(rate * rng.uniform(lowest, 0.2), 5)
            high = round(rate * rng.uniform(0.27, 0.46), 5)
            edges = [low, high] if "band" in kind else rng.choice([low, high])
            sos = signal.butter(order, edges, btype, fs=rate, output="sos")
            name = f"{kind} {order} {np.atleast_1d(edges)[0]} {np.atleast_1d(edges)[-1]} {rate}"
            out.write(line("zero-phase " + name, signal.sosfiltfilt(sos, walk)))
            if order in [1, 4, 5, 20]:
                out.write(line("padded " + name, signal.sosfiltfilt(sos, walk, padlen=60)))
                out.write(line("causal " + name, signal.sosfilt(sos, walk)))
                state = signal.sosfilt_zi(sos) * walk[0]
                out.write(line("steady " + name, signal.sosfilt(sos, walk, zi=state)[0]))
            out.write(complex_line("response " + name, signal.sosfreqz(sos, 2 * np.pi * angles)[1]))
    for kind, design in [("notch", signal.iirnotch), ("peak", signal.iirpeak)]:
        for frequency, quality, rate in [(50, 30, 700), (50, 2, 128), (1.2, 5, 4), (0.3, 1, 64)]:
            sos = signal.tf2sos(*design(frequency, quality, fs=rate))
            name = f"{kind} 0 {frequency} {quality} {rate}"
            out.write(line("zero-phase " + name, signal.sosfiltfilt(sos, walk)))
            out.write(complex_line("response " + name, signal.sosfreqz(sos, 2 * np.pi * angles)[1]))
    for taps, low, high, rate in [(1, 10, 12, 64), (5, 1, 1.7, 4), (31, 0.5, 40, 250), (40, 5, 15, 360)]:
        for kind in kinds:
            if taps % 2 == 0 and kind in ["high-pass", "band-stop"]:
                continue
            for window, scipy_window in windows.items():
                taken = [low, high] if "band" in kind else low
                h = signal.firwin(taps, taken, window=scipy_window, fs=rate, pass_zero=kinds[kind])
                name = f"{kind} {taps} {low} {high} {rate} {window}"
                out.write(line("taps " + name, h))
                if window == "kaiser" and taps > 1:
                    out.write(line("fir-causal " + name, signal.lfilter(h, 1, walk)))
                    state = signal.lfilter_zi(h, 1) * walk[0]
                    out.write(line("fir-steady " + name, signal.lfilter(h, 1, walk, zi=state)[0]))
                    out.write(line("fir-zero-phase " + name, signal.filtfilt(h, 1, walk)))
                    out.write(complex_line("fir-response " + name, signal.freqz(h, 1, 2 * np.pi * angles)[1]))
    skewed = np.round(rng.standard_normal(9), 3)
    out.write(line("skewed", skewed, "{:.3f}"))
    out.write(line("group-delay", signal.group_delay((skewed, 1), 2 * np.pi * angles)[1]))
    for attenuation, width, rate in [(10, 1, 64), (30, 2, 64), (60, 0.4, 250), (120, 100, 700)]:
        taps, beta = signal.kaiserord(attenuation, width / (rate / 2))
        out.write(line(f"kaiser-order {attenuation} {width} {rate}", [taps, beta]))
