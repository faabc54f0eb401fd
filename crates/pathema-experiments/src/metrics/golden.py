"""Writes golden.rs: what scikit-learn says of some predictions. Run: python golden.py > golden.rs

Probabilities have two decimals, so that scores tie. Where scikit-learn has no answer (one class only), or answers with
a convention instead of a score (zero_division), the value is None.
"""

import warnings

import numpy as np
import sklearn
from sklearn import metrics

warnings.filterwarnings("ignore")
rng = np.random.default_rng(20240607)


def predictions(n, k, skill, classes=None):
    """Truth and probabilities with two decimals that sum to one, in hundredths."""
    truth = rng.choice(classes if classes is not None else np.arange(k), n)
    logits = rng.normal(size=(n, k)) + skill * np.eye(k)[truth]
    p = np.exp(logits) / np.exp(logits).sum(1, keepdims=True)
    hundredths = np.round(100 * p).astype(int)
    hundredths[:, 0] = 100 - hundredths[:, 1:].sum(1)
    assert (hundredths >= 0).all()
    return truth, hundredths


def attempt(score):
    try:
        value = score()
    except ValueError:
        return None
    return None if np.isnan(value) else float(value)


def case(name, truth, hundredths):
    k = hundredths.shape[1]
    p = hundredths / 100
    named = p.argmax(1)
    occurs = lambda c: (truth == c).any() or (named == c).any()
    every = all((truth == c).any() for c in range(k))
    if k == 2:
        auc = attempt(lambda: metrics.roc_auc_score(truth, p[:, 1])) if every else None
    else:
        auc = attempt(lambda: metrics.roc_auc_score(truth, p, multi_class="ovr", average="macro")) if every else None
    clipped = np.clip(p, 1e-15, 1)
    # log_loss clips at the epsilon of the type; where nothing is clipped the two must agree.
    entropy = float(-np.log(clipped[np.arange(len(truth)), truth]).mean())
    if p[np.arange(len(truth)), truth].min() > 0:
        assert abs(entropy - metrics.log_loss(truth, p, labels=range(k))) < 1e-12
    fields = {
        "accuracy": metrics.accuracy_score(truth, named),
        "macro_f1": metrics.f1_score(truth, named, average="macro"),
        "stress_f1": metrics.f1_score(truth == 1, named == 1) if occurs(1) else None,
        "balanced_accuracy": metrics.balanced_accuracy_score(truth, named),
        "roc_auc": auc,
        "cross_entropy": entropy,
    }
    roc = []
    if 0 < (truth == 1).sum() < len(truth):
        false, true, _ = metrics.roc_curve(truth == 1, p[:, 1], drop_intermediate=False)
        roc = list(zip(false, true))
    number = lambda v: "None" if v is None else f"Some({float(v)!r})"
    print(f'    Case {{\n        name: "{name}",')
    print(f"        truth: &{[int(t) for t in truth]},")
    print(f"        hundredths: &{[[int(v) for v in row] for row in hundredths]},")
    for field, value in fields.items():
        print(f"        {field}: {number(value)},")
    matrix = metrics.confusion_matrix(truth, named, labels=range(k))
    print(f"        confusion: &{[[int(v) for v in row] for row in matrix]},".replace("[[", "[&[").replace("], [", "], &["))
    print(f"        roc: &{[(float(a), float(b)) for a, b in roc]},")
    print("    },")


def rows(*rows):
    return np.array(rows)


print(f"//! Written by golden.py with scikit-learn {sklearn.__version__}; do not edit.\n")
print("""/// Predictions, and what scikit-learn says of them.
pub(super) struct Case<const K: usize> {
    pub(super) name: &'static str,
    pub(super) truth: &'static [usize],
    /// Probabilities times 100, a row per window.
    pub(super) hundredths: &'static [[u8; K]],
    pub(super) accuracy: Option<f64>,
    pub(super) macro_f1: Option<f64>,
    pub(super) stress_f1: Option<f64>,
    pub(super) balanced_accuracy: Option<f64>,
    pub(super) roc_auc: Option<f64>,
    pub(super) cross_entropy: Option<f64>,
    pub(super) confusion: &'static [&'static [u64]],
    pub(super) roc: &'static [(f64, f64)],
}
""")
print("#[rustfmt::skip]\npub(super) const BINARY: &[Case<2>] = &[")
case("skilled", *predictions(40, 2, 1.0))
case("by chance", *predictions(30, 2, 0.0))
case("all scores tie", np.array([0, 1, 1, 0, 0]), rows(*[[50, 50]] * 5))
case("only stress", np.array([1, 1, 1]), rows([20, 80], [60, 40], [10, 90]))
case("stress neither there nor named", np.array([0, 0]), rows([80, 20], [90, 10]))
case("sure and wrong", np.array([0, 1, 1]), rows([0, 100], [100, 0], [30, 70]))
print("];\n\n#[rustfmt::skip]\npub(super) const THREE_CLASS: &[Case<3>] = &[")
case("skilled", *predictions(50, 3, 1.2))
case("by chance", *predictions(30, 3, 0.0))
case("no amusement in truth", *predictions(25, 3, 0.6, classes=[0, 1]))
case("amusement neither there nor named", np.array([0, 1, 0]), rows([70, 20, 10], [60, 30, 10], [20, 75, 5]))
case("only baseline is named", np.array([0, 1, 2, 0]), rows([90, 5, 5], [50, 40, 10], [60, 10, 30], [80, 15, 5]))
print("];")
