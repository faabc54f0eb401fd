"""Reference numbers for pathema-physio's electrodermal decomposition, made by running the packages.

Run in this folder: python make_eda.py  (made with cvxEDA 1.1.0, NeuroKit2 0.2.13, CVXOPT 1.3.3, NumPy 2.4.6). Writes
eda.txt: one array a line, its name first, then a colon and its numbers. The packages scale nothing themselves. The
tolerances of CVXOPT are set far below their defaults, which leave an error of 1e-4.
"""

import cvxeda
import cvxopt
import neurokit2 as nk
import numpy as np

TIGHT = dict(show_progress=False, abstol=1e-13, reltol=1e-13, feastol=1e-13, maxiters=100, refinement=2)


def line(name, values):
    return name + ": " + " ".join(f"{v:.12g}" for v in np.ravel(values)) + "\n"


with open("eda.txt", "w") as out:
    # 120 s is no multiple of the knot distance plus half of it in the second signal.
    for name, seconds, rate, seed in [("a", 120, 4, 3), ("b", 87, 5, 8)]:
        eda = nk.eda_simulate(
            duration=seconds, sampling_rate=rate, scr_number=seconds // 13, noise=0.01, random_state=seed
        )
        eda = np.round(eda, 6)
        z = (eda - eda.mean()) / eda.std(ddof=1)
        out.write(line(f"{name} {rate} eda", eda))
        phasic, driver, tonic, *_ = cvxeda.cvxEDA(z, 1 / rate, options=TIGHT)
        out.write(line(f"{name} all phasic", phasic))
        out.write(line(f"{name} all driver", driver))
        out.write(line(f"{name} all tonic", tonic))
        cvxopt.solvers.options.update(TIGHT)
        parts = nk.eda_phasic(z, sampling_rate=rate, method="cvxeda", reltol=1e-13)
        out.write(line(f"{name} without phasic", parts["EDA_Phasic"]))
        out.write(line(f"{name} without tonic", parts["EDA_Tonic"]))

    # Peaks of a phasic part without noise, with the definitions that are the same.
    rate = 25
    eda = nk.eda_simulate(duration=120, sampling_rate=rate, scr_number=8, noise=0, drift=0, random_state=5)
    phasic = np.round(eda - eda.min(), 6)
    _, found = nk.eda_peaks(phasic, sampling_rate=rate, method="neurokit", amplitude_min=0.05)
    out.write(line(f"peaks {rate} phasic", phasic))
    for key in ["SCR_Onsets", "SCR_Peaks", "SCR_Height", "SCR_Amplitude", "SCR_RiseTime", "SCR_RecoveryTime"]:
        out.write(line(f"peaks {key}", found[key]))
