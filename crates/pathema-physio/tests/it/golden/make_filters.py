"""Reference numbers for pathema-physio's filters, made with SciPy, and with mpmath where SciPy loses digits.

Run in this folder: python make_filters.py  (made with SciPy 1.17.1, NumPy 2.4.6, mpmath 1.4.1). Writes filters.txt: one
array a line, its name and parameters first, then a colon and its numbers.
"""

import mpmath as mp
import numpy as np
from scipy import signal


def line(name, values, form="{:.17g}"):
    return name + ": " + " ".join(form.format(v) for v in values) + "\n"


def complex_line(name, values):
    return line(name, np.column_stack([values.real, values.imag]).ravel())


def precise_band_stop(order, low, high, rate, samples):
    """sosfiltfilt of a Butterworth band-stop with fifty digits. SciPy's, of order 18 and wide, is off by 3e-3."""
    mp.mp.dps = 50
    low, high = [2 * mp.tan(mp.pi * mp.mpf(edge) / rate) for edge in (low, high)]
    centre = mp.sqrt(low * high)
    angle = 2 * mp.atan(centre / 2)
    sections = []
    for k in range(order // 2):
        pole = mp.expjpi(mp.mpf(2 * k + order + 1) / (2 * order))
        half = (high - low) / 2 / pole
        root = mp.sqrt(half * half - centre * centre)
        for s in (half + root, half - root):
            z = (2 + s) / (2 - s)
            a1, a2 = -2 * z.real, abs(z) ** 2
            gain = (1 + a1 + a2) / (2 - 2 * mp.cos(angle))
            sections.append((gain, -2 * gain * mp.cos(angle), gain, a1, a2))

    def run(x):
        # A constant passes each section unchanged: its steady state follows from input and output alike.
        states = [[x[0] * (b1 - a1 + b2 - a2), x[0] * (b2 - a2)] for _, b1, b2, a1, a2 in sections]
        result = []
        for value in x:
            for (b0, b1, b2, a1, a2), state in zip(sections, states):
                y = b0 * value + state[0]
                state[0] = b1 * value - a1 * y + state[1]
                state[1] = b2 * value - a2 * y
                value = y
            result.append(value)
        return result

    padding = 3 * (2 * order + 1)
    x = [mp.mpf(str(value)) for value in samples]
    extended = [2 * x[0] - v for v in x[padding:0:-1]] + x + [2 * x[-1] - v for v in x[-2 : -padding - 2 : -1]]
    both = run(run(extended)[::-1])[::-1]
    return [float(value) for value in both[padding:-padding]]


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
    for order, low, high, rate in [(18, 0.4368, 13.6122, 32), (20, 4.5, 108, 250), (4, 0.5, 8, 32)]:
        name = f"zero-phase band-stop {order} {low} {high} {rate}"
        out.write(line(name, precise_band_stop(order, low, high, rate, walk)))
