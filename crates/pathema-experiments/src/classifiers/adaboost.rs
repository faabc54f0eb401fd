use super::data::{Spread, softmax};
use super::tree::{Draw, grow};
use super::{Codes, FitError, Labels, Matrix, Tree, Work};

/// AdaBoost for several classes (SAMME, Zhu, Zou, Rosset & Hastie 2009) over decision trees.
///
/// Each tree is fitted on weights that grow for rows which those before named wrongly. A tree that errs on a share ε of the weight
/// has the voice α = ln((1 − ε) / ε) + ln(K − 1). Boosting ends before its last tree if one errs nowhere, whose
/// voice would be endless and is 1 as in scikit-learn, or no less than chance.
///
/// The score of a class is the voices' share for it minus the others' over K − 1; probabilities are the softmax of
/// scores / (K − 1). They rank well and are timid: scores lie in [−1 / (K − 1), 1].
#[derive(Clone, Debug, PartialEq)]
pub struct AdaBoost {
    trees: Vec<(Tree, f64)>,
    spread: Spread,
}

impl AdaBoost {
    /// Fits at most so many trees, whose nodes of fewer than `min_split` rows are not split.
    ///
    /// # Errors
    /// [`FitError`] says what is off with labels or settings, or that it was stopped.
    pub fn fit(
        codes: &Codes,
        x: &Matrix,
        labels: &Labels,
        trees: usize,
        min_split: usize,
        work: Work<'_>,
    ) -> Result<AdaBoost, FitError> {
        labels.check(x)?;
        if trees == 0 {
            return Err(FitError::Setting {
                name: "trees",
                value: 0.0,
                must: "must be at least 1",
            });
        }
        let classes = labels.occurring().max(2) as f64;
        let even = 1.0 / labels.len() as f64;
        let mut weights = vec![even; labels.len()];
        let mut kept = Vec::new();
        for _ in 0..trees {
            work.check()?;
            let tree = grow(codes, labels, &weights, min_split, Draw::All)?;
            let wrong: Vec<bool> = x
                .iter()
                .zip(labels.rows())
                .map(|(row, &class)| tree.names(row) != usize::from(class))
                .collect();
            let weight: f64 = weights.iter().sum();
            let lost: f64 = weights
                .iter()
                .zip(&wrong)
                .filter(|(_, wrong)| **wrong)
                .map(|(w, _)| w)
                .sum();
            let error = lost / weight;
            if error <= 0.0 {
                kept.push((tree, 1.0));
                break;
            }
            if error >= 1.0 - 1.0 / classes {
                if kept.is_empty() {
                    // No better than chance, but all there is.
                    kept.push((tree, 1.0));
                }
                break;
            }
            let voice = ((1.0 - error) / error).ln() + (classes - 1.0).ln();
            kept.push((tree, voice));
            for (weight, wrong) in weights.iter_mut().zip(&wrong) {
                if *wrong {
                    *weight *= voice.exp();
                }
            }
            let sum: f64 = weights.iter().sum();
            weights.iter_mut().for_each(|weight| *weight /= sum);
        }
        Ok(AdaBoost {
            trees: kept,
            spread: labels.spread(),
        })
    }

    /// Probabilities of all classes [rows × classes].
    ///
    /// # Panics
    /// If the columns are not as many as those fitted on.
    pub fn probabilities(&self, x: &Matrix) -> Vec<f64> {
        self.trees.iter().for_each(|(tree, _)| tree.check(x));
        let width = self.spread.occurring();
        if width == 1 {
            return self.spread.all(&vec![1.0; x.rows()]);
        }
        let others = (width - 1) as f64;
        let voices: f64 = self.trees.iter().map(|(_, voice)| voice).sum();
        let mut said = vec![0.0; x.rows() * width];
        for (row, scores) in x.iter().zip(said.chunks_exact_mut(width)) {
            for (tree, voice) in &self.trees {
                scores[tree.names(row)] += voice / voices;
            }
            for score in scores.iter_mut() {
                *score = (*score - (1.0 - *score) / others) / others;
            }
            softmax(scores);
        }
        self.spread.all(&said)
    }

    /// Leaves of all trees together.
    pub fn leaves(&self) -> usize {
        self.trees.iter().map(|(tree, _)| tree.leaves()).sum()
    }

    /// How many trees there are.
    pub fn trees(&self) -> usize {
        self.trees.len()
    }
}
