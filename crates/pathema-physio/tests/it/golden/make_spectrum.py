"""Reference numbers for pathema-physio's spectra, made with SciPy and statsmodels.

Run in this folder: python make_spectrum.py  (made with SciPy 1.17.1, NumPy 2.4.6, statsmodels 0.15.0). Writes
spectrum.txt: one array a line, its name and parameters first, then a colon and its numbers.
"""

import numpy as np
from scipy import signal
from statsmodels.regression.linear_model import burg, yule_walker
from statsmodels.tsa.stattools import pacf_burg


def line(name, values, form="{:.17g}"):
    return name + ": " + " ".join(form.format(v) for v in values) + "\n"


rng = np.random.default_rng(20250711)
walk = np.round(3 + np.cumsum(rng.standard_normal(301)), 3)
times = np.round(np.cumsum(rng.uniform(0.5, 1.1, 90)), 3)
values = np.round(0.8 + 0.05 * np.sin(2 * np.pi * 0.25 * times) + 0.02 * rng.standard_normal(90), 4)
windows = {
    "rectangular": "boxcar",
    "hann": "hann",
    "hamming": "hamming",
    "blackman": "blackman",
    "kaiser": ("kaiser", 8.5),
}
with open("spectrum.txt", "w") as out:
    out.write(line("walk", walk, "{:.3f}"))
    # window, detrending, segment, overlap, transform, rate
    for window, detrend, segment, overlap, transform, rate in [
        ("hann", "constant", 64, 32, 64, 4),
        ("hann", "linear", 100, 25, 128, 64),
        ("hamming", "none", 33, 30, 33, 700),
        ("blackman", "constant", 45, 0, 50, 0.5),
        ("kaiser", "linear", 301, 7, 301, 1000),
        ("rectangular", "constant", 2, 1, 5, 1),
    ]:
        _, density = signal.welch(
            walk, rate, windows[window], segment, overlap, transform,
            detrend=False if detrend == "none" else detrend,
        )
        out.write(line(f"welch {window} {detrend} {segment} {overlap} {transform} {rate}", density))
    for window, detrend, length, rate in [
        ("rectangular", "constant", 301, 64),
        ("hann", "linear", 256, 700),
        ("blackman", "none", 75, 4),
        ("kaiser", "constant", 1, 2),
    ]:
        _, density = signal.periodogram(
            walk[:length], rate, windows[window], detrend=False if detrend == "none" else detrend
        )
        out.write(line(f"periodogram {window} {detrend} {length} {rate}", density))
    out.write(line("times", times, "{:.3f}"))
    out.write(line("values", values, "{:.4f}"))
    even = np.linspace(0.002, 0.6, 300)
    uneven = np.array([0.003, 0.04, 0.1, 0.15, 0.25, 0.4, 1.0, 2.5])
    centred = values - values.mean()
    for name, frequencies in [("even", even), ("uneven", uneven)]:
        out.write(line(f"frequencies {name}", frequencies))
        for floating in [False, True]:
            for normalize, scaled in [(False, "power"), (True, "explained")]:
                density = signal.lombscargle(
                    times, centred, 2 * np.pi * frequencies, normalize=normalize, floating_mean=floating
                )
                out.write(line(f"lomb {name} {scaled} {floating}", density))
    for order in [1, 2, 5, 16]:
        rho, _ = burg(walk, order, demean=True)
        # Not statsmodels' variance, whose divisors shrink with the order: each reflection takes its part.
        reflections, _ = pacf_burg(walk, nlags=order, demean=True)
        sigma2 = walk.var() * np.prod(1 - reflections[1:] ** 2)
        out.write(line(f"burg {order}", [sigma2, *rho]))
        rho, sigma = yule_walker(walk, order, method="mle", demean=True, result_object=False)
        out.write(line(f"yule-walker {order}", [sigma**2, *rho]))
