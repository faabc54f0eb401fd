"""Reference numbers for pathema-physio's heart rate variability, made with NeuroKit2 and SciPy.

Run in this folder: python make_hrv.py  (made with NeuroKit2 0.2.13, SciPy 1.17.1, NumPy 2.4.6). Writes hrv.txt: a name, a
colon and numbers a line. Intervals are in ms; times in s; powers in ms². What is compared how: see hrv_golden.rs.
"""

import warnings

import neurokit2 as nk
import numpy as np
from scipy import signal
from scipy.integrate import trapezoid
from scipy.interpolate import CubicSpline

warnings.filterwarnings("ignore")
BANDS = {"LF": (0.04, 0.15), "HF": (0.15, 0.4), "UHF": (0.4, 1.0)}


def line(name, values, form="{:.15g}"):
    return name + ": " + " ".join(form.format(v) for v in np.atleast_1d(values)) + "\n"


def series(seconds, seed, noise=0.012, walk=0.002):
    """Beats of a heart that breathes: 0.25 Hz, slow waves of 0.1 Hz, a wandering mean, noise. In s, in whole µs."""
    rng = np.random.default_rng(seed)
    times, mean = [0.0], 0.82
    while times[-1] < seconds:
        t = times[-1]
        mean += walk * rng.standard_normal() - 0.01 * (mean - 0.82)
        wave = 0.035 * np.sin(2 * np.pi * 0.25 * t) + 0.025 * np.sin(2 * np.pi * 0.1 * t)
        times.append(round(t + mean + wave + noise * rng.standard_normal(), 6))
    return np.array(times)


def measures(out, name, times):
    rri = np.diff(times) * 1000
    out.write(line(f"{name} times", times, "{:.6f}"))
    peaks = {"RRI": rri, "RRI_Time": times[1:]}
    for table in (nk.hrv_time(peaks), nk.hrv_nonlinear(peaks)):
        for key in table:
            wanted = "MeanNN SDNN RMSSD SDSD CVNN CVSD MedianNN MadNN IQRNN pNN50 pNN20 MinNN MaxNN HTI TINN SDANN5 SDNNI5".split()
            wanted += "SD1 SD2 SD1SD2 S CSI CVI CSI_Modified SampEn ApEn".split()
            if key[4:] in wanted and np.isfinite(table[key][0]):
                out.write(line(f"{name} {key[4:]}", table[key][0]))
    out.write(line(f"{name} DFA 4 16", nk.fractal_dfa(rri, scale=np.arange(4, 17), overlap=False)[0]))
    out.write(line(f"{name} DFA 16 64", nk.fractal_dfa(rri, scale=np.arange(16, 65), overlap=False)[0]))
    out.write(line(f"{name} HFD", nk.fractal_higuchi(rri, k_max=10)[0]))


def spectra(out, name, times):
    rri = np.diff(times) * 1000
    t = times[1:]
    # A minute of beats as a window of 60 s asks for: steps of a quarter of 1/60 Hz or less, trapezoids.
    for key, (low, high) in BANDS.items():
        steps = int(np.ceil((high - low) * 240))
        f = np.linspace(low, high, steps + 1)
        inside = (times[:-1] >= 60) & (t < 120)
        x = rri[inside]
        p = signal.lombscargle(t[inside], x - x.mean(), 2 * np.pi * f)
        out.write(line(f"{name} lomb {key}", trapezoid(2 * x.mean() / 1000 * p, f)))
    # The natural spline at 4 Hz, Hann segments of 2 min that overlap by half; trapezoids between interpolated edges.
    even = t[0] + np.arange(int((t[-1] - t[0]) * 4) + 1) / 4
    x = CubicSpline(t, rri, bc_type="natural")(even)
    f, p = signal.welch(x, 4, nperseg=480)
    for key, (low, high) in BANDS.items():
        inner = f[(f > low) & (f < high)]
        grid = np.concatenate([[low], inner, [high]])
        out.write(line(f"{name} welch {key}", trapezoid(np.interp(grid, f, p), grid)))
    peaks = {"RRI": rri, "RRI_Time": t}
    for method in ("lomb", "welch"):
        table = nk.hrv_frequency(peaks, psd_method=method, normalize=False, interpolation_rate=4)
        for key in ("LF", "HF", "VHF", "LFHF"):
            out.write(line(f"{name} neurokit {method} {key}", table["HRV_" + key][0]))


def artefacts(out):
    """Beats with artefacts, and what NeuroKit2 finds: indices of beats."""
    times = series(400, 5, noise=0.008)
    for beat, kind in [(60, "missed"), (130, "extra"), (200, "ectopic"), (270, "late"), (340, "missed"), (400, "extra"), (440, "ectopic")]:
        if kind == "missed":
            times[beat] = np.nan
        elif kind == "ectopic":
            times[beat] -= 0.3
        elif kind == "late":
            times[beat] += 0.25
        else:
            # Between this beat and the next.
            times = np.sort(np.append(times, times[beat] + 0.4 * (times[beat + 1] - times[beat])))
    times = times[~np.isnan(times)]
    # NeuroKit2 counts samples: at 1 MHz they are whole µs.
    peaks = np.round(times * 1e6).astype(int)
    found, clean = nk.signal_fixpeaks(peaks, sampling_rate=1_000_000, method="Kubios", iterative=False)
    out.write(line("artefacts times", times, "{:.6f}"))
    for kind in ("ectopic", "missed", "extra", "longshort"):
        out.write(line(f"artefacts {kind}", np.array(found[kind], dtype=float)) if len(found[kind]) else f"artefacts {kind}:\n")
    out.write(line("artefacts rmssd", np.sqrt(np.mean(np.diff(np.diff(clean) / 1000.0) ** 2))))


with open("hrv.txt", "w") as out:
    for name, seconds, seed in [("short", 330, 1), ("long", 1530, 2)]:
        times = series(seconds, seed)
        measures(out, name, times)
        spectra(out, name, times)
    artefacts(out)
