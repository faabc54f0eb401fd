//! Decision trees, and the engine that forests and boosting share.

mod codes;
mod grow;
mod split;

pub use codes::Codes;

use super::data::Spread;
use super::{FitError, Labels, Matrix};
pub(super) use grow::{Draw, grow};

/// A decision tree (CART, Breiman et al. 1984) that splits by information gain until leaves are pure or small.
#[derive(Clone, Debug, PartialEq)]
pub struct Tree {
    nodes: Vec<Node>,
    /// Of each leaf, the shares of the occurring classes.
    shares: Vec<f64>,
    columns: usize,
    spread: Spread,
}

/// A node; the root is the first.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Node {
    /// A value up to the threshold goes to the node after this one, any other to `right`.
    Split {
        column: u32,
        threshold: f64,
        right: u32,
    },
    /// The place of its shares.
    Leaf(u32),
}

impl Tree {
    /// Fits one tree, on all columns. Nodes of fewer than `min_split` rows are not split.
    ///
    /// Of equally good splits the one on the first column is taken, at its lowest value.
    ///
    /// # Errors
    /// [`FitError::Lengths`] if there are not as many labels as rows.
    pub fn fit(codes: &Codes, labels: &Labels, min_split: usize) -> Result<Tree, FitError> {
        let weights = vec![1.0; labels.len()];
        grow(codes, labels, &weights, min_split, Draw::All)
    }

    /// Probabilities of all classes [rows × classes]: their shares in the leaf of each row.
    ///
    /// # Panics
    /// If the columns are not as many as those fitted on.
    pub fn probabilities(&self, x: &Matrix) -> Vec<f64> {
        self.check(x);
        let occurring: Vec<f64> = x
            .iter()
            .flat_map(|row| self.shares_of(row))
            .copied()
            .collect();
        self.spread.all(&occurring)
    }

    /// How many leaves it has.
    pub fn leaves(&self) -> usize {
        self.shares.len() / self.spread.occurring()
    }

    pub(super) fn check(&self, x: &Matrix) {
        assert_eq!(x.columns(), self.columns, "columns");
    }

    /// Shares of the occurring classes where `row` ends.
    pub(super) fn shares_of(&self, row: &[f64]) -> &[f64] {
        let mut at = 0;
        loop {
            match self.nodes[at] {
                Node::Split {
                    column,
                    threshold,
                    right,
                } => {
                    at = if row[column as usize] <= threshold {
                        at + 1
                    } else {
                        right as usize
                    };
                }
                Node::Leaf(leaf) => {
                    let width = self.spread.occurring();
                    return &self.shares[leaf as usize * width..][..width];
                }
            }
        }
    }

    /// Which of the occurring classes it names; of equally probable ones the first.
    pub(super) fn names(&self, row: &[f64]) -> usize {
        let shares = self.shares_of(row);
        (1..shares.len()).fold(0, |best, class| {
            if shares[class] > shares[best] {
                class
            } else {
                best
            }
        })
    }
}
