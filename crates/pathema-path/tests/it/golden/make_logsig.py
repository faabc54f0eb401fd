"""Makes logsig.json: signatures and log-signatures of piecewise linear paths.

    pip install numpy==2.4.6 setuptools wheel pysiglib==4.0.0
    pip install --no-build-isolation iisignature==0.24
    python make_logsig.py

Both packages must agree. Signatures have levels 1 to 3 in a row; log-signatures are
Lyndon coordinates in iisignature's default basis, whose brackets are kept as text.
"""

import json
import pathlib

import iisignature
import numpy as np
import pysiglib


def case(seed, samples, channels, depth):
    rng = np.random.default_rng(seed)
    times = np.round(np.cumsum(rng.uniform(0.1, 1.5, samples)), 4)
    values = np.round(np.cumsum(rng.normal(size=(samples, channels)), axis=0), 4)
    # From a sample to a later one: the packages know points, not times.
    first, last = (0, samples - 1) if samples < 8 else (2, samples - 3)
    window = values[first : last + 1].copy()
    signature = iisignature.sig(window, depth)
    prepared = iisignature.prepare(channels, depth)
    log = iisignature.logsig(window, prepared)
    np.testing.assert_allclose(pysiglib.sig(window, depth), signature, rtol=1e-11, atol=1e-11)
    pysiglib.prepare_log_sig(channels, depth, method=2, device="cpu")
    theirs = pysiglib.log_sig(window, depth, method=2)
    np.testing.assert_allclose(theirs, log, rtol=1e-11, atol=1e-11)
    return {
        "times": times.tolist(),
        "values": values.ravel().tolist(),
        "channels": channels,
        "depth": depth,
        "window": [float(times[first]), float(times[last])],
        "signature": signature.tolist(),
        "basis": list(iisignature.basis(prepared)),
        "log_signature": log.tolist(),
    }


cases = [
    case(11, 2, 3, 3),
    case(12, 3, 2, 3),
    case(13, 12, 2, 3),
    case(14, 40, 3, 3),
    case(15, 40, 5, 3),
    case(16, 100, 7, 3),
    case(17, 30, 4, 2),
    case(18, 30, 4, 1),
]

lines = ",\n".join(json.dumps(c) for c in cases)
pathlib.Path(__file__).with_name("logsig.json").write_text(f"[\n{lines}\n]\n")
