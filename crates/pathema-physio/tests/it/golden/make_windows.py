"""Reference numbers for pathema-physio's statistics, acceleration, muscle tension, respiration and template correlation.

Run in this folder: python make_windows.py  (made with SciPy 1.17.1, NumPy 2.4.6, NeuroKit2 0.2.13). Writes windows.txt: one
array a line, its name first, then a colon and its numbers.
"""

import neurokit2 as nk
import numpy as np
from scipy import signal, stats


def line(name, values, form="{:.17g}"):
    return name + ": " + " ".join(form.format(v) for v in np.atleast_1d(values)) + "\n"


def statistics(out):
    rng = np.random.default_rng(5)
    x = np.round(30 + np.cumsum(rng.standard_normal(400)) * 0.1, 3)
    x[[0, 17, 18, 19, 200, 399]] = np.nan
    out.write(line("signal", x, "{:.3f}"))
    there = x[~np.isnan(x)]
    t = np.arange(400)[~np.isnan(x)] / 4.0
    out.write(line("mean", np.nanmean(x)))
    out.write(line("std", np.nanstd(x)))
    out.write(line("min", np.nanmin(x)))
    out.write(line("max", np.nanmax(x)))
    out.write(line("range", np.ptp(there)))
    out.write(line("rms", np.sqrt(np.mean(there**2))))
    out.write(line("slope", stats.linregress(t, there).slope))
    out.write(line("skewness", stats.skew(there)))
    out.write(line("kurtosis", stats.kurtosis(there, fisher=False)))
    percents = [0, 10, 25, 33.3, 50, 90, 99.5, 100]
    out.write(line("percents", percents))
    out.write(line("percentiles", np.percentile(there, percents)))


def acceleration(out):
    rng = np.random.default_rng(6)
    n, fs = 160, 32
    t = np.arange(n) / fs
    for name, f, level in [("x", 1.7, -40), ("y", 5.3, 12), ("z", 0.4, 50)]:
        a = np.round(level + 8 * np.sin(2 * np.pi * f * t) + rng.standard_normal(n))
        freq, power = signal.periodogram(a, fs, detrend="constant")
        out.write(line(f"acc {name}", a, "{:.0f}"))
        out.write(line(f"acc {name} features", [a.mean(), a.std(), np.abs(a).sum() / fs, freq[power.argmax()]]))


def muscle(out):
    rng = np.random.default_rng(7)
    n, fs = 2100, 700
    sos = signal.butter(2, [20, 200], "bandpass", fs=fs, output="sos")
    x = np.round(signal.sosfilt(sos, rng.standard_normal(n)), 4)
    freq, density = signal.welch(x, fs, nperseg=700)
    out.write(line("emg", x, "{:.4f}"))
    power = density * (freq[1] - freq[0])
    edges = [0, 50, 100, 150, 200, 250, 300, 351]
    bands = [power[(freq >= a) & (freq < b)].sum() for a, b in zip(edges, edges[1:])]
    values = [x.mean(), x.std(), np.ptp(x), np.abs(x).sum() / fs, np.median(x), np.percentile(x, 10), np.percentile(x, 90)]
    out.write(line("emg features", values + [np.sum(freq * power) / power.sum(), freq[density.argmax()]] + bands))


def respiration(out):
    """Four minutes of breath whose rate wanders, at 25 Hz, and how NeuroKit2 counts and times its peaks."""
    rng = np.random.default_rng(8)
    n, fs = 6000, 25
    t = np.arange(n) / fs
    rate = 0.25 + 0.04 * np.sin(2 * np.pi * t / 90)
    phase = np.cumsum(rate) / fs
    depth = 1 + 0.2 * np.sin(2 * np.pi * t / 40)
    x = -depth * np.cos(2 * np.pi * phase) + 0.1 * np.cumsum(rng.standard_normal(n)) / fs + 0.02 * rng.standard_normal(n)
    x = np.round(x, 3)
    cleaned = nk.rsp_clean(x, sampling_rate=fs, method="khodadad2018")
    _, info = nk.rsp_peaks(cleaned, sampling_rate=fs, method="khodadad2018")
    out.write(line("resp", x, "{:.3f}"))
    out.write(line("resp peaks", np.asarray(info["RSP_Peaks"]) / fs))
    out.write(line("resp troughs", np.asarray(info["RSP_Troughs"]) / fs))
    # The recipe of `breaths` in SciPy's words, with one amplitude for all: peaks of the band-passed wave.
    sos = signal.butter(2, [0.1, 0.35], "bandpass", fs=fs, output="sos")
    y = signal.sosfiltfilt(sos, x, padlen=20 * fs)
    peaks, _ = signal.find_peaks(y, prominence=0.5 * y.std(), distance=1.5 * fs)
    offset = 0.5 * (y[peaks - 1] - y[peaks + 1]) / (y[peaks - 1] - 2 * y[peaks] + y[peaks + 1])
    out.write(line("resp recipe", (peaks + offset) / fs))


def template(out):
    rng = np.random.default_rng(9)
    n, fs = 640, 64
    t = np.arange(n) / fs
    x = np.round(np.exp(-0.5 * ((t % 0.8 - 0.4) / 0.09) ** 2) + 0.2 * rng.standard_normal(n), 4)
    peaks = np.arange(0.4, 10, 0.8)
    half = int(0.5 * np.median(np.diff(peaks)) * fs)
    centres = np.round(peaks * fs).astype(int)
    beats = np.array([x[c - half : c + half + 1] for c in centres if c - half >= 0 and c + half < n])
    mean = beats.mean(axis=0)
    out.write(line("template signal", x, "{:.4f}"))
    out.write(line("template correlation", np.mean([np.corrcoef(b, mean)[0, 1] for b in beats])))


with open("windows.txt", "w") as out:
    statistics(out)
    acceleration(out)
    muscle(out)
    respiration(out)
    template(out)
