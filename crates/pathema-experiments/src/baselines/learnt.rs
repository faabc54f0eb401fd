use std::fmt;
use std::sync::Arc;

use anyhow::{Context, Result};

use crate::classifiers::{
    AdaBoost, Codes, FitError, Forest, ForestSettings, Labels, Lda, Logistic, Matrix, Neighbours,
    Preparation, Shrinkage, Tree, Work,
};
use crate::config::{BaselineConfig, ClassifierKind};
use crate::data::Input;
use crate::loso::{Fitting, Predictor, Probabilities};
use crate::metrics::STRESS;
use crate::run::records::CLASSES;

/// How a classifier sees a window's features: as they are, or against what its wearer's past was like. `None` where there are none.
pub type SeenFeatures = Arc<dyn Fn(&Input<'_>) -> Option<Vec<f64>> + Send + Sync>;

/// The features of the subjects fitted on, ready for every classifier. Medians, means and standard deviations are theirs
/// alone.
pub struct Learnt {
    seen: SeenFeatures,
    preparation: Arc<Preparation>,
    x: Matrix,
    three_class: Labels,
    stress: Labels,
    exact: Option<Codes>,
    binned: Option<Codes>,
}

/// One kind of classifier, fitted for both tasks.
pub struct Classical {
    seen: SeenFeatures,
    preparation: Arc<Preparation>,
    models: Models,
    threads: usize,
}

impl fmt::Debug for Learnt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Learnt").finish_non_exhaustive()
    }
}

impl fmt::Debug for Classical {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Classical").finish_non_exhaustive()
    }
}

#[derive(Debug)]
enum Models {
    /// One model a task: baseline, stress, amusement; stress against the rest.
    Pair([Model; 2]),
    /// Both tasks have the same neighbours, who are sought once.
    Neighbours {
        neighbours: Neighbours,
        tasks: [Labels; 2],
    },
}

#[derive(Debug)]
enum Model {
    Lda(Lda),
    Logistic(Logistic),
    Tree(Tree),
    Forest(Forest),
    AdaBoost(AdaBoost),
}

impl Learnt {
    /// Takes the features of all windows fitted on.
    ///
    /// # Errors
    /// If a window has no features.
    pub fn new(fitting: &Fitting<'_, '_>) -> Result<Learnt> {
        Learnt::seen(
            fitting,
            Arc::new(|input| input.features().map(<[f64]>::to_vec)),
        )
    }

    /// Takes what `seen` makes of the features of all windows fitted on.
    ///
    /// # Errors
    /// If a window has no features.
    pub fn seen(fitting: &Fitting<'_, '_>, seen: SeenFeatures) -> Result<Learnt> {
        Learnt::through(fitting, &Arc::clone(&seen), seen)
    }

    /// Learns from windows seen one way, through gaps for example, and judges windows by what is `seen` of them.
    ///
    /// # Errors
    /// If a window has no features.
    pub fn through(
        fitting: &Fitting<'_, '_>,
        way: &SeenFeatures,
        seen: SeenFeatures,
    ) -> Result<Learnt> {
        let examples = fitting.examples();
        let inputs: Vec<Input<'_>> = examples.iter().map(|example| example.input).collect();
        let raw = matrix(&inputs, way)?;
        let preparation = Preparation::fit(&raw)?;
        let classes: Vec<usize> = examples.iter().map(|example| example.class).collect();
        let stress: Vec<usize> = classes
            .iter()
            .map(|&class| usize::from(class == STRESS))
            .collect();
        Ok(Learnt {
            seen,
            x: preparation.apply(&raw),
            preparation: Arc::new(preparation),
            three_class: Labels::new(&classes, CLASSES.len())?,
            stress: Labels::new(&stress, 2)?,
            exact: None,
            binned: None,
        })
    }

