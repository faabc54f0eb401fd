use anyhow::{Result, ensure};
use serde::{Deserialize, Serialize};

/// Which classifiers learn from which features. The defaults are those of Schmidt et al. (2018), where the paper tells them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct BaselineConfig {
    /// The set of features.
    pub set: String,
    /// The classifiers, in the order of the report.
    pub classifiers: Vec<ClassifierKind>,
    /// Trees of a forest, and of AdaBoost at most.
    pub estimators: usize,
    /// Nodes of trees with fewer windows are not split.
    pub min_split: usize,
    /// Neighbours that vote.
    pub neighbours: usize,
    /// Inverse penalty of logistic regression.
    pub c: f64,
    /// Bins of a feature's values for forest and AdaBoost; 0 for one each, as the single tree has it.
    pub bins: usize,
}

/// A classifier of features.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ClassifierKind {
    /// Linear discriminant analysis.
    Lda,
    /// Logistic regression.
    Logistic,
    /// A decision tree.
    Tree,
    /// A random forest.
    Forest,
    /// Boosted decision trees.
    Adaboost,
    /// The nearest neighbours.
    Knn,
}

impl ClassifierKind {
    /// Every one.
    pub const ALL: [ClassifierKind; 6] = [
        ClassifierKind::Lda,
        ClassifierKind::Logistic,
        ClassifierKind::Tree,
        ClassifierKind::Forest,
        ClassifierKind::Adaboost,
        ClassifierKind::Knn,
    ];

    /// The name in files, on command lines and in tables.
    pub fn name(self) -> &'static str {
        match self {
            ClassifierKind::Lda => "lda",
            ClassifierKind::Logistic => "logistic",
            ClassifierKind::Tree => "tree",
            ClassifierKind::Forest => "forest",
            ClassifierKind::Adaboost => "adaboost",
            ClassifierKind::Knn => "knn",
        }
    }
}

impl Default for BaselineConfig {
    fn default() -> Self {
        BaselineConfig {
            set: "schmidt2018-wrist".into(),
            classifiers: ClassifierKind::ALL.to_vec(),
            estimators: 100,
            min_split: 20,
            neighbours: 9,
            c: 1.0,
            bins: 256,
        }
    }
}

impl BaselineConfig {
    /// # Errors
    /// Names the first value that cannot be used.
    pub(super) fn check(&self) -> Result<()> {
        ensure!(
            !self.classifiers.is_empty(),
            "baselines.classifiers is empty: name at least one of {}",
            ClassifierKind::ALL.map(ClassifierKind::name).join(", ")
        );
        for (place, kind) in self.classifiers.iter().enumerate() {
            ensure!(
                !self.classifiers[..place].contains(kind),
                "baselines.classifiers names {} twice",
                kind.name()
            );
        }
        for (key, value) in [
            ("baselines.estimators", self.estimators),
            ("baselines.neighbours", self.neighbours),
        ] {
            ensure!(
                (1..=100_000).contains(&value),
                "{key} = {value}: must lie in 1 to 100000"
            );
        }
        ensure!(
            self.bins != 1 && self.bins <= 1_000_000,
            "baselines.bins = {}: must be 0 (one for each value) or lie in 2 to 1000000",
            self.bins
        );
        ensure!(
            self.c.is_finite() && self.c > 0.0,
            "baselines.c = {}: must be finite and above zero",
            self.c
        );
        Ok(())
    }
}
