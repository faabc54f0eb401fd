use anyhow::Result;
use pathema_experiments::classifiers::{
    AdaBoost, Codes, Forest, ForestSettings, Labels, Lda, Logistic, Matrix, Neighbours, Shrinkage,
    Tree, Work,
};
use pathema_experiments::config::{BaselineConfig, ClassifierKind};
use pathema_experiments::metrics::STRESS;

/// Classes of the two tasks.
const TASKS: [u64; 2] = [3, 2];

/// A classifier fitted for both tasks, as the study fits it.
pub(super) enum Classifier {
    Lda([Lda; 2], u64),
    Logistic([Logistic; 2], u64),
    Tree([Tree; 2]),
    Forest([Forest; 2]),
    AdaBoost([AdaBoost; 2]),
    Neighbours {
        neighbours: Neighbours,
        labels: [Labels; 2],
        rows: u64,
        columns: u64,
    },
}

/// How large it is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Sizes {
    /// Numbers learnt.
    pub(super) numbers: u64,
    /// Of a prediction.
    pub(super) multiply_adds: u64,
}

impl Classifier {
    pub(super) fn fit(kind: ClassifierKind, x: Matrix, classes: &[usize]) -> Result<Classifier> {
        let settings = BaselineConfig::default();
        let stress: Vec<usize> = classes
            .iter()
            .map(|&class| usize::from(class == STRESS))
            .collect();
        let labels = [
            Labels::new(classes, TASKS[0] as usize)?,
            Labels::new(&stress, TASKS[1] as usize)?,
        ];
        let [three, two] = &labels;
        let min_split = settings.min_split;
        let columns = x.columns() as u64;
        Ok(match kind {
            ClassifierKind::Lda => {
                let fit = |labels| Lda::fit(&x, labels, Shrinkage::LedoitWolf);
                Classifier::Lda([fit(three)?, fit(two)?], columns)
            }
            ClassifierKind::Logistic => {
                let fit = |labels| Logistic::fit(&x, labels, settings.c, Work::alone());
                Classifier::Logistic([fit(three)?, fit(two)?], columns)
            }
            ClassifierKind::Tree => {
                let codes = Codes::exact(&x)?;
                let fit = |labels| Tree::fit(&codes, labels, min_split);
                Classifier::Tree([fit(three)?, fit(two)?])
            }
            ClassifierKind::Forest => {
                let codes = Codes::binned(&x, settings.bins)?;
                let fit = |labels, seed| {
                    let forest = ForestSettings {
                        trees: settings.estimators,
                        min_split,
                        columns: 0,
                        seed,
                    };
                    Forest::fit(&codes, labels, &forest, Work::alone())
                };
                Classifier::Forest([fit(three, 0)?, fit(two, 1 << 63)?])
            }
            ClassifierKind::Adaboost => {
                let codes = Codes::binned(&x, settings.bins)?;
                let trees = settings.estimators;
                let fit =
                    |labels| AdaBoost::fit(&codes, &x, labels, trees, min_split, Work::alone());
                Classifier::AdaBoost([fit(three)?, fit(two)?])
            }
            ClassifierKind::Knn => Classifier::Neighbours {
                rows: x.rows() as u64,
                columns,
                neighbours: Neighbours::new(x, settings.neighbours)?,
                labels,
            },
        })
    }

    /// Of both tasks.
    pub(super) fn probabilities(&self, x: &Matrix) -> Result<[Vec<f64>; 2]> {
        Ok(match self {
            Classifier::Lda(of, _) => of.each_ref().map(|model| model.probabilities(x)),
            Classifier::Logistic(of, _) => of.each_ref().map(|model| model.probabilities(x)),
            Classifier::Tree(of) => of.each_ref().map(|model| model.probabilities(x)),
            Classifier::Forest(of) => of.each_ref().map(|model| model.probabilities(x)),
            Classifier::AdaBoost(of) => of.each_ref().map(|model| model.probabilities(x)),
            Classifier::Neighbours {
                neighbours, labels, ..
            } => {
                let nearest = neighbours.of(x, Work::alone())?;
                labels
                    .each_ref()
                    .map(|labels| neighbours.votes(&nearest, labels))
            }
        })
    }

    pub(super) fn sizes(&self) -> Sizes {
        let [three, two] = TASKS;
        match self {
            Classifier::Lda(_, columns) | Classifier::Logistic(_, columns) => Sizes {
                numbers: (three + two) * (columns + 1),
                multiply_adds: (three + two) * columns,
            },
            Classifier::Tree([a, b]) => trees(a.leaves(), 1, three) + trees(b.leaves(), 1, two),
            Classifier::Forest([a, b]) => {
                let count = BaselineConfig::default().estimators;
                trees(a.leaves(), count, three) + trees(b.leaves(), count, two)
            }
            Classifier::AdaBoost([a, b]) => {
                let own = trees(a.leaves(), a.trees(), three) + trees(b.leaves(), b.trees(), two);
                // Each tree has a voice.
                let voices = (a.trees() + b.trees()) as u64;
                Sizes {
                    numbers: own.numbers + voices,
                    ..own
                }
            }
            Classifier::Neighbours { rows, columns, .. } => Sizes {
                // A row with its class; stress follows from it. Distances are given up early, so these are the most.
                numbers: rows * (columns + 1),
                multiply_adds: rows * columns,
            },
        }
    }
}

impl std::ops::Add for Sizes {
    type Output = Sizes;

    fn add(self, other: Sizes) -> Sizes {
        Sizes {
            numbers: self.numbers + other.numbers,
            multiply_adds: self.multiply_adds + other.multiply_adds,
        }
    }
}

/// Of trees with so many leaves together: a split has a feature, a threshold and where to go on; a leaf the shares of all classes.
/// They compare, and multiply nothing.
fn trees(leaves: usize, trees: usize, classes: u64) -> Sizes {
    let splits = (leaves - trees) as u64;
    Sizes {
        numbers: 3 * splits + classes * leaves as u64,
        multiply_adds: 0,
    }
}
