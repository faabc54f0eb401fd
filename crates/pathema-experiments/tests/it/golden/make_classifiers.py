"""Golden numbers for the classifiers: python make_classifiers.py > classifiers.json

Made with Python 3, numpy 2.4.6 and scikit-learn 1.9.1. The rows come from the same generator as in tests/it/classifiers.rs;
all their values are multiples of 2^-17 and so exact in the single precision that scikit-learn's trees use.
"""

import json

import numpy as np
import sklearn
from sklearn.covariance import ledoit_wolf
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.ensemble import AdaBoostClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier
from sklearn.tree import DecisionTreeClassifier

SHOWN = 60
WIDTH = 6


def problem(rows, seed):
    state = seed

    def uniform():
        nonlocal state
        state = (state * 6364136223846793005 + 1442695040888963407) % 2**64
        return (state >> 48) / 65536

    x, y = [], []
    for _ in range(rows):
        row = [uniform() + uniform() + uniform() + uniform() - 2 for _ in range(WIDTH)]
        row[2] += row[0] / 2
        score = row[0] + 2 * row[1] * row[2] + (uniform() - 0.5) / 2
        x.append(row)
        y.append(0 if score < -0.25 else 2 if score > 0.25 else 1)
    return np.array(x), np.array(y)


x, y = problem(600, 1)
test, _ = problem(SHOWN, 2)
stress = (y == 2).astype(int)
means = np.array([x[y == k].mean(axis=0) for k in range(3)])
shrinkage = ledoit_wolf(x - means[y], assume_centered=True)[1]


def said(model, classes=y):
    return model.fit(x, classes).predict_proba(test).tolist()


def tree(seed):
    return DecisionTreeClassifier(criterion="entropy", min_samples_split=20, random_state=seed)


def boosted(seed):
    return AdaBoostClassifier(tree(0), n_estimators=4, random_state=seed)


golden = {
    "sklearn": sklearn.__version__,
    "lda": said(LinearDiscriminantAnalysis(solver="svd")),
    "lda_shrunk": said(LinearDiscriminantAnalysis(solver="lsqr", shrinkage=0.3)),
    "lda_ledoit_wolf": said(LinearDiscriminantAnalysis(solver="lsqr", shrinkage=shrinkage)),
    "logistic": said(LogisticRegression(C=1.0, tol=1e-12, max_iter=10000)),
    "logistic_binary": said(LogisticRegression(C=0.5, tol=1e-12, max_iter=10000), stress),
    "knn": said(KNeighborsClassifier(9, algorithm="brute")),
    "tree": said(tree(0)),
    "tree_leaves": int(tree(0).fit(x, y).get_n_leaves()),
    "adaboost": said(boosted(0)),
    "adaboost_binary": said(boosted(0), stress),
}
# No ties: whatever the order in which columns are tried, trees are the same. Ten rounds of boosting would have some.
for seed in range(20):
    assert said(tree(seed)) == golden["tree"]
    assert said(boosted(seed)) == golden["adaboost"]
    assert said(boosted(seed), stress) == golden["adaboost_binary"]

x, y = problem(2000, 3)
held_out, truth = problem(2000, 4)


def accuracies(make):
    found = [make(seed).fit(x, y).score(held_out, truth) for seed in range(10)]
    return {"mean": float(np.mean(found)), "std": float(np.std(found, ddof=1))}


golden["forest_accuracy"] = accuracies(
    lambda seed: RandomForestClassifier(
        100, criterion="entropy", min_samples_split=20, random_state=seed
    )
)
golden["adaboost_accuracy"] = accuracies(
    lambda seed: AdaBoostClassifier(tree(seed), n_estimators=100, random_state=seed)
)
golden["tree_accuracy"] = accuracies(tree)
print(json.dumps(golden, indent=1))
