"""Reference numbers for pathema-physio's resampling and detrending, made with SciPy and mpmath.

Run in this folder: python make_resample.py  (made with SciPy 1.17.1, NumPy 2.4.6, mpmath 1.4.1). Writes resample.txt: one
array a line, its name and parameters first, then a colon and its numbers.
"""

import mpmath
import numpy as np
from scipy import interpolate, signal


def line(name, values, form="{:.17g}"):
    return name + ": " + " ".join(form.format(v) for v in values) + "\n"


rng = np.random.default_rng(20250713)
walk = np.round(3 + np.cumsum(rng.standard_normal(130)), 3)
times = np.round(np.cumsum(rng.uniform(0.4, 1.3, 40)), 3)
values = np.round(0.8 + 0.1 * rng.standard_normal(40), 3)
windows = {"rectangular": "boxcar", "hann": "hann", "hamming": "hamming", "kaiser": ("kaiser", 5.0)}
paddings = {"zero": "constant", "line": "line"}

with open("resample.txt", "w") as out:
    out.write(line("walk", walk, "{:.3f}"))
    for up, down, window in [
        (3, 2, "kaiser"), (1, 4, "kaiser"), (5, 7, "kaiser"), (1, 16, "kaiser"), (4, 1, "kaiser"), (6, 4, "hann"),
        (16, 175, "kaiser"), (2, 3, "rectangular"), (32, 35, "hamming"), (7, 7, "kaiser"), (1, 200, "kaiser"),
    ]:
        for padding, padtype in paddings.items():
            y = signal.resample_poly(walk, up, down, window=windows[window], padtype=padtype)
            out.write(line(f"resample {up} {down} {window} {padding}", y))
    for factor in [2, 5, 10, 25]:
        out.write(line(f"decimate {factor}", signal.decimate(walk, factor, ftype="fir")))
    out.write(line("times", times, "{:.3f}"))
    out.write(line("values", values, "{:.3f}"))
    for count in [2, 3, 4, 5, 40]:
        grid = np.linspace(times[0], times[count - 1], 3 * count)
        out.write(line(f"grid {count}", grid))
        out.write(line(f"linear {count}", np.interp(grid, times[:count], values[:count])))
        for kind in ["natural", "not-a-knot"]:
            spline = interpolate.CubicSpline(times[:count], values[:count], bc_type=kind)
            out.write(line(f"{kind} {count}", spline(grid)))
    out.write(line("detrend constant", signal.detrend(walk, type="constant")))
    out.write(line("detrend linear", signal.detrend(walk)))
    out.write(line("detrend linear 40 41 90", signal.detrend(walk, bp=[40, 41, 90])))
    # With forty digits, so that only ours can be wrong.
    mpmath.mp.dps = 40
    for count, weight in [(3, 2), (4, 2), (5, 500), (60, 0), (60, 1), (60, 10), (60, 500), (60, 20000)]:
        d = np.diff(np.eye(count), n=2, axis=0)
        system = mpmath.matrix((np.eye(count) + weight**2 * d.T @ d).tolist())
        samples = mpmath.matrix([mpmath.mpf(str(v)) for v in walk[:count]])
        out.write(line(f"smoothness {count} {weight}", [float(v) for v in samples - mpmath.lu_solve(system, samples)]))
