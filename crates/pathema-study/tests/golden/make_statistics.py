"""Writes statistics.json: what SciPy, scikit-learn and statsmodels say. Run: python make_statistics.py

Needs scipy, scikit-learn and statsmodels. Scores are shares of windows, as in the study, so that differences tie and
vanish; random numbers have fixed seeds.
"""

import json
from pathlib import Path

import numpy as np
import scipy
import sklearn
import statsmodels
from scipy import optimize, stats
from sklearn.calibration import _sigmoid_calibration, calibration_curve
from sklearn.metrics import brier_score_loss, log_loss
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.power import TTestPower

rng = np.random.default_rng(20250611)


def floats(values):
    return [float(v) for v in np.asarray(values).ravel()]


def paired():
    """Differences with and without ties and zeros, of few and of many subjects."""
    shares = lambda n, windows, shift: (rng.binomial(windows, 0.8 + shift, n) - rng.binomial(windows, 0.8, n)) / windows
    vectors = {
        "no ties": rng.normal(0.3, 1.0, 15),
        "no ties, twelve subjects": rng.normal(0.0, 1.0, 12),
        "ties and zeros": shares(15, 20, 0.08),
        "many ties": shares(15, 5, 0.1),
        "coarse, nothing between": shares(14, 8, 0.0),
        "all one way": np.abs(rng.normal(1.0, 0.4, 8)),
        "three subjects, one zero": np.array([0.0, 0.25, -0.5]),
    }
    cases = []
    for name, d in vectors.items():
        d = np.round(d, 12)
        every = stats.PermutationMethod(n_resamples=np.inf)
        rank = stats.wilcoxon(d, zero_method="pratt", method=every)
        flip = stats.permutation_test((d,), np.mean, permutation_type="samples", n_resamples=np.inf, vectorized=True)
        if len(np.unique(np.abs(d))) == len(d) and (d != 0).all():
            assert np.isclose(rank.pvalue, stats.wilcoxon(d, method="exact").pvalue, rtol=1e-12)
        cases.append(
            {
                "name": name,
                "differences": floats(d),
                "smaller_rank_sum": float(rank.statistic),
                "wilcoxon": float(rank.pvalue),
                "sign_flip": float(flip.pvalue),
            }
        )
    many = np.round(rng.normal(0.25, 1.0, 40), 3)
    flip = stats.permutation_test(
        (many,), np.mean, permutation_type="samples", n_resamples=400_000, vectorized=True, batch=20_000, rng=1
    )
    return cases, {"differences": floats(many), "sign_flip": float(flip.pvalue)}


def corrections():
    cases = []
    for p in ([0.01, 0.04, 0.03, 0.005], [0.2], [0.05, 0.05, 0.05], [0.9, 0.001, 0.6, 0.04, 0.04, 0.3], floats(rng.uniform(size=12) ** 3)):
        cases.append(
            {
                "p": p,
                "holm": floats(multipletests(p, method="holm")[1]),
                "benjamini_hochberg": floats(multipletests(p, method="fdr_bh")[1]),
            }
        )
    return cases


def intervals():
    cases = []
    for values in (rng.beta(9, 1, 15), rng.normal(0.02, 0.05, 15), rng.beta(2, 2, 9), rng.exponential(0.1, 20)):
        few = stats.bootstrap((values,), np.mean, n_resamples=300, method="BCa", rng=3)
        many = stats.bootstrap((values,), np.mean, n_resamples=200_000, batch=20_000, method="BCa", rng=4)
        cases.append(
            {
                "values": floats(values),
                # The very draws, and the interval made of them.
                "draws": floats(few.bootstrap_distribution),
                "of_draws": floats(few.confidence_interval),
                # So many draws that the interval hardly hangs on them.
                "interval": floats(many.confidence_interval),
            }
        )
    return cases


def softmax(logits):
    weights = np.exp(logits - logits.max(1, keepdims=True))
    return weights / weights.sum(1, keepdims=True)


def recalibrations():
    cases = []
    for n, k, heat in ((200, 3, 3.0), (120, 2, 0.5), (60, 3, 1.0)):
        logits = rng.normal(size=(n, k)) * 1.5
        truth = np.array([rng.choice(k, p=p) for p in softmax(logits)])
        p = softmax(logits * heat)
        loss = lambda log_t: log_loss(truth, softmax(np.log(p) / np.exp(log_t)), labels=range(k))
        found = optimize.minimize_scalar(loss, bounds=(-4, 4), method="bounded", options={"xatol": 1e-12})
        confidence, right = p.max(1), p.argmax(1) == truth
        accuracy, mean_confidence = calibration_curve(right, confidence, n_bins=15, strategy="uniform")
        counts = np.histogram(confidence, bins=15, range=(0, 1))[0]
        counts = counts[counts > 0]
        brier = brier_score_loss(truth, p[:, 1]) if k == 2 else brier_score_loss(truth, p, labels=range(k))
        case = {
            "truth": [int(t) for t in truth],
            "probabilities": [floats(row) for row in p],
            "temperature": float(np.exp(found.x)),
            "loss_before": float(loss(0.0)),
            "loss_after": float(found.fun),
            "bin_accuracy": floats(accuracy),
            "bin_confidence": floats(mean_confidence),
            "bin_windows": [int(c) for c in counts],
            "expected_error": float((counts * np.abs(accuracy - mean_confidence)).sum() / n),
            "maximum_error": float(np.abs(accuracy - mean_confidence).max()),
            "brier": float(brier),
        }
        if k == 2:
            a, b = _sigmoid_calibration(np.log(p[:, 1] / p[:, 0]), truth)
            case["platt"] = [-float(a), -float(b)]
        cases.append(case)
    return cases


cases, many = paired()
points = [-37.0, -12.0, -6.0, -3.0, -2.999, -1.5, -0.1, 0.0, 0.3, 1.0, 2.5, 3.0, 5.0]
shares = [1e-300, 1e-20, 1e-6, 0.001, 0.025, 0.3, 0.5, 0.7, 0.975, 0.999999]
golden = {
    "made_with": f"SciPy {scipy.__version__}, scikit-learn {sklearn.__version__}, statsmodels {statsmodels.__version__}",
    "normal": {
        "cdf": [[x, float(stats.norm.cdf(x))] for x in points],
        "quantile": [[p, float(stats.norm.ppf(p))] for p in shares],
    },
    "paired": cases,
    "many": many,
    "corrections": corrections(),
    "intervals": intervals(),
    "recalibrations": recalibrations(),
    # Of the paired t-test, which the sign-flip test is nearly as powerful as on normal differences.
    "detectable_by_t": [[n, float(TTestPower().solve_power(nobs=n, alpha=0.05, power=0.8))] for n in (8, 10, 15, 25, 60)],
}
Path(__file__).with_name("statistics.json").write_text(json.dumps(golden) + "\n")
