"""Systolic peaks by two moving averages (Elgendi et al. 2013), found by NeuroKit2.

Run in this folder: python make_pulse_elgendi.py  (made with NeuroKit2 0.2.13, SciPy 1.17.1, NumPy 2.4.6). Writes
pulse_elgendi.txt: for each signal a line with its rate and samples, and one with the times of its peaks in seconds.
"""

import neurokit2
import numpy as np
from scipy import signal


def pulse(fs, seconds, rng):
    """A pulse with sinus arrhythmia, a reflected wave, breathing, drift and noise."""
    t = np.arange(fs * seconds) / fs
    phase = np.cumsum(1.2 + 0.15 * np.sin(2 * np.pi * 0.1 * t)) / fs
    x = 30 * np.sin(2 * np.pi * phase) + 11 * np.sin(4 * np.pi * phase - 1) + 3 * np.sin(6 * np.pi * phase - 2)
    x = x * (1 + 0.3 * np.sin(2 * np.pi * 0.05 * t)) + 15 * np.sin(2 * np.pi * 0.2 * t)
    return np.round(x + 0.5 * rng.standard_normal(t.size), 2)


rng = np.random.default_rng(2013)
with open("pulse_elgendi.txt", "w") as out:
    for fs in [64, 100]:
        x = pulse(fs, 40, rng)
        y = signal.sosfiltfilt(signal.butter(2, [0.5, 8], "bandpass", fs=fs, output="sos"), x)
        peaks = neurokit2.ppg_findpeaks(y, sampling_rate=fs, method="elgendi")["PPG_Peaks"]
        out.write(f"{fs}: " + " ".join(f"{v:.2f}" for v in x) + "\n")
        out.write("times: " + " ".join(f"{p / fs:.6g}" for p in peaks) + "\n")
