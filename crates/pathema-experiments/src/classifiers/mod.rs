//! Classifiers of fixed-length feature vectors: those of the WESAD baseline (Schmidt et al. 2018).
//!
//! [`Lda`], [`Logistic`], [`Tree`], [`Forest`], [`AdaBoost`] and [`Knn`] learn from a [`Matrix`] and [`Labels`] and give the
//! probability of each class for each row of another matrix. [`Preparation`] fills gaps and standardises, by what it was
//! fitted on alone. Nothing here knows of people, windows or folds; `baselines` does.
//!
//! All of them are deterministic: what is drawn depends on a seed, never on the number of threads.
//!
//! ```
//! use pathema_experiments::classifiers::{Labels, Lda, Matrix, Shrinkage};
//! let x = Matrix::new(1, vec![0.0, 1.0, 4.0, 5.0])?;
//! let labels = Labels::new(&[0, 0, 1, 1], 2)?;
//! let lda = Lda::fit(&x, &labels, Shrinkage::Fixed(0.0))?;
//! let said = lda.probabilities(&Matrix::new(1, vec![2.5, 9.0])?);
//! assert!((said[0] - 0.5).abs() < 1e-12 && said[3] > 0.999);
//! # Ok::<(), pathema_experiments::classifiers::FitError>(())
//! ```

mod adaboost;
mod data;
mod forest;
mod gram;
mod knn;
mod lda;
mod logistic;
mod parallel;
mod prepare;
mod tree;

pub use adaboost::AdaBoost;
pub use data::{FitError, Labels, Matrix, Work};
pub use forest::{Forest, ForestSettings};
pub use knn::{Knn, Neighbours};
pub use lda::{Lda, Shrinkage};
pub use logistic::Logistic;
pub(crate) use parallel::map as map_in_parallel;
pub use prepare::Preparation;
pub use tree::{Codes, Tree};