    /// Fits one kind of classifier, for both tasks.
    ///
    /// # Errors
    /// [`FitError::Halted`] if it was stopped, else what is off with the settings.
    pub fn fit(
        &mut self,
        kind: ClassifierKind,
        settings: &BaselineConfig,
        seed: u64,
        work: Work<'_>,
    ) -> Result<Classical, FitError> {
        let Learnt {
            x,
            three_class,
            stress,
            exact,
            binned,
            ..
        } = self;
        // Random numbers of its own for each task, so that the trees of one are not the other's.
        let tasks = [
            (&*three_class, seed),
            (&*stress, seed.wrapping_add(1 << 63)),
        ];
        let min_split = settings.min_split;
        let codes = match settings.bins {
            0 => exact,
            _ => binned,
        };
        let encode = || match settings.bins {
            0 => Codes::exact(x),
            bins => Codes::binned(x, bins),
        };
        let models = match kind {
            ClassifierKind::Lda => pair(tasks, |labels, _| {
                Ok(Model::Lda(Lda::fit(x, labels, Shrinkage::LedoitWolf)?))
            }),
            ClassifierKind::Logistic => pair(tasks, |labels, _| {
                Ok(Model::Logistic(Logistic::fit(x, labels, settings.c, work)?))
            }),
            ClassifierKind::Tree => {
                let codes = Codes::exact(x)?;
                pair(tasks, |labels, _| {
                    Ok(Model::Tree(Tree::fit(&codes, labels, min_split)?))
                })
            }
            ClassifierKind::Forest => {
                let codes = once(codes, encode)?;
                pair(tasks, |labels, seed| {
                    let forest = ForestSettings {
                        trees: settings.estimators,
                        min_split,
                        columns: 0,
                        seed,
                    };
                    Ok(Model::Forest(Forest::fit(codes, labels, &forest, work)?))
                })
            }
            ClassifierKind::Adaboost => {
                let codes = once(codes, encode)?;
                pair(tasks, |labels, _| {
                    let trees = settings.estimators;
                    Ok(Model::AdaBoost(AdaBoost::fit(
                        codes, x, labels, trees, min_split, work,
                    )?))
                })
            }
            ClassifierKind::Knn => Ok(Models::Neighbours {
                neighbours: Neighbours::new(x.clone(), settings.neighbours)?,
                tasks: [three_class.clone(), stress.clone()],
            }),
        };
        Ok(Classical {
            seen: Arc::clone(&self.seen),
            preparation: Arc::clone(&self.preparation),
            models: models?,
            threads: work.threads,
        })
    }
}

/// A model of each task's labels.
fn pair(
    [(three_class, seed), (stress, other)]: [(&Labels, u64); 2],
    mut fit: impl FnMut(&Labels, u64) -> Result<Model, FitError>,
) -> Result<Models, FitError> {
    Ok(Models::Pair([fit(three_class, seed)?, fit(stress, other)?]))
}

/// What is in the slot, made if it is not there yet.
fn once<T>(
    slot: &mut Option<T>,
    make: impl FnOnce() -> Result<T, FitError>,
) -> Result<&T, FitError> {
    Ok(match slot {
        Some(made) => made,
        empty => empty.insert(make()?),
    })
}

impl Model {
    fn probabilities(&self, x: &Matrix) -> Vec<f64> {
        match self {
            Model::Lda(model) => model.probabilities(x),
            Model::Logistic(model) => model.probabilities(x),
            Model::Tree(model) => model.probabilities(x),
            Model::Forest(model) => model.probabilities(x),
            Model::AdaBoost(model) => model.probabilities(x),
        }
    }
}

impl Predictor for Classical {
    fn predict(&self, inputs: &[Input<'_>]) -> Result<Vec<Probabilities>> {
        if inputs.is_empty() {
            return Ok(Vec::new());
        }
        let x = self.preparation.apply(&matrix(inputs, &self.seen)?);
        let [three_class, stress] = match &self.models {
            Models::Pair(models) => models.each_ref().map(|model| model.probabilities(&x)),
            Models::Neighbours { neighbours, tasks } => {
                let work = Work {
                    threads: self.threads,
                    ..Work::alone()
                };
                let nearest = neighbours.of(&x, work)?;
                tasks
                    .each_ref()
                    .map(|labels| neighbours.votes(&nearest, labels))
            }
        };
        let rows = three_class.chunks_exact(3).zip(stress.chunks_exact(2));
        Ok(rows
            .map(|(three_class, stress)| Probabilities {
                three_class: [three_class[0], three_class[1], three_class[2]],
                stress: stress[1],
            })
            .collect())
    }
}

/// The features of windows, a row each.
fn matrix(inputs: &[Input<'_>], seen: &SeenFeatures) -> Result<Matrix> {
    let mut values = Vec::new();
    let mut columns = 0;
    for input in inputs {
        let row = seen(input).with_context(|| {
            format!(
                "the window of {} s at {} s has no features: compute them for windows of that length",
                input.length(),
                input.session_time()
            )
        })?;
        columns = row.len();
        values.extend_from_slice(&row);
    }
    Ok(Matrix::new(columns, values)?)
}
